"""How thick ink is, from place to place and as most of a drawing's strokes are."""

import cv2
import numpy as np


def depth_of(mask: np.ndarray) -> np.ndarray:
    """How far it is from each pixel of a mask (uint8 N x M) to the nearest unset one: float32, 0 where it is unset."""
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 3))


def width_of(depth: float) -> float:
    """The width in pixels of a stroke that is so deep in its middle."""
    return 2 * depth - 1


def usual_width(mask: np.ndarray, depth: np.ndarray) -> float:
    """How wide most strokes of some ink (uint8 N x M) are in pixels: the median along their ridges.

    `depth`: as `depth_of` returns it.
    """
    spots = np.flatnonzero(mask.view(bool))
    deepest = cv2.dilate(depth, np.ones((3, 3), np.uint8))
    # Most is paper: whole pictures are not compared.
    here = depth.ravel().take(spots)
    return width_of(float(np.median(here[here >= deepest.ravel().take(spots)])))
