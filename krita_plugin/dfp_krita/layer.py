"""Puts the face into the painter's document: one new layer, one undo step, nothing else touched."""

from typing import Any, Iterator

from . import texts
from .active_layer import ActiveLayer
from .colors import SRGB8, CannotConvert, ColorSpace, convert
from .document import CapturedSketch, Refusal
from .geometry import Place
from .krita_api import Krita
from .qt import QtCore

# Pixels written in one go: a few milliseconds, so that the pen never waits.
BAND_PIXELS = 512 * 1024


def place_face(sketch: CapturedSketch, face: Any, active: ActiveLayer) -> Iterator[bool]:
    """Add the answer `face` above the sketch; each yield lets Krita go on.

    It yields True while it waits for the painter's stroke to end.

    The layer is filled before it is added: pixels written later would not be part of the undo step.
    Raises Refusal when the document or the sketch is gone, or when Krita cannot convert the colors.
    """
    check_still_there(sketch)
    place = Place(sketch.place.left + face.left, sketch.place.top + face.top, face.width, face.height)
    layer = sketch.document.createNode(texts.face_layer_name(sketch.layer.name()), "paintlayer")
    yield False
    pixels = _in_colors_of(layer, face)
    row = len(pixels) // place.height
    rows = max(1, BAND_PIXELS // place.width)
    for top in range(0, place.height, rows):
        height = min(rows, place.height - top)
        band = QtCore.QByteArray(pixels[top * row : (top + height) * row])
        layer.setPixelData(band, place.left, place.top + top, place.width, height)
        yield False
    while not _at_rest(sketch):
        yield True
    active.keep_through(sketch.document, lambda: sketch.layer.parentNode().addChildNode(layer, sketch.layer))


def check_still_there(sketch: CapturedSketch) -> None:
    """Raise Refusal when the painter has closed the document or deleted the layer meanwhile."""
    if not any(document == sketch.document for document in Krita.instance().documents()):
        raise Refusal(texts.DOCUMENT_CLOSED)
    if sketch.layer.parentNode() is None:
        raise Refusal(texts.LAYER_DELETED)


def _at_rest(sketch: CapturedSketch) -> bool:
    """Whether a layer can be added now. While the pen is down, adding would cut the stroke off."""
    check_still_there(sketch)
    if not sketch.document.tryBarrierLock():
        return False
    sketch.document.unlock()
    return True


def _in_colors_of(layer: Any, face: Any) -> bytes:
    space = ColorSpace.of(layer)
    if space.is_srgb8:
        return face.pixels
    try:
        return bytes(convert(face.pixels, face.width, face.height, SRGB8, space))
    except CannotConvert as error:
        raise Refusal(str(error)) from error
