"""Maps made smaller by maximum, so that a line of one pixel survives."""

from collections.abc import Sequence

import cv2
import numpy as np


def reduction_for(side: int, limit: int) -> int:
    """The whole number by which `side` is reduced to be at most `limit`."""
    return max(1, -(-side // limit))


def max_pool(pixels: np.ndarray, factor: int) -> np.ndarray:
    """The largest of each factor x factor block of an H x W array; the last blocks may be smaller."""
    if factor == 1:
        return pixels
    if any(spare := [-side % factor for side in pixels.shape]):
        pixels = np.pad(pixels, [(0, more) for more in spare])
    rows = largest([pixels[i::factor] for i in range(factor)])
    # Columns are not contiguous, but as channels of one pixel OpenCV takes them apart fast.
    return largest(cv2.split(rows.reshape(len(rows), -1, factor)))


def shrink_by_max(mask: np.ndarray, size: int) -> np.ndarray:
    """Shrink an H x W bool mask to size x size so that every set pixel sets the cell it falls into.

    Neighbouring pixels fall into the same or neighbouring cells, so an unbroken line stays unbroken;
    a bilinear resize would erase it. H and W must be at least `size`.
    """
    if mask.shape == (size, size):
        return mask.copy()
    by_row = _rows_by_max(mask.view(np.uint8), size)
    # Whole rows are copied and compared fast, columns are not, hence the two transposes.
    return cv2.transpose(_rows_by_max(cv2.transpose(by_row), size)).view(bool)


def _rows_by_max(mask: np.ndarray, size: int) -> np.ndarray:
    """H x W uint8 -> size x W: each row the largest of those that fall into it."""
    starts = np.arange(size + 1) * mask.shape[0] // size
    first, last = starts[:-1], starts[1:] - 1
    out = mask[first]
    for further in range(1, int((last - first).max()) + 1):
        np.maximum(out, mask[np.minimum(first + further, last)], out=out)
    return out


def largest(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The largest of several arrays, one at least, element by element."""
    if len(arrays) == 1:
        return np.array(arrays[0])
    out = np.maximum(arrays[0], arrays[1])
    for array in arrays[2:]:
        np.maximum(out, array, out=out)
    return out
