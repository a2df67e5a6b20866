"""Reads the painter's sketch out of Krita. Nothing here changes her document."""

from dataclasses import dataclass
from typing import Any, Optional

from . import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .colors import SRGB8, CannotConvert, ColorSpace, convert
from .geometry import Place
from .krita_api import Krita

# The server takes lines near the edge of what it is sent as cut off by the canvas. So the drawing is sent
# with room around it, and one that nears the canvas edge with the whole canvas. Shares of the longer sides.
ROOM = 0.125
NEAR_EDGE = 0.04


class Refusal(Exception):
    """The sketch cannot be used; the text is one sentence for the painter."""


@dataclass(frozen=True)
class CapturedSketch:
    """A sketch as it was at the click: where it came from and the pixels that go to the server.

    `place` is where the pixels lie in the document; `frame`, when the painter selected one, counts from it.
    """

    document: Any
    layer: Any
    place: Place
    frame: Optional[Place]
    pixels: bytes


def capture() -> CapturedSketch:
    """The active layer of the active document; raises Refusal with the reason why not."""
    document = Krita.instance().activeDocument()
    if document is None:
        raise Refusal(texts.NO_DOCUMENT)
    layer = document.activeNode()
    _check_layer(document, layer)
    canvas = Place(0, 0, document.width(), document.height())
    drawn = _drawn(layer, canvas)
    frame = _selected(document)
    place = _needed(drawn, frame, canvas)
    relative = frame.seen_from(place) if frame is not None else None
    return CapturedSketch(document, layer, place, relative, _read(layer, place))


def _check_layer(document: Any, layer: Any) -> None:
    if layer is None or layer == document.rootNode():
        raise Refusal(texts.NO_LAYER)
    if layer.type() != "paintlayer":
        raise Refusal(texts.NOT_PAINT_LAYER.get(layer.type(), texts.OTHER_LAYER))
    # A lock on the layer itself keeps its lines as they are, which is all that is asked of it here; a locked
    # group would have to take in the face.
    parent = layer.parentNode()
    while parent is not None:
        if parent.locked():
            raise Refusal(texts.GROUP_LOCKED)
        parent = parent.parentNode()


def _drawn(layer: Any, canvas: Place) -> Place:
    bounds = layer.bounds()
    drawn = Place(bounds.x(), bounds.y(), bounds.width(), bounds.height())
    if drawn.empty:
        raise Refusal(texts.EMPTY_LAYER)
    drawn = drawn.inside(canvas)
    if drawn.empty:
        raise Refusal(texts.OUTSIDE_CANVAS)
    return drawn


def _selected(document: Any) -> Optional[Place]:
    selection = document.selection()
    if selection is None:
        return None
    frame = Place(selection.x(), selection.y(), selection.width(), selection.height())
    return None if frame.empty else frame


def _needed(drawn: Place, frame: Optional[Place], canvas: Place) -> Place:
    """The part of the canvas that the server has to see."""
    if frame is not None:
        if drawn.inside(frame).empty:
            raise Refusal(texts.NOTHING_SELECTED)
        needed = frame.squared().inside(canvas)
    else:
        inner = canvas.grown(-round(NEAR_EDGE * canvas.longer))
        needed = drawn.grown(round(ROOM * drawn.longer)).inside(canvas) if drawn.inside(inner) == drawn else canvas
        needed = needed if needed.longer <= wire.MAX_SIDE else drawn
    if needed.longer > wire.MAX_SIDE or (frame is not None and frame.longer > wire.MAX_SIDE):
        raise Refusal(texts.TOO_LARGE)
    return needed


def _read(layer: Any, place: Place) -> bytes:
    # Masks on the layer hide lines from the painter, so they hide them from the server too.
    read = layer.projectionPixelData if layer.childNodes() else layer.pixelData
    pixels = read(*place)
    space = ColorSpace.of(layer)
    if not space.is_srgb8:
        try:
            pixels = convert(pixels, place.width, place.height, space, SRGB8)
        except CannotConvert as error:
            raise Refusal(str(error)) from error
    return bytes(pixels)
