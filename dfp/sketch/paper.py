"""The paper that a sketch is drawn on: its colour, and how light or dark it is from place to place."""

from collections.abc import Sequence

import cv2
import numpy as np

from dfp.sketch.pooling import reduction_for

PAPER_START = 24  # so far from its commonest colour a paper strays
INNER = 0.1  # of a sheet: what lies along its edges ends before
# Strokes differ from what is AROUND them, far more than that from them; paper is seen on a PATCH. Pixels of the sample.
AROUND, PATCH = 41, 5
STRAY = 6  # a paper that is lighter or darker by so little is the same
SAMPLE_SIDE = 256  # a sketch is sampled this finely to learn its paper and its noise
VISIBLE = 64  # alpha from which a pixel counts when the paper is chosen
# A layer is its own paper when its visible pixels fill its bounds; a flat light shape under lines is one too.
PAPER_FILLS = 0.8
SHAPE_FILLS = 0.4
SHAPE_SHARE = 0.6
SHAPE_LIGHT = 170


def paper_of(sketch: np.ndarray) -> np.ndarray | None:
    """The paper's colour, uint8 per colour channel; None when only alpha can tell ink from paper.

    `sketch`: uint8 H x W x C as `check_layout` returns it. On a transparent layer the paper is taken as white
    under dark strokes and black under light ones, so that covering up with the paper's colour works there too.
    """
    step = reduction_for(max(sketch.shape[:2]), SAMPLE_SIDE)
    rows = sketch[::step]
    sample = cv2.resize(rows, (-(-rows.shape[1] // step), len(rows)), interpolation=cv2.INTER_NEAREST)
    planes = list(cv2.split(sample))
    alpha = planes.pop() if sketch.shape[2] in (2, 4) else None
    # Most sketches are gray, and then one channel says it all.
    gray = len(planes) > 1 and all(np.array_equal(planes[0], plane) for plane in planes[1:])
    paper = _paper(planes[:1] if gray else planes, alpha)
    return paper if paper is None or not gray else np.repeat(paper, len(planes))


def _paper(planes: Sequence[np.ndarray], alpha: np.ndarray | None) -> np.ndarray | None:
    """As `paper_of`, from a sample of the sketch: uint8 H x W, one a channel, and alpha, where there is one."""
    height, width = planes[0].shape
    if alpha is None:
        visible = np.full((height, width), 255, np.uint8)
        return _unshaded(planes, _commonest(planes, visible, [_border(plane) for plane in planes]))
    visible = cv2.inRange(alpha, VISIBLE, 255)
    count = cv2.countNonZero(visible)
    if count == 0:
        return None
    left, top, across, down = cv2.boundingRect(visible)
    filled = count / (across * down)
    if filled >= PAPER_FILLS and min(across, down) * 4 >= max(height, width):
        bounds = [plane[top : top + down, left : left + across] for plane in planes]
        return _unshaded(planes, _commonest(planes, visible, [_border(plane) for plane in bounds]))
    if filled >= SHAPE_FILLS:
        flat = _commonest(planes, visible, [])
        near = cv2.countNonZero(_close(planes, visible, flat, PAPER_START - 1)) / count
        if near >= SHAPE_SHARE and flat.mean() >= SHAPE_LIGHT:
            return flat
    shade = np.mean([cv2.mean(plane, visible)[0] for plane in planes])
    return np.full(len(planes), 255 if shade < 128 else 0, np.uint8)


def _unshaded(planes: Sequence[np.ndarray], common: np.ndarray) -> np.ndarray:
    """The paper's colour where the light is best, given the one it has most often: strokes are on one side of it.

    `planes`: uint8 H x W, one a channel. Under uneven light, the paper in the light is as far from the colour in the
    shade as strokes there are.
    """
    paper = common.copy()
    reach = np.ones((PATCH, PATCH), np.uint8)
    for channel, plane in enumerate(planes):
        around = cv2.blur(plane, (AROUND, AROUND))
        darker, lighter = (
            cv2.norm(rise, cv2.NORM_L2SQR) for rise in (cv2.subtract(around, plane), cv2.subtract(plane, around))
        )
        best = int(cv2.erode(plane, reach).max() if darker > lighter else cv2.dilate(plane, reach).min())
        if (best - int(common[channel])) * (1 if darker > lighter else -1) > STRAY:
            paper[channel] = best
    return paper


def _border(plane: np.ndarray) -> np.ndarray:
    """The outermost pixels of an H x W plane, and as many farther in, where no desk or border is: N."""
    height, width = plane.shape
    y, x = int(height * INNER), int(width * INNER)
    outmost = [plane[0], plane[-1], plane[:, 0], plane[:, -1]]
    inner = [plane[y], plane[-1 - y], plane[:, x], plane[:, -1 - x]]
    return np.concatenate([*outmost, *inner])


def _commonest(planes: Sequence[np.ndarray], counted: np.ndarray, border: Sequence[np.ndarray]) -> np.ndarray:
    """The commonest colour of the counted pixels, where all of the border weighs as much as all of the rest.

    `planes`: uint8 H x W, one a channel. `counted`: uint8 H x W, 255 where a pixel counts. `border`: uint8 N, one a
    channel, or nothing.
    """
    single = histogram(planes, 256, counted) if len(planes) == 1 else None
    shades = histogram(planes, 16, counted) if single is None else single.reshape(16, 16).sum(1)
    votes = shades / cv2.countNonZero(counted)
    if border:
        votes += histogram(border, 16, None) / len(border[0])
    # Where colours draw, the one whose last channel is darkest wins.
    best = np.unravel_index(votes.T.argmax(), votes.shape)[::-1]
    centre = np.array(best, np.uint8) * 16 + 8
    if single is not None:
        low, high = max(0, int(centre[0]) - PAPER_START), int(centre[0]) + PAPER_START + 1
        single[:low] = single[high:] = 0
        return np.array([_median(single)], np.uint8) if single.any() else centre
    close = _close(planes, counted, centre, PAPER_START)
    if not close.any():
        return centre
    return np.array([_median(histogram([plane], 256, close)) for plane in planes], np.uint8)


def _close(planes: Sequence[np.ndarray], counted: np.ndarray, colour: np.ndarray, most: int) -> np.ndarray:
    """Which counted pixels differ from `colour` by `most` at most in every channel: uint8 H x W, 0 or 255."""
    for plane, value in zip(planes, colour, strict=True):
        counted = counted & cv2.inRange(plane, int(value) - most, int(value) + most)
    return counted


def histogram(planes: Sequence[np.ndarray], bins: int, counted: np.ndarray | None) -> np.ndarray:
    """How many pixels there are of each colour, one axis of `bins` bins a channel."""
    channels = list(range(len(planes)))
    counts = cv2.calcHist(list(planes), channels, counted, [bins] * len(planes), [0, 256] * len(planes))
    return counts.reshape([bins] * len(planes)).astype(np.float64)


def _median(histogram: np.ndarray) -> int:
    """The median of the counted values, rounded down between two."""
    below = histogram.cumsum()
    low, high = np.searchsorted(below, [(below[-1] - 1) // 2, below[-1] // 2], side="right")
    return int(low + high) // 2
