"""The square of a sketch that becomes the picture, placed around the drawing as training faces are in theirs."""

from dataclasses import dataclass

import cv2
import numpy as np

SIDE_MARGIN = 0.06
BOTTOM_MARGIN = 0.02
TOUCH = 0.02


@dataclass(frozen=True)
class Frame:
    """A rectangle in the sketch's pixels; it may reach outside the sketch. Square after preparation."""

    left: int
    top: int
    width: int
    height: int


def frame_of(ink: np.ndarray, selection: "tuple[int, int, int, int] | Frame | None" = None) -> Frame:
    """The square frame of a drawing (bool H x W): the selection grown to a square, else from the drawn bounds."""
    if selection is not None:
        chosen = selection if isinstance(selection, Frame) else Frame(*(int(v) for v in selection))
        return _square(chosen.left, chosen.top, chosen.left + chosen.width, chosen.top + chosen.height)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if len(rows) == 0:
        raise ValueError("no ink")
    height, width = ink.shape
    left, right = columns[0], columns[-1] + 1
    top, bottom = rows[0], rows[-1] + 1
    side = max((right - left) / (1 - 2 * SIDE_MARGIN), (bottom - top) / (1 - BOTTOM_MARGIN))
    touch = TOUCH * max(height, width)
    touching = left <= touch or top <= touch or right >= width - touch or bottom >= height - touch
    if touching and side >= 0.8 * max(height, width):
        return _square(0, 0, width, height)
    centre = (left + right) / 2
    start = top if bottom < height - touch else bottom - side
    return Frame(round(centre - side / 2), round(start), round(side), round(side))


def _square(left: float, top: float, right: float, bottom: float) -> Frame:
    side = max(1, round(max(right - left, bottom - top)))
    return Frame(round((left + right - side) / 2), round((top + bottom - side) / 2), side, side)


def place(picture: np.ndarray, frame: Frame) -> np.ndarray:
    """The picture (uint8 size x size x C) at its frame's size: uint8 frame.height x frame.width x C."""
    target = (frame.width, frame.height)
    if picture.shape[1::-1] == target:
        return picture.copy()
    shrinks = frame.width < picture.shape[1] or frame.height < picture.shape[0]
    resized = cv2.resize(picture, target, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return resized.reshape(frame.height, frame.width, *picture.shape[2:])
