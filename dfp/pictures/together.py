"""Pictures on a sheet, each in its place."""

from collections.abc import Sequence

import numpy as np

from dfp.sketch.frame import Frame


def together(pictures: Sequence[tuple[Frame, np.ndarray]], extent: tuple[int, int]) -> np.ndarray:
    """A sheet of `extent` (width, height) pixels with pictures on it: uint8 H x W x 4 RGBA, nothing elsewhere.

    `pictures`: uint8 RGB or RGBA, each of its frame's size, the first uppermost where they overlap.
    """
    sheet = np.zeros((extent[1], extent[0], 4), np.uint8)
    for frame, picture in reversed(pictures):
        _lay(sheet, picture, frame)
    return sheet


def opaque(picture: np.ndarray) -> np.ndarray:
    """The picture on white paper, for files that are never transparent: uint8 H x W x 3 RGB."""
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.uint16)
    return ((picture[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def _lay(sheet: np.ndarray, picture: np.ndarray, frame: Frame) -> None:
    """Lay a picture over the sheet where its frame is, straight alpha over straight alpha."""
    height, width = sheet.shape[:2]
    left, top = max(0, frame.left), max(0, frame.top)
    right, bottom = min(width, frame.left + frame.width), min(height, frame.top + frame.height)
    if right <= left or bottom <= top:
        return
    below = sheet[top:bottom, left:right]
    above = picture[top - frame.top : bottom - frame.top, left - frame.left : right - frame.left]
    if above.shape[2] == 3:
        below[..., :3], below[..., 3] = above, 255
        return
    over = above[..., 3:] / np.float32(255)
    under = below[..., 3:] / np.float32(255) * (1 - over)
    both = over + under
    mixed = (above[..., :3] * over + below[..., :3] * under) / np.maximum(both, 1e-6)
    below[..., :3] = mixed.round()
    below[..., 3:] = (both * 255).round()
