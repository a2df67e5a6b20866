"""What lies along a sheet's edges and is no drawing: the dark strip of a scan, the desk under a photo, a border."""

import cv2
import numpy as np

DEEPEST = 0.2  # of the sheet: what reaches farther in is no strip
DARKEST = 40  # a strip is so much stronger than paper
COVERED = 0.7  # of a side
STRAIGHT = 0.035  # of the sheet: how far a strip's inner edge strays
# Its strength falls from one share of itself to the other within two cells: light that fades is no strip.
STRONG, FAINT = 0.6, 0.4


def margins_of(cells: np.ndarray) -> np.ndarray | None:
    """Which cells of a sheet belong to dark strips along its edges, bool; None when none do.

    `cells`: uint8 H x W, mean strength.
    """
    found = np.zeros(cells.shape, bool)
    for upright in (False, True):
        for mirrored in (slice(None), slice(None, None, -1)):
            turned, shown = (cells.T, found.T) if upright else (cells, found)
            _left_strip(turned[:, mirrored], shown[:, mirrored])
    return found if found.any() else None


def _left_strip(cells: np.ndarray, found: np.ndarray) -> None:
    """Mark the strip along the left edge, if there is one."""
    height, width = cells.shape
    outmost = cells[:, : min(2, width)].max(1)
    deepest = int(DEEPEST * width)
    if np.count_nonzero(outmost >= DARKEST) < COVERED * height or deepest < 2:
        return
    dark = float(np.median(outmost))
    paper = cells[:, : deepest + 3] < STRONG * dark
    paper[:, 0] &= False if width < 2 else paper[:, 1]
    ends = np.argmax(paper, 1)
    ends[~paper.any(1)] = deepest + 3
    starts = outmost >= STRONG * dark
    whole = starts & (ends <= deepest)
    if whole.mean() < COVERED:
        return
    rows = np.flatnonzero(whole)
    middle = np.median(ends[rows])
    near = rows[np.abs(ends[rows] - middle) <= max(2.0, STRAIGHT * max(height, width))]
    if len(near) < COVERED * height:
        return
    beyond = cells[near, np.minimum(ends[near] + 2, width - 1)]
    if np.median(beyond) > FAINT * dark:
        return
    slope, start = np.polyfit(near, ends[near], 1)
    edge = slope * np.arange(height) + start
    found |= np.arange(width) <= (edge + 1.5)[:, None]


def without(strength: np.ndarray, margins: np.ndarray) -> np.ndarray:
    """The strength, uint8 H x W, with nothing where the margins lie."""
    mask = cv2.resize(margins.view(np.uint8), strength.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(mask.view(bool), np.uint8(0), strength)
