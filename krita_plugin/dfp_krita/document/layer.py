"""Puts a face into the painter's document: on a new layer, or as new pixels of the layer that she has.

A new layer is one undo step. It is filled before it is added: pixels written later would not be part of the step.
New pixels of a layer are no undo step by themselves, because nothing in Krita's API writes the pixels of an attached
layer in an undoable way. But to convert the layer's colors is a step, and Krita then puts the old pixels aside, whole,
and brings them back when it is undone. So outside live work a face is converted to another color space that shows the
same before it is written. What the painter has painted on a face is never written over: such a face, or a locked one,
is left as it is, and the next face gets a layer of its own.

Everything here is an iterator, and each yield lets Krita go on. It yields True while it waits for a stroke to end.
"""

import zlib
from collections import deque
from enum import Enum
from itertools import chain
from typing import Any, Generator, Iterator, Optional, Tuple

from .. import texts
from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps
from .active_layer import ActiveLayer
from .capture import CapturedSketch, Subject, check_still_there
from .colors import SRGB8, CannotConvert, ColorSpace, another_for, convert
from .face_match import fingerprint_of, looks_as_drawn
from .face_registry import FaceRegistry, Mark
from .frame_lock import renew_lock
from .geometry import Rect
from .layer_tree import bounds_of, id_of, position_of
from .own_layers import remember_own
from .painted import top_of_drawing
from .visibility import is_seen

# Pixels read or written in one go: a few milliseconds, so that the pen never waits.
BAND_PIXELS = 256 * 1024


class Condition(Enum):
    """What has become of a face since the plugin wrote it."""

    AS_WRITTEN = "as written"
    FOLLOWED = "changed by Krita, with the whole picture"
    HERS = "changed or locked by the painter"


