"""Heads that are tilted: drawn upright on their frame, and turned back onto the square that covers it.

A turn is in degrees, clockwise, around the frame's middle. The square that covers a turned frame has the same middle.
"""

import math

import cv2
import numpy as np

from dfp.sketch.frame import Frame

FINEST = 2  # a turned picture has so many pixels for one of the upright one each way, so that nothing is lost
INK = 100  # of 255: so much of a pixel is drawn on where a line is turned


def share_of(turn: float) -> float:
    """The side of a frame over that of the square which covers it once it is turned."""
    angle = math.radians(turn)
    return 1 / (abs(math.cos(angle)) + abs(math.sin(angle)))


def covering(frame: Frame, turn: float) -> Frame:
    """The square that covers a square frame once it is turned."""
    if not turn:
        return frame
    side = max(1, math.ceil(frame.width / share_of(turn)))
    x, y = frame.left + frame.width / 2, frame.top + frame.height / 2
    return Frame(round(x - side / 2), round(y - side / 2), side, side)


def upright(covered: np.ndarray, turn: float, side: int, way: int = cv2.INTER_LINEAR) -> np.ndarray:
    """What of a picture of the covering square lies on the turned frame: side x side (x C), not turned any more."""
    return _warped(covered, math.radians(turn), share_of(turn), side, way, cv2.BORDER_CONSTANT)


def upright_ink(covered: np.ndarray, turn: float, least: int) -> np.ndarray:
    """As `upright`, of ink (bool N x N): bool, of as many pixels for the same length, but `least` a side."""
    side = max(least, round(len(covered) * share_of(turn)))
    return upright(covered.view(np.uint8) * np.uint8(255), turn, side) >= INK


def upright_map(covered: np.ndarray, turn: float) -> np.ndarray:
    """As `upright`, of a map of float32 C x h x h; it stays as large."""
    planes = np.ascontiguousarray(covered.transpose(1, 2, 0))
    seen = upright(planes, turn, len(planes)).reshape(planes.shape)
    return np.ascontiguousarray(seen.transpose(2, 0, 1))


def turned_side(side: int, turn: float) -> int:
    """Pixels of the covering square for a picture of the frame with `side` pixels."""
    return round(FINEST * side / share_of(turn))


def turned(picture: np.ndarray, turn: float, side: int) -> np.ndarray:
    """A picture of the frame, h x h (x C), on the covering square: side x side (x C); its rim goes on outside."""
    out = _warped(picture, -math.radians(turn), 1 / share_of(turn), side, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE)
    return out.reshape(side, side, *picture.shape[2:])


def turned_map(planes: np.ndarray, turn: float, side: int) -> np.ndarray:
    """As `turned`, of planes C x h x h: C x side x side, which still add up to what they did."""
    flags = cv2.INTER_LINEAR
    parts = [_warped(p, -math.radians(turn), 1 / share_of(turn), side, flags, cv2.BORDER_REPLICATE) for p in planes]
    return np.stack(parts) if parts else np.zeros((0, side, side), planes.dtype)


def coverage(turn: float, side: int) -> np.ndarray:
    """Where the turned frame lies on the covering square: uint8 side x side, 255 inside, with soft edges."""
    inside = np.full((side, side), 255, np.uint8)
    angle, by = -math.radians(turn), 1 / share_of(turn)
    return _warped(inside, angle, by, side, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT)


def _warped(picture: np.ndarray, angle: float, by: float, side: int, way: int, border: int) -> np.ndarray:
    """The picture around its middle, `by` of its side of it, turned by `angle` (radians), on side x side pixels."""
    scale = by * len(picture) / side
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    matrix[:, 2] = (len(picture) - 1) / 2 - matrix[:, :2] @ [(side - 1) / 2, (side - 1) / 2]
    flags = way | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, matrix, (side, side), flags=flags, borderMode=border))
