"""Fields that bend a picture: how far it is from each place to where it belongs, and from there back."""

import cv2
import numpy as np

FIELD = 64  # side of a field
ROUNDS = 6  # of the search for where a place comes from
ROW = 30_000  # OpenCV looks up at most 32,767 places in a row


def looked_up(field: np.ndarray, points: np.ndarray) -> np.ndarray:
    """A field, FIELD x FIELD x 2 float32 in shares of the side, at p x 2 points in shares: p x 2 float32."""
    places = (points * FIELD - 0.5).astype(np.float32)
    rows = np.array_split(places, -(-len(places) // ROW))
    found = [
        cv2.remap(field, row[None, :, 0], row[None, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        for row in rows
    ]
    return np.concatenate(found)


def came_from(field: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The places from which a field leads to p x 2 points, one at least; all in shares of the side, float32."""
    before = points
    for _ in range(ROUNDS):
        before = points - looked_up(field, before)
    return before
