"""How strong the paper itself is from place to place: shadows, uneven light, flat colours under the lines.

All of it is wider than any stroke, so what an opening leaves on a reduction is paper. What it leaves of a filled area
that is as strong as the strokes is drawn, if its edge is as sharp as theirs and nothing is drawn on it.
"""

import cv2
import numpy as np

from dfp.sketch.pooling import reduction_for

CELLS = 256  # the level is looked for on a reduction to at most this many cells a side
WIDEST = 1 / 26  # of the longer side: what is wider in both directions is paper, or a filled area
WIDE = 3  # times that: no brush is so wide
FLATTEST = 6  # a paper that is nowhere stronger is clean
MOST_GAIN = 2.5  # strokes in a shadow are made stronger by so much at most
GAIN_UNIT = 64
# A filled area is so strong, of the strokes' strength; its edge falls to so much of that within two cells.
INK_SHARE = 0.75
EDGE_FALL = 0.5
SHARP_EDGE = 0.5  # of the edge must be sharp
# Strokes on an area, in share of its cells, which tell that it is a colour under them.
DRAWN_ON = 0.015
DRAWN_FROM = 24
STROKE_RISE = 40  # a stroke stands out of its surroundings by so much


def cells_of(strength: np.ndarray) -> np.ndarray:
    """The mean of each block of `strength` (uint8 H x W): at most CELLS a side, smoothed against the paper's noise."""
    step = reduction_for(max(strength.shape), CELLS)
    height, width = strength.shape
    if step > 2 and height % step == width % step == 0:
        return _means(strength, step)
    return cv2.resize(strength, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)


def _means(strength: np.ndarray, step: int) -> np.ndarray:
    """As `cells_of`, of whole blocks alone: in less than half of OpenCV's time."""
    rows = np.add(strength[::step], strength[1::step], dtype=np.uint16)
    for further in range(2, step):
        rows += strength[further::step]
    first, *others = cv2.split(rows.reshape(len(rows), -1, step))
    for other in others:
        first += other
    return cv2.convertScaleAbs(first, alpha=1 / step**2)


def without_shading(strength: np.ndarray, cells: np.ndarray) -> tuple[np.ndarray, bool]:
    """How far each pixel is from the paper that is under it, uint8 H x W; and whether a shadow or a fill is wide.

    `strength`: uint8 H x W, how far it is from the sheet's clean paper. `cells`: as `cells_of` returns them, 0 where
    nothing counts. In a shadow, where all is darker, strokes are as strong as in the light.
    """
    side = max(3, round(max(cells.shape) * WIDEST)) | 1
    level = cv2.morphologyEx(cells, cv2.MORPH_OPEN, np.ones((side, side), np.uint8), borderType=cv2.BORDER_REPLICATE)
    if level.max() <= FLATTEST:
        return strength, False
    level = _without_ink(level, cells, strength, side)
    if level.max() <= FLATTEST:
        return strength, False
    wide = bool(cv2.erode(level, np.ones((WIDE * side, WIDE * side), np.uint8)).max() > FLATTEST)
    level = cv2.blur(level, (3, 3), borderType=cv2.BORDER_REPLICATE)
    gain = np.minimum(GAIN_UNIT * 255.0 / (255.0 - np.minimum(level, 254)), GAIN_UNIT * MOST_GAIN).astype(np.uint8)
    level, gain = (cv2.resize(each, strength.shape[::-1], interpolation=cv2.INTER_LINEAR) for each in (level, gain))
    return cv2.multiply(cv2.subtract(strength, level), gain, scale=1 / GAIN_UNIT), wide


def _without_ink(level: np.ndarray, cells: np.ndarray, strength: np.ndarray, side: int) -> np.ndarray:
    """The level with drawn areas taken out: there it is that of the paper around them.

    `side`: of the square, in cells, that fits into all that the level is of.
    """
    ink = INK_SHARE * _ink_strength(strength, level)
    flat = level >= ink
    # A square fits into a thick stroke here and there alone; what goes on as strong beside it is of the same brush.
    near = cv2.dilate(flat.view(np.uint8), np.ones((side, side), np.uint8))
    strong = cv2.bitwise_and(near, (cells >= ink).view(np.uint8))
    count, labels = cv2.connectedComponents(strong)
    lowest = cv2.erode(cells, np.ones((5, 5), np.uint8), borderValue=255)
    for label in range(1, count):
        area = np.equal(labels, label).view(np.uint8)
        rim = (area - cv2.erode(area, np.ones((3, 3), np.uint8), borderValue=1)).view(bool)
        reached = area.view(bool) & flat
        if not reached.any() or not rim.any() or (lowest[rim] <= EDGE_FALL * cells[rim]).mean() < SHARP_EDGE:
            continue
        deep = cv2.erode(area, np.ones((7, 7), np.uint8), borderValue=1).view(bool)
        above = cells[deep] - np.maximum(level[deep], np.median(level[reached]))
        if deep.any() and (above >= DRAWN_FROM).mean() > DRAWN_ON:
            continue
        grown = cv2.dilate(area, np.ones((5, 5), np.uint8))
        around = level[(cv2.dilate(grown, np.ones((5, 5), np.uint8)) - grown).view(bool)]
        paper = int(np.median(around)) if around.size else 0
        level[grown.view(bool)] = np.minimum(level[grown.view(bool)], paper)
    return level


def _ink_strength(strength: np.ndarray, level: np.ndarray) -> float:
    """How strong most strokes are; where there are none, as strong as the strongest area."""
    step = max(1, max(strength.shape) // CELLS)
    few = np.ascontiguousarray(strength[::step, ::step])
    strokes = few[cv2.subtract(few, cv2.blur(few, (15, 15))) >= STROKE_RISE]
    return float(np.percentile(strokes, 75)) if strokes.size else float(level.max())
