"""The one kind of line the network knows: one pixel wide, 8-connected, on a square frame."""

import cv2
import numpy as np
from skimage.morphology import skeletonize


def reduce_by_maximum(mask: np.ndarray, size: int) -> np.ndarray:
    """Shrink an H x W bool mask to size x size so that every set pixel sets the cell it falls into.

    Neighbouring pixels fall into the same or neighbouring cells, so an unbroken line stays unbroken;
    a bilinear resize would erase it. H and W must be at least `size`.
    """
    rows = np.arange(size) * mask.shape[0] // size
    columns = np.arange(size) * mask.shape[1] // size
    by_row = np.maximum.reduceat(mask, rows, axis=0)
    return np.maximum.reduceat(by_row, columns, axis=1)


def thin(mask: np.ndarray, size: int) -> np.ndarray:
    """Turn an H x W bool line mask (H == W) into the size x size bool mask of its one-pixel lines.

    The last step of both the training sketches and the painters' sketches. Smaller masks are enlarged.
    """
    if mask.shape[0] >= size:
        small = reduce_by_maximum(mask, size)
    else:
        enlarged = cv2.resize(mask.astype(np.uint8) * 255, (size, size), interpolation=cv2.INTER_LINEAR)
        small = enlarged >= 128
    return skeletonize(small)
