"""Several heads on a sheet: which lines inside a head's frame are another's."""

import math

import numpy as np

from dfp.sketch.components import components_of
from dfp.sketch.frame import Frame

MOSTLY = 0.7  # of a stroke's pixels are nearer to another head: then it is that one's


def without_neighbours(ink: np.ndarray, frame: Frame, own: Frame, others: list[Frame]) -> np.ndarray:
    """The ink of a square frame (bool N x N) without strokes that are other heads'.

    own, others: the heads' own frames, in the same pixels as `frame`. A stroke is the head's to whose middle, measured
    in that head's sides, most of it is nearest.
    """
    near = [other for other in others if _overlaps(frame, other)]
    if not near or not ink.any():
        return ink
    strokes = components_of(ink)
    scale = frame.width / len(ink)
    x, y = frame.left + (strokes.x + 0.5) * scale, frame.top + (strokes.y + 0.5) * scale
    nearest = np.minimum.reduce([_distance(other, x, y) for other in near])
    theirs = np.bincount(strokes.label, nearest < _distance(own, x, y)) > MOSTLY * np.bincount(strokes.label)
    if not theirs.any() or theirs.all():
        return ink
    kept = ink.copy()
    kept.ravel()[strokes.spots[theirs[strokes.label]]] = False
    return kept


def _overlaps(one: Frame, other: Frame) -> bool:
    # However a head is turned, its frame lies inside of this circle.
    reach = (one.width + other.width) / math.sqrt(2)
    return math.hypot(*(a - b for a, b in zip(_middle(one), _middle(other), strict=True))) < reach


def _middle(frame: Frame) -> tuple[float, float]:
    return frame.left + frame.width / 2, frame.top + frame.height / 2


def _distance(head: Frame, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    middle = _middle(head)
    return np.hypot(x - middle[0], y - middle[1]) / head.width
