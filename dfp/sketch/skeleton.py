"""The one kind of line the network knows: one pixel wide, 8-connected, on a square frame."""

import cv2
import numpy as np

from dfp.sketch.pooling import shrink_by_max


def thin(mask: np.ndarray, size: int) -> np.ndarray:
    """Turn an H x W bool line mask (H == W) into the size x size bool mask of its one-pixel lines.

    The last step of both the training sketches and the painters' sketches. Smaller masks are enlarged.
    """
    if mask.shape[0] >= size:
        small = shrink_by_max(mask, size)
    else:
        larger = cv2.resize(mask.astype(np.uint8) * 255, (size, size), interpolation=cv2.INTER_LINEAR)
        small = larger >= 128
    return skeleton(small)


def skeleton(mask: np.ndarray) -> np.ndarray:
    """The centre lines of a bool mask, one pixel wide, as bool."""
    # Half a second to import: whoever loads a model can do both at once.
    from skimage.morphology import skeletonize

    return skeletonize(mask)
