"""Pixels of faces, written into layers band after band, so that the pen never waits.

Everything here is an iterator, and each yield lets Krita go on. It yields True while it waits for a stroke to end.
"""

from typing import Any, Iterator, Optional

from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps
from .capture import Subject, check_still_there
from .colors import SRGB8, CannotConvert, ColorSpace, convert
from .geometry import Rect

# Pixels read or written in one go: a few milliseconds, so that the pen never waits.
BAND_PIXELS = 256 * 1024


def wipe(layer: Any, old: Rect, new: Rect) -> Steps:
    """Take away the pixels in `old`, unless new ones in `new` will cover them all."""
    if old.inside(new) == old:
        return
    pixel: Optional[int] = None
    for band in old.bands(BAND_PIXELS):
        if pixel is None:
            pixel = len(layer.pixelData(band.left, band.top, 1, 1))
        layer.setPixelData(QtCore.QByteArray(bytes(pixel * band.width * band.height)), *band)
        yield False


def write(layer: Any, place: Rect, pixels: bytes) -> Steps:
    """Write pixels in the layer's own colors, band after band."""
    row = len(pixels) // max(1, place.height)
    for band in place.bands(BAND_PIXELS):
        start = (band.top - place.top) * row
        layer.setPixelData(QtCore.QByteArray(pixels[start : start + band.height * row]), *band)
        yield False


def in_colors_of(layer: Any, picture: Any) -> bytes:
    """A picture's pixels in the layer's own colors; raises Refusal."""
    return in_colors(ColorSpace.of(layer), picture)


def in_colors(space: ColorSpace, picture: Any) -> bytes:
    """A picture's pixels, BGRA of sRGB with `width` and `height`, in a color space; raises Refusal."""
    if space.is_srgb8 or not picture.pixels:
        return picture.pixels
    try:
        return bytes(convert(picture.pixels, picture.width, picture.height, SRGB8, space))
    except CannotConvert as error:
        raise Refusal(str(error)) from error


def wait_for_rest(subject: Subject) -> Iterator[bool]:
    """Until the document takes changes. While the pen is down, adding a layer would cut the stroke off."""
    while not at_rest(subject):
        yield True


def at_rest(subject: Subject) -> bool:
    """Whether no stroke or other work goes on in the document; raises Refusal when it is gone."""
    check_still_there(subject)
    if not subject.document.tryBarrierLock():
        return False
    subject.document.unlock()
    return True
