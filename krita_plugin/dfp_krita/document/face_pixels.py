"""Pixels of faces, written into layers band after band, so that the pen never waits.

A face is written as parts: one, or, of a group, one for each layer in it. What has soft edges is written without the
transparent room around it: Krita tells of a layer only where it has anything, and by that a face is known again.

Everything here is an iterator, and each yield lets Krita go on. It yields True while it waits for a stroke to end.
"""

from typing import Any, Generator, Iterator, List, NamedTuple, Optional

from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps
from .capture import CapturedSketch, Subject, check_still_there
from .colors import SRGB8, CannotConvert, ColorSpace, convert
from .geometry import Rect
from .options import LAYER
from .resizing import layers_in

# Pixels read or written in one go: a few milliseconds, so that the pen never waits.
BAND_PIXELS = 256 * 1024
ROWS = 64  # looked through in one go


class Part(NamedTuple):
    """What goes onto one layer: BGRA pixels, 8 bit, sRGB, and where they lie in the answer's picture."""

    place: Rect
    pixels: bytes

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.place.width

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.place.height


NOTHING = Part(Rect(0, 0, 0, 0), b"")


def parts_of(sketch: CapturedSketch, answer: Any) -> Generator[bool, None, List[Part]]:
    """An answer's layers from the bottom, or its picture alone."""
    whole = Rect(0, 0, answer.width, answer.height)
    parts = [Part(whole, answer.pixels)]
    if answer.layers is not None:
        parts = [Part(place, pixels) for place, pixels in layers_in(answer)]
    elif sketch.options.form == LAYER:
        return parts
    found = []
    for part in parts:
        tight = yield from tight_place(part)
        found.append(part if tight == part.place else Part(tight, _cut(part, tight)))
    return found


def tight_place(part: Part) -> Generator[bool, None, Rect]:
    """Where a part is not transparent."""
    width, rows, left, right = part.width, [], part.width, 0
    for row in range(part.height):
        alpha = part.pixels[4 * row * width + 3 : 4 * (row + 1) * width : 4]
        length = len(alpha.lstrip(b"\0"))
        if length:
            rows.append(row)
            left, right = min(left, width - length), max(right, len(alpha.rstrip(b"\0")))
        if row % ROWS == 0:
            yield False
    if not rows:
        return Rect(part.place.left, part.place.top, 0, 0)
    return Rect(part.place.left + left, part.place.top + rows[0], right - left, rows[-1] - rows[0] + 1)


def _cut(part: Part, place: Rect) -> bytes:
    inside = place.seen_from(part.place)
    starts = (4 * (row * part.width + inside.left) for row in range(inside.top, inside.top + inside.height))
    return b"".join(part.pixels[start : start + 4 * inside.width] for start in starts)


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
