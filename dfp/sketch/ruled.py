"""Printed lines, grids and borders: straight and even from one end of the sheet to the other."""

import cv2
import numpy as np

FAINT = 12  # from so much contrast a line may be printed
THICKEST = 1 / 120  # of the longer side: from there on it is a stroke
THICK, SMALL = 6, 1 / 60  # but not below so many pixels, and on a small sketch so much of its side
FEWEST = 3  # lines that cover COVERED of the sheet's width are printed; one alone, if it covers ALONE
COVERED = 0.6
SEEN = 0.35  # of the width, at least, thin and by itself
ALONE = 0.9
MOST = 0.5  # of the rows may be on lines
# What is seen at both ends of the sheet says whether lines may cross it.
ZONE = 0.07  # of the width
PROBES = 5  # columns in each zone
TIP = 0.04, 0.07  # of the width: a line alone goes straight through all between
RUN = 1 / 26  # of the longer side: the least that a line goes straight; longer than letters
STEEPEST = 0.06  # height over width: a sheet that lies askew
COARSE = 4  # rows that count as one while the slope is looked for
COLUMNS = 64  # are looked at then
TONE_RUN = 1 / 7  # of the longer side: over so much of a line the faintest place is its tone
# Lines vary a little in tone: so much of it, and so much more, is taken away.
TONE_SHARE, TONE_SLACK = 1.15, 4


def without_ruled(contrast: np.ndarray) -> np.ndarray:
    """The contrast, uint8 H x W, without lines that cross the sheet from side to side; strokes over them stay."""
    mask = cv2.threshold(contrast, FAINT - 1, 255, cv2.THRESH_BINARY)[1]
    level = _tone(contrast, mask) if _may_be_ruled(mask) else None
    upright = _tone(cv2.transpose(contrast), cv2.transpose(mask)) if _may_be_ruled(mask.T) else None
    if level is not None:
        contrast = cv2.subtract(contrast, level)
    if upright is not None:
        contrast = cv2.subtract(contrast, cv2.transpose(upright))
    return contrast


def _tone(contrast: np.ndarray, mask: np.ndarray) -> np.ndarray | None:
    """The strength of printed lines from left to right, a little more on them, 0 beside them; None without any.

    `mask`: uint8 H x W, 255 where the contrast (uint8 H x W) may be a line's.
    """
    run = max(9, round(max(mask.shape) * RUN)) | 1
    closed = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    side = max(mask.shape)
    thick = max(min(THICK, round(side * SMALL)), round(side * THICKEST)) + 2
    # Nothing is beyond the edge: a line along it is as thin as it looks.
    column = np.ones((thick, 1), np.uint8)
    bold = cv2.morphologyEx(runs, cv2.MORPH_OPEN, column, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    thin = cv2.subtract(runs, bold)
    slope = _slope(thin)
    rows = _rows(_sheared(runs, slope), _sheared(thin, slope))
    if not rows.any():
        return None
    length = max(15, round(max(contrast.shape) * TONE_RUN)) | 1
    straight = _sheared(contrast, slope)
    # Pixels make steps of a line that lies askew: it is whole on the row in its middle once it is wider.
    smooth = cv2.blur(cv2.dilate(straight, np.ones((3, 1), np.uint8)) if slope else straight, (9, 1))
    tone = cv2.morphologyEx(smooth, cv2.MORPH_OPEN, np.ones((1, length), np.uint8), borderType=cv2.BORDER_REPLICATE)
    tone[~rows] = 0
    # Beside a line that lies askew there is some of it on the next row, too.
    tone = cv2.dilate(_sheared(tone, -slope), np.ones((5 if slope else 3, 1), np.uint8))
    return cv2.convertScaleAbs(tone, alpha=TONE_SHARE, beta=TONE_SLACK) * (tone > TONE_SLACK)


def _may_be_ruled(mask: np.ndarray) -> bool:
    """Whether lines may cross the sheet, by what is seen at its two ends."""
    zone = max(1, int(mask.shape[1] * ZONE))
    probes = np.arange(PROBES) * (zone - 1) // (PROBES - 1)
    ends = mask[:, probes], mask[:, mask.shape[1] - 1 - probes]
    if all(sorted((end[1:] > end[:-1]).sum(0).tolist())[PROBES // 2] >= FEWEST for end in ends):
        return True
    begin, end = int(mask.shape[1] * TIP[0]), int(mask.shape[1] * TIP[1]) + 1
    tips = (np.ascontiguousarray(tip) for tip in (mask[:, begin:end], mask[:, -end : -begin or None]))
    return all(_crossed(tip) for tip in tips)


def _crossed(tip: np.ndarray) -> bool:
    """Whether a line goes straight through a piece of the mask."""
    whole = cv2.dilate(tip, np.ones((3, 1), np.uint8))
    return cv2.reduce(whole, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).max() >= COVERED * 255 * tip.shape[1]


def _slope(runs: np.ndarray) -> float:
    """How steep the printed lines are, height over width."""
    height, width = runs.shape
    columns = np.arange(COLUMNS) * width // COLUMNS
    rows, places = np.nonzero(runs[:, columns])
    away = columns[places] - width / 2

    def score(steep: float, coarse: int) -> float:
        at = np.clip(np.round(rows - steep * away), 0, height - 1).astype(np.intp) // coarse
        return float((np.bincount(at) ** 2).sum())

    # A sheet that lies straight is the usual case, and its lines need no interpolation.
    level = score(0.0, 1)
    reach = STEEPEST + 2 * COARSE / width
    near = max(np.arange(-reach, reach, COARSE / width), key=lambda steep: score(steep, COARSE))
    best = max(near + np.linspace(-COARSE, COARSE, 17) / width, key=lambda steep: score(steep, 1))
    # What goes on rising beyond the steepest is no line's peak: the paper's own grain runs that way.
    return 0.0 if abs(best) > STEEPEST or score(best, 1) <= 1.1 * level else float(best)


def _rows(runs: np.ndarray, thin: np.ndarray) -> np.ndarray:
    """Which rows printed lines lie on, bool H; none when these are no printed lines.

    `runs`: where anything goes straight on; `thin`: the part of it that is thin enough, both uint8 H x W.
    """
    covered, printed = (
        cv2.reduce((each != 0).view(np.uint8), 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() for each in (runs, thin)
    )
    covered[printed < SEEN] = 0
    rows = covered >= COVERED
    lines = int((rows[1:] & ~rows[:-1]).sum()) + int(rows[0])
    if lines < FEWEST:
        rows = covered >= ALONE
    if rows.mean() > MOST:
        rows[:] = False
    # The edges of a line are less covered than its middle.
    return cv2.dilate(rows.view(np.uint8), np.ones((3, 1), np.uint8)).ravel().view(bool) if rows.any() else rows


def _sheared(picture: np.ndarray, slope: float) -> np.ndarray:
    """The picture with lines that fall by `slope` made level."""
    if not slope:
        return picture
    height, width = picture.shape
    matrix = np.array([(1, 0, 0), (slope, 1, -slope * width / 2)], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
