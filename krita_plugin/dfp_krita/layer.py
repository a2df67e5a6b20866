"""Puts a face into the painter's document: on a new layer, or as new pixels of the layer that she has.

A new layer is one undo step. It is filled before it is added: pixels written later would not be part of the step.
New pixels of a layer are no undo step at all, because nothing in Krita's API writes the pixels of an attached layer
in an undoable way. So what the painter has painted on a face is never written over: such a face, or a locked one, is
left as it is, and the next face gets a layer of its own.

Everything here is an iterator, and each yield lets Krita go on. It yields True while it waits for a stroke to end.
"""

import zlib
from collections import deque
from itertools import chain
from typing import Any, Generator, Iterator, Optional

from . import texts
from .active_layer import ActiveLayer
from .colors import SRGB8, CannotConvert, ColorSpace, convert
from .document import CapturedSketch, Refusal, Subject, check_still_there
from .errand import Steps
from .faces import FaceBook, Mark, home_of, id_of
from .geometry import Place
from .qt import QtCore

# Pixels read or written in one go: a few milliseconds, so that the pen never waits.
BAND_PIXELS = 256 * 1024


def put_face(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Generator[bool, None, str]:
    """Renew the sketch's face, or add one; returns what the painter should know about it, if anything.

    Raises Refusal when document or sketch are gone, the canvas has changed, or Krita cannot convert the colors.
    """
    subject = sketch.subject
    check_still_there(subject)
    face = subject.face
    if face is None or face.parentNode() is None:
        yield from _add(sketch, answer, active)
        return ""
    if not (yield from is_as_written(subject, face)):
        yield from _add(sketch, answer, active)
        return texts.FACE_CHANGED
    yield from renew(sketch, answer, face)
    return ""


def is_as_written(subject: Subject, face: Any) -> Generator[bool, None, bool]:
    """Whether the face's pixels are free to be renewed: just what the plugin wrote, and not locked."""
    mark = FaceBook(subject.document).mark_of(face)
    bounds = bounds_of(face)
    if mark is None or face.locked() or mark.size != (bounds.width, bounds.height):
        return False
    digest = 0
    for band in bounds.bands(BAND_PIXELS):
        digest = zlib.crc32(bytes(face.pixelData(*band)), digest)
        yield False
    return digest == mark.digest


def renew(sketch: CapturedSketch, answer: Any, face: Any) -> Steps:
    """Write the answer over the face's pixels, where the layer was moved to; all else about it stays."""
    subject = sketch.subject
    book = FaceBook(subject.document)
    mark = book.mark_of(face)
    home = mark.home if mark is not None else (0, 0)
    pixels = in_colors_of(face, answer)
    yield from wait_for_rest(subject)
    now = home_of(subject.sketch, face)
    place = sketch.place_of(answer).moved(now[0] - home[0], now[1] - home[1])
    writing = chain(wipe(face, bounds_of(face), place), write(face, place, pixels))
    try:
        yield from writing
    finally:
        # A face whose writing is broken off is still written to its end: half of one would be worse.
        deque(writing, maxlen=0)
        book.remember(subject.sketch, Mark(id_of(face), zlib.crc32(pixels), (place.width, place.height), home))
        subject.document.setModified(True)
    yield from wait_for_rest(subject)
    # Krita does not notice by itself that pixels were written.
    subject.document.refreshProjection()


def add_empty(subject: Subject, active: ActiveLayer, opacity: int) -> Generator[bool, None, Any]:
    """Add a face layer without a face yet; returns it."""
    layer = _new_layer(subject)
    layer.setOpacity(opacity)
    yield from wait_for_rest(subject)
    attach(subject, layer, active, 0, Place(0, 0, 0, 0))
    return layer


def remove_empty(subject: Subject, active: ActiveLayer) -> Steps:
    """Take the face layer out again when nothing ever came onto it."""
    face, document = subject.face, subject.document
    if face is None or face.parentNode() is None or not bounds_of(face).empty:
        return
    yield from wait_for_rest(subject)
    if document.activeNode() == face:
        document.setActiveNode(subject.sketch)
        yield False
    active.keep_through(document, face.remove)


def keep(subject: Subject, active: ActiveLayer) -> Generator[bool, None, str]:
    """Add a hidden copy of the face right below it, which nothing renews; returns its name.

    Hidden, because a second translucent face under the first would change the picture.
    """
    face = subject.face
    if face is None or face.parentNode() is None or bounds_of(face).empty:
        raise Refusal(texts.NOTHING_TO_KEEP)
    copy = face.duplicate()
    copy.setName(texts.kept_layer_name(subject.sketch.name()))
    copy.setVisible(False)
    yield from wait_for_rest(subject)
    parent = face.parentNode()
    siblings = parent.childNodes()
    below = siblings[: siblings.index(face)]
    # A layer can only be put above another one.
    active.keep_through(subject.document, lambda: parent.addChildNode(copy, below[-1] if below else face))
    return copy.name()


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


def _add(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Steps:
    subject = sketch.subject
    layer = _new_layer(subject)
    yield False
    pixels = in_colors_of(layer, answer)
    yield from wait_for_rest(subject)
    place = sketch.place_of(answer)
    yield from write(layer, place, pixels)
    yield from wait_for_rest(subject)
    sketch.place_of(answer)  # the canvas may have changed in this very moment
    attach(subject, layer, active, zlib.crc32(pixels), place)


def _new_layer(subject: Subject) -> Any:
    return subject.document.createNode(texts.face_layer_name(subject.sketch.name()), "paintlayer")


def attach(subject: Subject, layer: Any, active: ActiveLayer, digest: int, place: Place) -> None:
    """Add a face layer right above its sketch, one undo step; `digest` and the size of `place` are its pixels'."""
    document, sketch = subject.document, subject.sketch
    active.keep_through(document, lambda: sketch.parentNode().addChildNode(layer, sketch))
    mark = Mark(id_of(layer), digest, (place.width, place.height), home_of(sketch, layer))
    FaceBook(document).remember(sketch, mark)


def wipe(face: Any, old: Place, new: Place) -> Steps:
    """Take away the pixels in `old`, unless new ones in `new` will cover them all."""
    if old.inside(new) == old:
        return
    pixel: Optional[int] = None
    for band in old.bands(BAND_PIXELS):
        if pixel is None:
            pixel = len(face.pixelData(band.left, band.top, 1, 1))
        face.setPixelData(QtCore.QByteArray(bytes(pixel * band.width * band.height)), *band)
        yield False


def write(layer: Any, place: Place, pixels: bytes) -> Steps:
    """Write pixels in the layer's own colors, band after band."""
    row = len(pixels) // place.height
    for band in place.bands(BAND_PIXELS):
        start = (band.top - place.top) * row
        layer.setPixelData(QtCore.QByteArray(pixels[start : start + band.height * row]), *band)
        yield False


def bounds_of(layer: Any) -> Place:
    """Where a layer has pixels."""
    bounds = layer.bounds()
    return Place(bounds.x(), bounds.y(), bounds.width(), bounds.height())


def in_colors_of(layer: Any, answer: Any) -> bytes:
    """An answer's pixels in the layer's own colors; raises Refusal."""
    space = ColorSpace.of(layer)
    if space.is_srgb8:
        return answer.pixels
    try:
        return bytes(convert(answer.pixels, answer.width, answer.height, SRGB8, space))
    except CannotConvert as error:
        raise Refusal(str(error)) from error
