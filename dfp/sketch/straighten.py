"""Crooked lines that are meant loosely become those of a regular face, as far as they are trusted little."""

import cv2
import numpy as np

from dfp.model.straightener import SIDE, load_straightener
from dfp.sketch.bending import FIELD, came_from
from dfp.sketch.pooling import shrink_by_max
from dfp.sketch.skeleton import thin


def straightened(lines: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Thin lines, bool M x M, straightened where trust is below 0: at -1 as far as the straightener says.

    trust: float32 1 x h x w in [-1, 1], as `Trust.over` gives it. The very lines where nothing is to be done.
    """
    little = (-trust[0]).clip(0, 1)
    if not little.any():
        return lines
    away = load_straightener()(_at_side(lines))
    field = np.stack([_enlarged(part, cv2.INTER_CUBIC) for part in away], 2)
    # What is meant exactly stays: nothing may swing beyond the places that the mask says.
    field *= _enlarged(little, cv2.INTER_LINEAR)[..., None]
    # Twice as large, a line of one pixel has no gaps wherever it goes.
    side, finer = len(lines), 2 * len(lines)
    places = np.asarray(cv2.resize(_back(field), (finer, finer), interpolation=cv2.INTER_LINEAR)) * side
    middles = ((np.arange(finer) + 0.5) / 2 - 0.5).astype(np.float32)
    across, down = places[..., 0] + middles, places[..., 1] + middles[:, None]
    moved = cv2.remap(lines.astype(np.uint8), across, down, cv2.INTER_NEAREST)
    return thin(np.greater(moved, 0), side)


def _at_side(lines: np.ndarray) -> np.ndarray:
    """Lines of any side -> float32 1 x SIDE x SIDE."""
    if len(lines) >= SIDE:
        return shrink_by_max(lines, SIDE)[None].astype(np.float32)
    larger = cv2.resize(lines.astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    return np.asarray(larger, np.float32)[None]


def _enlarged(cells: np.ndarray, how: int) -> np.ndarray:
    """Any square map -> FIELD x FIELD."""
    return np.asarray(cv2.resize(cells, (FIELD, FIELD), interpolation=how))


def _back(field: np.ndarray) -> np.ndarray:
    """FIELD x FIELD x 2, the ways from places of the drawing to those of the face -> from those of the face back."""
    middles = ((np.arange(FIELD) + 0.5) / FIELD).astype(np.float32)
    places = np.stack(np.meshgrid(middles, middles), -1)
    return came_from(field, places.reshape(-1, 2)).reshape(places.shape) - places
