"""Strokes of a dry brush, broken up into hairs and grains, made whole.

Hairs tell themselves from thin lines by what becomes of them when small gaps are closed: the usual stroke is several
times as thick at once, and stays so when larger gaps are closed, too. The thin lines of a pencil stay thin, and strands
of hair or hatching that run together are no strokes but areas.
"""

import cv2
import numpy as np

from dfp.sketch.thickness import depth_of, usual_width

HAIR = 3.0  # pixels: what is usually thicker is no hair
WIDEST_GAP = 11 / 512  # between hairs, in share of the frame's side
# What tells thin lines at the first look: when gaps so wide are closed, ink is hardly more, or hardly thicker.
FIRST_GAP = 6 / 512
FEWEST_GAPS = 0.08
FIRST_GROWTH = 1.5
GROWTH = 2.2  # so many times as thick as its hairs is a stroke
STEADY = 1.15  # and by so much at most it still grows
# What holds a square of so many times the usual thickness is an area; so much of the ink may be of such.
AREA = 2.2
MOST_AREA = 0.3
SMOOTHED = 0.15  # of its thickness: how far bumps reach that hairs leave on a stroke's edge
GRAIN = 1 / 3  # of the square of a stroke's thickness: what is smaller, and apart, was splattered


def strokes_of_hairs(mask: np.ndarray, usual: float, side: int, thickest: float) -> np.ndarray:
    """A mask (uint8 H x W, 1 on ink) with the strokes of a dry brush made whole; itself where no such brush drew.

    `usual`: how thick its strokes usually are, see `usual_width`. `side`: of the frame. `thickest`: of a stroke.
    All in pixels.
    """
    if usual > HAIR or not _may_be_hairs(mask, usual, side):
        return mask
    closed, thick = mask, usual
    for gap in range(3, _odd(WIDEST_GAP * side) + 3, 2):
        wider = _closed(mask, gap)
        now = usual_width(wider, depth_of(wider))
        if thick >= GROWTH * usual and now <= STEADY * thick:
            return mask if thick > thickest or _are_areas(closed, thick) else _smoothed(closed, thick)
        closed, thick = wider, now
    return mask


def _may_be_hairs(mask: np.ndarray, usual: float, side: int) -> bool:
    """Whether closing gaps makes more of lines than their joints: a first look, for most drawings have none."""
    closed = _closed(mask, _odd(FIRST_GAP * side))
    if cv2.countNonZero(closed) < (1 + FEWEST_GAPS) * cv2.countNonZero(mask):
        return False
    if usual_width(closed, depth_of(closed)) < FIRST_GROWTH * usual:
        return False
    closed = _closed(mask, _odd(WIDEST_GAP * side))
    return usual_width(closed, depth_of(closed)) >= GROWTH * usual


def _are_areas(closed: np.ndarray, thick: float) -> bool:
    """Whether much of the ink is far thicker than a stroke."""
    side = round(AREA * thick)
    areas = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    return cv2.countNonZero(areas) > MOST_AREA * cv2.countNonZero(closed)


def _smoothed(closed: np.ndarray, thick: float) -> np.ndarray:
    """The strokes without the bumps of single hairs and the grains beside them, uint8."""
    soft = cv2.GaussianBlur(closed * np.uint8(255), (0, 0), max(0.5, SMOOTHED * thick))
    smooth = (soft >= 128).view(np.uint8)
    _, labels, bounds, _ = cv2.connectedComponentsWithStats(smooth, connectivity=8)
    large = bounds[:, cv2.CC_STAT_AREA] >= GRAIN * thick * thick
    spots = np.flatnonzero(smooth)
    smooth.ravel()[spots] = large[np.asarray(labels, np.int32).ravel()[spots]]
    return smooth


def _closed(mask: np.ndarray, gap: int) -> np.ndarray:
    return cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _disc(gap), borderType=cv2.BORDER_CONSTANT, borderValue=0)


def _disc(across: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))


def _odd(pixels: float) -> int:
    """The nearest odd number, at least 3."""
    return max(3, 2 * round((pixels - 1) / 2) + 1)
