"""Colours that a painter has laid down over a sketch, as the server takes them. Plain Python: no Qt, no Krita."""

from typing import NamedTuple, Tuple

from .geometry import Rect

MOST_SIDE = 512  # the server takes no more; the model reads 32 in the face's frame


class Painted(NamedTuple):
    """RGBA places of 8-bit sRGB, straight alpha, spread over the picture that goes to the server.

    size: columns and rows of them. digest: of the layer's own pixels that they were made of; 0 when nobody knows.
    """

    values: bytes
    size: Tuple[int, int]
    digest: int = 0


def size_for(sent: Rect) -> Tuple[int, int]:
    """Columns and rows for a picture that goes to the server: its proportions, at most so many a side."""
    share = min(1.0, MOST_SIDE / sent.longer)
    return max(1, round(sent.width * share)), max(1, round(sent.height * share))


def on_grid(part: Rect, place: Rect, step: int) -> Rect:
    """The smallest rectangle around a part that lies whole steps from a place's corner and is whole steps long.

    It ends where the place does, and then its last step may be shorter.
    """
    inside = part.inside(place)
    if inside.empty:
        return inside
    left, width = _whole_steps(inside.left - place.left, inside.width, place.width, step)
    top, height = _whole_steps(inside.top - place.top, inside.height, place.height, step)
    return Rect(place.left + left, place.top + top, width, height)


def _whole_steps(start: int, length: int, end: int, step: int) -> Tuple[int, int]:
    """Start and length of the steps that a piece of a side touches."""
    first = start // step * step
    return first, min(end, -(-(start + length) // step) * step) - first


def laid_on(pixels: bytes, part: Rect, whole: Rect) -> bytes:
    """Pixels of four bytes over a part of a picture, with nothing around them, over all of it."""
    row = 4 * part.width
    before, after = bytes(4 * part.left), bytes(4 * (whole.width - part.left - part.width))
    rows = (before + pixels[start : start + row] + after for start in range(0, len(pixels), row))
    above, below = part.top, whole.height - part.top - part.height
    return b"".join([bytes(4 * whole.width * above), *rows, bytes(4 * whole.width * below)])


def swapped(pixels: bytes) -> bytes:
    """BGRA for RGBA, or the other way round."""
    other = bytearray(pixels)
    other[0::4], other[2::4] = pixels[2::4], pixels[0::4]
    return bytes(other)


def shows_anything(values: bytes) -> bool:
    """Whether there is any colour: the server refuses a layer on which nothing is painted."""
    return bool(values[3::4].strip(b"\0"))
