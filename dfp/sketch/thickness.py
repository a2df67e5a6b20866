"""How thick ink is, from place to place and as most of a drawing's strokes are."""

import cv2
import numpy as np


def thickness_of(mask: np.ndarray) -> np.ndarray:
    """Twice the distance to the nearest unset pixel less 1: on a stroke's ridge its width in pixels; 0 outside.

    `mask`: uint8 H x W, 1 on ink. Returns float32 H x W.
    """
    thickness = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    thickness += thickness
    thickness -= 1
    # `np.maximum` with a number takes seven times as long.
    return np.asarray(cv2.threshold(thickness, 0, 0, cv2.THRESH_TOZERO, thickness)[1])


def usual_thickness(thickness: np.ndarray) -> float:
    """The median along the ridges of all strokes, in pixels; `thickness`: as `thickness_of` returns it, of some ink."""
    ridge = (thickness >= cv2.dilate(thickness, np.ones((3, 3), np.uint8))) & (thickness > 0)
    return float(np.median(thickness[ridge]))
