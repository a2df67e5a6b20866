"""How well heads are placed and lines are read."""

import cv2
import numpy as np

from dfp.sketch.frame import Frame
from dfp.sketch.pooling import shrink_by_max
from dfp.sketch.skeleton import skeleton
from dfp.sketch.turning import upright_ink

from .canvas import Sheet

NEAR = 2.0  # pixels of the network's side
FOUND = 0.5  # a head is found where a frame overlaps its square by so much


def overlap(a: Frame, b: Frame) -> float:
    """Intersection over union of two squares."""
    width = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    height = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    shared = max(0, width) * max(0, height)
    return shared / (a.width * a.height + b.width * b.height - shared)


def lines_in(sheet: Sheet, frame: Frame, size: int, turn: float = 0.0) -> np.ndarray:
    """The sheet's true lines in a frame, bool size x size, one pixel wide.

    `turn`: of a head in it, degrees clockwise, where the frame covers that head's square; it is made upright.
    """
    out = np.zeros((frame.height, frame.width), np.uint8)
    height, width = sheet.lines.shape
    left, top = max(0, frame.left), max(0, frame.top)
    right, bottom = min(width, frame.left + frame.width), min(height, frame.top + frame.height)
    inside = sheet.lines[top:bottom, left:right].view(np.uint8)
    out[top - frame.top : bottom - frame.top, left - frame.left : right - frame.left] = inside
    if turn:
        out = upright_ink(out.view(bool), turn, size).view(np.uint8)
    if len(out) < size:
        out = np.asarray(cv2.resize(out, (size, size), interpolation=cv2.INTER_NEAREST))
    return skeleton(shrink_by_max(out.view(bool), size))


def kept_and_invented(found: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Share of the true lines that were found, and of the found ones that are none, within NEAR pixels."""
    to_truth = cv2.distanceTransform((~truth).view(np.uint8), cv2.DIST_L2, 5)
    to_found = cv2.distanceTransform((~found).view(np.uint8), cv2.DIST_L2, 5)
    kept = float((to_found[truth] <= NEAR).mean()) if truth.any() else 1.0
    invented = float((to_truth[found] > NEAR).mean()) if found.any() else 0.0
    return kept, invented
