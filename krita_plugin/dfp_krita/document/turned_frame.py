"""Frames of heads that lean: a square that is turned around its middle. Plain Python: no Qt, no Krita."""

import math
from typing import NamedTuple

from .geometry import Rect


class TurnedFrame(NamedTuple):
    """Where a face sits: a square before it is turned, and by how many degrees it is, clockwise."""

    place: Rect
    turn: float = 0.0

    @property
    def cover(self) -> Rect:
        """The square around the same middle that covers it once it is turned."""
        return _with_side(self.place, math.ceil(self.place.longer / _share_of(self.turn)))


def frame_under(cover: Rect, turn: float) -> TurnedFrame:
    """The frame of a face whose picture lies at a place; the inverse of `cover`, but for a pixel of rounding."""
    return TurnedFrame(cover if not turn else _with_side(cover, round(cover.longer * _share_of(turn))), turn)


def _share_of(turn: float) -> float:
    """The side of a frame over that of the square which covers it."""
    angle = math.radians(turn)
    return 1 / (abs(math.cos(angle)) + abs(math.sin(angle)))


def _with_side(place: Rect, side: int) -> Rect:
    if side == place.width == place.height:
        return place
    left, top = place.left + (place.width - side) / 2, place.top + (place.height - side) / 2
    return Rect(round(left), round(top), side, side)
