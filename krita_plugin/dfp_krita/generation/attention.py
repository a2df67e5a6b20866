"""The model's own reading of the lines as a heat map: blue where it kept to a line, yellow where it relaxed it."""

from typing import Any, NamedTuple

from .. import texts
from ..document.active_layer import ActiveLayer
from ..document.capture import CapturedSketch
from ..document.face_pixels import in_colors_of, wait_for_rest, write
from ..document.own_layers import remember_own
from ..qt import QtCore, QtGui
from ..refusal import Refusal
from ..task import Steps
from .relaxation import color_table, relaxation

# Of the model's 128 places in each direction so many are shown; more would keep the pen waiting.
SIDE = 64
OPACITY = 150


class Picture(NamedTuple):
    """Pixels as an answer has them: BGRA rows."""

    pixels: bytes
    width: int
    height: int


def heat_map(answer: Any) -> Any:
    """The attention of an answer as a small QImage."""
    _, rows, columns = answer.attention_shape
    values = relaxation(answer.attention, answer.attention_shape, max(1, rows // SIDE))
    width = len(range(0, columns, max(1, rows // SIDE)))
    height = len(values) // width
    image = QtGui.QImage(values, width, height, width, QtGui.QImage.Format.Format_Indexed8)
    image.setColorTable(color_table())
    # The image only borrows the bytes.
    return image.convertToFormat(QtGui.QImage.Format.Format_ARGB32)


def add_heat_layer(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Steps:
    """Put the heat map onto a layer of its own right above the sketch, or above its face: one undo step."""
    document, drawing = sketch.subject.document, sketch.subject.sketch
    if answer.attention is None:
        raise Refusal(texts.trust.NO_ATTENTION)
    yield from wait_for_rest(sketch.subject)
    smooth = QtCore.Qt.TransformationMode.SmoothTransformation
    stretched = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
    image = heat_map(answer).scaled(answer.width, answer.height, stretched, smooth)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    yield False
    layer = document.createNode(texts.trust.attention_layer_name(drawing.name()), "paintlayer")
    layer.setOpacity(OPACITY)
    yield from write(
        layer, sketch.place_of(answer), in_colors_of(layer, Picture(bytes(bits), answer.width, answer.height))
    )
    yield from wait_for_rest(sketch.subject)
    face = sketch.subject.face
    above = face if face is not None and face.parentNode() is not None else drawing
    active.keep_through(document, lambda: above.parentNode().addChildNode(layer, above), layer)
    remember_own(document, layer)
    return texts.trust.ATTENTION_ADDED
