"""Makes pictures that are too large for the server smaller, and the faces that it makes of them larger again."""

from dataclasses import replace
from typing import Any

from .geometry import Place
from .qt import QtCore, QtGui


def smaller(pixels: bytes, place: Place, factor: int) -> bytes:
    """BGRA pixels over a place, with `factor` pixels to each side made one, their mean."""
    small = place.reduced(factor)
    return _scaled(pixels, place.width, place.height, small.width, small.height)


def enlarged(answer: Any, factor: int) -> Any:
    """A GenerateAnswer for a picture that was made smaller, as one for the whole picture. May run in any thread."""
    if factor == 1:
        return answer
    width, height = answer.width * factor, answer.height * factor
    pixels = _scaled(answer.pixels, answer.width, answer.height, width, height)
    left, top = answer.left * factor, answer.top * factor
    return replace(answer, left=left, top=top, width=width, height=height, pixels=pixels)


def _scaled(pixels: bytes, width: int, height: int, wide: int, high: int) -> bytes:
    kind, stretched = QtGui.QImage.Format.Format_ARGB32, QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
    image = QtGui.QImage(pixels, width, height, 4 * width, kind)
    image = image.scaled(wide, high, stretched, QtCore.Qt.TransformationMode.SmoothTransformation)
    image = image.convertToFormat(kind)
    bits = image.constBits()
    bits.setsize(4 * wide * high)
    return bytes(bits)
