"""What each stroke of a face shows, and strokes that people draw but label maps lack."""

from dataclasses import replace
from enum import IntEnum

import cv2
import numpy as np

from dfp_training.data.boundary import Path
from dfp_training.data.datasets import CLASSES, classes
from dfp_training.data.vectorise import Strokes, bernstein, strokes_of

STRAND_DEPTHS = (9, 20, 34, 52)  # distances from the hair's edge at which strands run, pixels of 512
BEYOND = 64  # pixels by which hair is continued outside the label map


class Part(IntEnum):
    """Groups of strokes that a painter draws or leaves out together."""

    FACE = 0  # face outline, brows, eyes, nose, mouth: never left out as a group
    HAIR = 1
    EAR = 2
    NECK = 3
    CLOTH = 4
    ACCESSORY = 5  # glasses, hat, earring, necklace
    IRIS = 6  # from here on: not in any label map
    STRAND = 7
    BEARD = 8  # an outline; see dfp_training.data.beards, as for the next
    STUBBLE = 9


# The first of these whose classes touch a stroke names it.
_BY_CLASS = (
    (Part.ACCESSORY, classes("eye_g hat ear_r neck_l")),
    (Part.EAR, classes("l_ear r_ear")),
    (Part.CLOTH, classes("cloth")),
    (Part.HAIR, classes("hair")),
    (Part.NECK, classes("neck")),
)


def tagged(strokes: Strokes, labels: np.ndarray) -> Strokes:
    """The same strokes with the part of every curve read off the classes around the curve's middle."""
    ranks = np.full(256, len(_BY_CLASS))
    for rank, (_, of_part) in reversed([*enumerate(_BY_CLASS)]):
        ranks[[*of_part]] = rank
    near = np.arange(-2, 3)
    middles = (bernstein(np.array([0.5])) @ strokes.points[strokes.curves])[:, 0] * labels.shape[0] - 0.5
    columns, rows = np.rint(middles).astype(np.intp).T
    rows = (rows[:, None, None] + near[:, None]).clip(0, labels.shape[0] - 1)
    columns = (columns[:, None, None] + near).clip(0, labels.shape[1] - 1)
    first = ranks[labels[rows, columns]].min((1, 2), initial=len(_BY_CLASS))
    parts = np.array([*(part for part, _ in _BY_CLASS), Part.FACE], np.uint8)
    return replace(strokes, tag=parts[first])


def irises(labels: np.ndarray) -> list[np.ndarray]:
    """A circle inside each eye, as m x 2 (x, y) pixels."""
    circles = []
    for eye in classes("l_eye r_eye"):
        rows, columns = np.divmod(np.flatnonzero(labels == eye), labels.shape[1])
        if len(rows) < 40:
            continue
        low, high = np.quantile(rows, (0.02, 0.98))
        radius = 0.45 * (high - low)
        angle = np.linspace(0, 2 * np.pi, 24)
        circles.append(np.stack([columns.mean() + radius * np.cos(angle), rows.mean() + radius * np.sin(angle)], 1))
    return circles


def strands(labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Pieces of lines that run inside the hair along its outline, as m x 2 (x, y) pixels each."""
    # A frame's edge cuts hair off without being its outline, so hair goes on beyond it.
    mask = (labels == CLASSES.index("hair")).view(np.uint8)
    hair = cv2.copyMakeBorder(mask, BEYOND, BEYOND, BEYOND, BEYOND, cv2.BORDER_REPLICATE)
    x, y, width, height = cv2.boundingRect(hair)
    if not width:
        return []
    # One pixel of its outside all around is all that the distance inside depends on.
    left, top = max(x - 1, 0), max(y - 1, 0)
    depth = cv2.distanceTransform(hair[top : y + height + 1, left : x + width + 1], cv2.DIST_L2, 5)
    corner = np.array([left - BEYOND, top - BEYOND], float)
    pieces = []
    for level in STRAND_DEPTHS:
        inside = (depth > level).view(np.uint8)
        contours, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            line = contour[:, 0] + corner
            start = int(rng.integers(0, 60))
            while start + 30 < len(line):
                length = int(rng.integers(40, 160))
                pieces.append(line[start : start + length])
                start += length + int(rng.integers(30, 160))
    return pieces


def with_extras(strokes: Strokes, labels: np.ndarray, seed: int) -> Strokes:
    """Add irises and hair strands as tagged strokes; whether one is drawn is decided when drawing."""
    rng = np.random.default_rng(seed)
    chains = [(Part.IRIS, c) for c in irises(labels)] + [(Part.STRAND, c) for c in strands(labels, rng)]
    return appended(strokes, chains, labels.shape)


def appended(strokes: Strokes, chains: list[tuple[Part, np.ndarray]], shape: tuple[int, ...]) -> Strokes:
    """The strokes and, after them, open lines of m x 2 (x, y) pixels of an H x W picture, each with its part."""
    extras = strokes_of([Path(chain, -1, -1, closed=False) for _, chain in chains], np.zeros((0, 2)), shape)
    parts = np.array([part for part, _ in chains], np.uint8)
    return Strokes(
        np.concatenate([strokes.points, extras.points]),
        np.concatenate([strokes.curves, extras.curves + np.int32(len(strokes.points))]),
        np.concatenate([strokes.path, extras.path + strokes.path.max(initial=-1) + 1]).astype(np.int32),
        np.concatenate([strokes.tag, parts[extras.path]]),
    )