def put_face(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Generator[bool, None, str]:
    """Renew the sketch's face, or add one, by one undo step; returns what the painter should know about it.

    Raises Refusal when document or sketch are gone, the canvas has changed, or Krita cannot convert the colors.
    """
    subject = sketch.subject
    check_still_there(subject)
    face = yield from face_to_renew(subject)
    if face is not None:
        yield from renew(sketch, answer, face, undoable=True)
        return "" if is_seen(face) else texts.faces.HIDDEN
    layer = yield from _add(sketch, answer, active)
    told = "" if subject.face is None or subject.face.parentNode() is None else texts.faces.CHANGED
    return " ".join(filter(None, (told, "" if is_seen(layer) else texts.faces.HIDDEN)))


def face_to_renew(subject: Subject) -> Generator[bool, None, Any]:
    """The face that is meant, or the first one after it that is not the painter's now; None when a new one is due."""
    if subject.face is None or subject.face.parentNode() is None:
        return None
    for face in FaceRegistry(subject.document).from_on(subject.sketch, subject.face):
        if (yield from condition_of(subject, face)) is not Condition.HERS:
            return face
    return None


def condition_of(subject: Subject, face: Any) -> Generator[bool, None, Condition]:
    """Whether the face's pixels are free to be renewed: what the plugin wrote, and not locked."""
    mark = FaceRegistry(subject.document).mark_of(face)
    if mark is None or face.locked():
        return Condition.HERS
    digest, size = yield from _digest_of(face)
    if mark.knows(digest, size):
        return Condition.AS_WRITTEN
    return Condition.FOLLOWED if looks_as_drawn(subject.document, face, mark) else Condition.HERS


def was_undone(document: Any, face: Any) -> Generator[bool, None, bool]:
    """Whether an undo has brought back an older face than the plugin wrote last."""
    mark = FaceRegistry(document).mark_of(face)
    digest, size = yield from _digest_of(face)
    return mark is not None and (digest, *size) in mark.earlier and (digest, size) != (mark.digest, mark.size)


def _digest_of(face: Any) -> "Generator[bool, None, Tuple[int, Tuple[int, int]]]":
    bounds = bounds_of(face)
    digest = 0
    for band in bounds.bands(BAND_PIXELS):
        digest = zlib.crc32(bytes(face.pixelData(*band)), digest)
        yield False
    return digest, (bounds.width, bounds.height)


def renew(sketch: CapturedSketch, answer: Any, face: Any, undoable: bool) -> Steps:
    """Write the answer over the face's pixels, on the drawing or as far beside it as she has moved it.

    All else about the layer stays. With `undoable` it is one undo step, unless Krita knows no other color space.
    """
    subject = sketch.subject
    mark = FaceRegistry(subject.document).mark_of(face) or Mark(id_of(face), 0, (0, 0))
    own = ColorSpace.of(face)
    space = another_for(own, ColorSpace.of(subject.document)) if undoable else None
    pixels = in_colors(space or own, answer)
    yield from wait_for_rest(subject)
    place = sketch.place_of(answer).moved(*mark.aside_now(subject.sketch, face))
    if space is not None and not face.setColorSpace(*space):
        pixels = in_colors(own, answer)
    writing = chain(wipe(face, bounds_of(face), place), write(face, place, pixels))
    try:
        yield from writing
    finally:
        # A face whose writing is broken off is still written to its end: half of one would be worse.
        deque(writing, maxlen=0)
        _note(subject, face, answer, place, mark, pixels, undoable)
        subject.document.setModified(True)
    yield from wait_for_rest(subject)
    # Krita does not notice by itself that pixels were written.
    subject.document.refreshProjection()


def _note(subject: Subject, face: Any, answer: Any, place: Rect, before: Mark, pixels: bytes, undoable: bool) -> None:
    mark = Mark(
        before.face,
        zlib.crc32(pixels),
        (place.width, place.height),
        position_of(face),
        position_of(subject.sketch),
        before.aside_now(subject.sketch, face),
        before.one_step_back if undoable else before.earlier,
        fingerprint_of(subject.document, face, answer, place),
    )
    FaceRegistry(subject.document).remember(subject.sketch, mark)
    renew_lock(subject.document)


def clear(subject: Subject, face: Any) -> Steps:
    """Take the face's pixels away, without an undo step: there is no drawing any more."""
    yield from wait_for_rest(subject)
    mark = FaceRegistry(subject.document).mark_of(face)
    yield from wipe(face, bounds_of(face), Rect(0, 0, 0, 0))
    if mark is not None:
        empty = mark._replace(digest=0, size=(0, 0), earlier=mark.one_step_back)
        FaceRegistry(subject.document).remember(subject.sketch, empty)
    subject.document.refreshProjection()


def add_empty(subject: Subject, active: ActiveLayer, opacity: int) -> Generator[bool, None, Any]:
    """Add a face layer without a face yet; returns it."""
    layer = _new_layer(subject)
    layer.setOpacity(opacity)
    yield from wait_for_rest(subject)
    attach(subject, layer, active)
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
        raise Refusal(texts.faces.NOTHING_TO_KEEP)
    copy = face.duplicate()
    copy.setName(texts.faces.kept_layer_name(subject.sketch.name()))
    copy.setVisible(False)
    yield from wait_for_rest(subject)
    parent = face.parentNode()
    siblings = parent.childNodes()
    below = siblings[: siblings.index(face)]
    # A layer can only be put above another one.
    active.keep_through(subject.document, lambda: parent.addChildNode(copy, below[-1] if below else face))
    remember_own(subject.document, copy)
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


def _add(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Generator[bool, None, Any]:
    subject = sketch.subject
    layer = _new_layer(subject)
    yield False
    pixels = in_colors_of(layer, answer)
    yield from wait_for_rest(subject)
    place = sketch.place_of(answer)
    yield from write(layer, place, pixels)
    yield from wait_for_rest(subject)
    sketch.place_of(answer)  # the canvas may have changed in this very moment
    mark = attach(subject, layer, active)
    _note(subject, layer, answer, place, mark, pixels, undoable=False)
    return layer


def _new_layer(subject: Subject) -> Any:
    return subject.document.createNode(texts.faces.layer_name(subject.sketch.name()), "paintlayer")


def attach(subject: Subject, layer: Any, active: ActiveLayer) -> Mark:
    """Add a face layer right above its drawing, one undo step; returns what is noted of it, as if it were empty."""
    document, sketch = subject.document, subject.sketch
    above = top_of_drawing(document, sketch)
    active.keep_through(document, lambda: sketch.parentNode().addChildNode(layer, above))
    mark = Mark(id_of(layer), 0, (0, 0), position_of(layer), position_of(sketch))
    FaceRegistry(document).remember(sketch, mark)
    return mark


def wipe(face: Any, old: Rect, new: Rect) -> Steps:
    """Take away the pixels in `old`, unless new ones in `new` will cover them all."""
    if old.inside(new) == old:
        return
    pixel: Optional[int] = None
    for band in old.bands(BAND_PIXELS):
        if pixel is None:
            pixel = len(face.pixelData(band.left, band.top, 1, 1))
        face.setPixelData(QtCore.QByteArray(bytes(pixel * band.width * band.height)), *band)
        yield False


def write(layer: Any, place: Rect, pixels: bytes) -> Steps:
    """Write pixels in the layer's own colors, band after band."""
    row = len(pixels) // place.height
    for band in place.bands(BAND_PIXELS):
        start = (band.top - place.top) * row
        layer.setPixelData(QtCore.QByteArray(pixels[start : start + band.height * row]), *band)
        yield False


def in_colors_of(layer: Any, answer: Any) -> bytes:
    """An answer's pixels in the layer's own colors; raises Refusal."""
    return in_colors(ColorSpace.of(layer), answer)


def in_colors(space: ColorSpace, answer: Any) -> bytes:
    """An answer's pixels in a color space; raises Refusal."""
    if space.is_srgb8:
        return answer.pixels
    try:
        return bytes(convert(answer.pixels, answer.width, answer.height, SRGB8, space))
    except CannotConvert as error:
        raise Refusal(str(error)) from error
