"""Regions that end at the lines: an area that lines close off is one thing, where nearly all of it looks so.

What is where the model says a little softly. A painter who closes her outlines has said it exactly; where she has not,
lines enclose several things or half of one, and the model's word stands.
"""

import cv2
import numpy as np

from dfp.sketch.pooling import max_pool

AGREED = 0.9  # share of an area that must be likeliest one class, for the area to be one thing
LARGEST = 0.46  # of the picture: a larger area is the paper around the drawing, or what is open to it


def closed(regions: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Regions with closed areas as one, uint8 19 x h x w as they were.

    regions: as `Outputs.regions`. lines: float32 1 x size x size, 1 on lines; size is h times a whole number. The very
    regions where none are known.
    """
    if not len(regions):
        return regions
    areas = _areas(lines[0] > 0, regions.shape[-1])
    flat = regions.reshape(len(regions), -1)
    sizes = np.bincount(areas)
    count = len(sizes)
    likeliest = np.bincount(areas * len(regions) + _likeliest(flat), minlength=count * len(regions))
    agree = likeliest.reshape(count, -1).max(1) >= AGREED * sizes
    agree &= sizes <= LARGEST * areas.size
    agree[0] = False
    one = agree[areas]
    means = np.stack([np.bincount(areas, weights, count) for weights in flat]) / sizes.clip(1)
    out = flat.copy()
    out[:, one] = means.round().astype(np.uint8)[:, areas[one]]
    return out.reshape(regions.shape)


def _areas(lines: np.ndarray, side: int) -> np.ndarray:
    """Which area each of side x side places lies in, flat; 0 for those that lines cover."""
    _, found = cv2.connectedComponents((~lines).astype(np.uint8), connectivity=4)
    return max_pool(np.asarray(found), len(lines) // side).ravel()


def _likeliest(flat: np.ndarray) -> np.ndarray:
    """The first of the largest in each column; `argmax` over rows takes five times as long."""
    best, which = flat[0].copy(), np.zeros(flat.shape[1], np.intp)
    for number, row in enumerate(flat[1:], 1):
        which[row > best] = number
        np.maximum(best, row, out=best)
    return which
