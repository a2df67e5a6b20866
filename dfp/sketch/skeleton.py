"""The one kind of line the network knows: one pixel wide, 8-connected, on a square frame."""

import cv2
import numpy as np


def reduce_by_maximum(mask: np.ndarray, size: int) -> np.ndarray:
    """Shrink an H x W bool mask to size x size so that every set pixel sets the cell it falls into.

    Neighbouring pixels fall into the same or neighbouring cells, so an unbroken line stays unbroken;
    a bilinear resize would erase it. H and W must be at least `size`.
    """
    if mask.shape == (size, size):
        return mask.copy()
    by_row = _rows_by_maximum(mask.view(np.uint8), size)
    # Whole rows are copied and compared fast, columns are not, hence the two transposes.
    return cv2.transpose(_rows_by_maximum(cv2.transpose(by_row), size)).view(bool)


def _rows_by_maximum(mask: np.ndarray, size: int) -> np.ndarray:
    """H x W uint8 -> size x W: each row the largest of those that fall into it."""
    starts = np.arange(size + 1) * mask.shape[0] // size
    first, last = starts[:-1], starts[1:] - 1
    out = mask[first]
    for further in range(1, int((last - first).max()) + 1):
        np.maximum(out, mask[np.minimum(first + further, last)], out=out)
    return out


def thin(mask: np.ndarray, size: int) -> np.ndarray:
    """Turn an H x W bool line mask (H == W) into the size x size bool mask of its one-pixel lines.

    The last step of both the training sketches and the painters' sketches. Smaller masks are enlarged.
    """
    if mask.shape[0] >= size:
        small = reduce_by_maximum(mask, size)
    else:
        enlarged = cv2.resize(mask.astype(np.uint8) * 255, (size, size), interpolation=cv2.INTER_LINEAR)
        small = enlarged >= 128
    return skeleton(small)


def skeleton(mask: np.ndarray) -> np.ndarray:
    """The centre lines of a bool mask, one pixel wide, as bool."""
    # Half a second to import: whoever loads a model can do both at once.
    from skimage.morphology import skeletonize

    return skeletonize(mask)
