"""Makes pictures that are too large for the server smaller, and the faces that it makes of them larger again."""

from dataclasses import replace
from typing import Any, Tuple

from ..qt import QtCore, QtGui
from .face_parts import layers_in
from .geometry import Rect


def smaller(pixels: bytes, place: Rect, factor: int) -> bytes:
    """BGRA pixels over a place, with `factor` pixels to each side made one, their mean."""
    small = place.reduced(factor)
    return scaled(pixels, place.width, place.height, small.width, small.height)


def enlarged(answer: Any, factor: int, sent: Rect) -> Any:
    """A GenerateAnswer for a picture that was made smaller to `sent`, as one for the whole picture.

    Of such a large face only what lies inside the picture is kept. May run in any thread.
    """
    if factor == 1:
        return answer
    place = Rect(answer.left, answer.top, answer.width, answer.height)
    seen = place if place.inside(sent).empty else place.inside(sent)
    _, pixels = _large(answer.pixels, place, seen, factor)
    left, top, width, height = (factor * number for number in seen)
    made = replace(answer, left=left, top=top, width=width, height=height, pixels=pixels)
    if answer.layers is None:
        return made
    layers = [_large(pixels, part.moved(place.left, place.top), seen, factor) for part, pixels in layers_in(answer)]
    places = tuple(tuple(part.moved(-left, -top)) for part, _ in layers)
    return replace(made, layers=b"".join(pixels for _, pixels in layers), layer_places=places)


def _large(pixels: bytes, place: Rect, seen: Rect, factor: int) -> "Tuple[Rect, bytes]":
    """What is seen of a picture at a place, so many times as large; and where that is then."""
    part = place.inside(seen)
    if part.empty:
        return Rect(factor * seen.left, factor * seen.top, 0, 0), b""
    large = Rect(*(factor * number for number in part))
    return large, scaled(_part(pixels, place, part), part.width, part.height, large.width, large.height)


def _part(pixels: bytes, place: Rect, seen: Rect) -> bytes:
    inside = seen.seen_from(place)
    starts = (4 * (row * place.width + inside.left) for row in range(inside.top, inside.top + inside.height))
    return b"".join(pixels[start : start + 4 * inside.width] for start in starts)


def scaled(pixels: bytes, width: int, height: int, wide: int, high: int) -> bytes:
    """BGRA pixels, straight alpha, `wide` x `high` instead; each counts for as much as it is opaque."""
    kind, stretched = QtGui.QImage.Format.Format_ARGB32, QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
    image = QtGui.QImage(pixels, width, height, 4 * width, kind)
    image = image.scaled(wide, high, stretched, QtCore.Qt.TransformationMode.SmoothTransformation)
    image = image.convertToFormat(kind)
    bits = image.constBits()
    bits.setsize(4 * wide * high)
    return bytes(bits)
