"""Reads the painter's drawing out of GIMP. Nothing here changes her picture."""

from dataclasses import dataclass, replace
from typing import Any

from krita_plugin.shared.geometry import Rect
from krita_plugin.shared.seen import SMALLEST, frame_of_head, needed

from . import notes, texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .gimp import Gegl, Gimp
from .options import Options
from .refusal import Refusal

CHANNELS = 4


@dataclass(frozen=True)
class Drawing:
    """What goes to the server: the pixels (RGBA) of a part of the picture, `place`, and where the face sits in it.

    `frame` counts from the place and is turned by `turn` degrees, clockwise; None where the drawing shall say. `home`
    is where the layer lay then.
    """

    image: Any
    layer: Any
    place: Rect
    frame: "Rect | None"
    pixels: bytes
    options: Options
    home: Rect
    turn: float = 0.0

    def head(self, head: Any) -> "Drawing":
        """The same with the frame of one of the heads that an answer lists."""
        frame, turn = frame_of_head(head, 1)
        return replace(self, frame=frame, turn=turn)

    def place_of(self, answer: Any) -> Rect:
        """Where an answer belongs in the picture now: the painter may have moved the drawing meanwhile."""
        now = extents(self.layer)
        place = self.place.moved(now.left - self.home.left, now.top - self.home.top)
        return Rect(answer.left, answer.top, answer.width, answer.height).moved(place.left, place.top)


def chosen_layer(image: Any, drawables: "list[Any]") -> Any:
    """The layer with the drawing: the only one of these, or the one that it is the face of. Raises Refusal."""
    if len(drawables) != 1:
        raise Refusal(texts.faces.ONE_LAYER)
    layer = drawables[0]
    if image.get_floating_sel() is not None:
        raise Refusal(texts.faces.FLOATING)
    if layer.is_layer_mask():
        layer = Gimp.Layer.from_mask(layer)
    if not layer.is_layer():
        raise Refusal(texts.faces.NO_LAYER)
    is_face, sketch = notes.sketch_of(layer)
    if is_face and sketch is None:
        raise Refusal(texts.faces.SKETCH_GONE)
    return sketch if is_face else layer


def read(image: Any, layer: Any, options: Options) -> Drawing:
    """The drawing as it is now; raises Refusal with the reason why not."""
    canvas = Rect(0, 0, image.get_width(), image.get_height())
    drawn = _drawn(layer)
    if drawn.empty:
        raise Refusal(texts.faces.EMPTY_LAYER)
    drawn = drawn.inside(canvas)
    if drawn.empty:
        raise Refusal(texts.faces.OUTSIDE_CANVAS)
    frame = _selected(image) if options.in_selection else None
    if frame is not None and frame.longer < SMALLEST:
        raise Refusal(texts.faces.SELECTION_SMALL)
    if frame is not None and drawn.inside(frame).empty:
        raise Refusal(texts.faces.NOTHING_SELECTED)
    place = needed(drawn, frame, canvas)
    if max(place.longer, frame.longer if frame is not None else 0) > wire.MAX_SIDE:
        raise Refusal(texts.faces.too_large(wire.MAX_SIDE))
    home = extents(layer)
    pixels = _pixels(layer, place.seen_from(home), notes.FORMAT)
    seen = frame.seen_from(place) if frame is not None else None
    return Drawing(image, layer, place, seen, pixels, options, home)


def extents(layer: Any) -> Rect:
    """Where a layer lies in the picture, whatever is on it."""
    _, left, top = layer.get_offsets()
    return Rect(left, top, layer.get_width(), layer.get_height())


def _pixels(layer: Any, part: Rect, pixel_format: str) -> bytes:
    """Of a part of a layer, from its own corner; transparent outside of it."""
    return layer.get_buffer().get(Gegl.Rectangle.new(*part), 1.0, pixel_format, Gegl.AbyssPolicy.NONE)


def _selected(image: Any) -> "Rect | None":
    """The selection's bounds, when there is one."""
    _, is_there, left, top, right, bottom = Gimp.Selection.bounds(image)
    return Rect(left, top, right - left, bottom - top) if is_there else None


def _drawn(layer: Any) -> Rect:
    """Where anything is on a layer, in the picture; all of one that knows no transparency."""
    whole = extents(layer)
    if whole.empty or not layer.has_alpha():
        return whole
    alpha, width = _pixels(layer, whole.seen_from(whole), "A u8"), whole.width
    top = (len(alpha) - len(alpha.lstrip(b"\0"))) // width
    bottom = -(-len(alpha.rstrip(b"\0")) // width)
    if top >= bottom:
        return Rect(whole.left, whole.top, 0, 0)
    rows = [alpha[row * width : (row + 1) * width] for row in range(top, bottom)]
    left = min(width - len(row.lstrip(b"\0")) for row in rows)
    right = max(len(row.rstrip(b"\0")) for row in rows)
    return Rect(whole.left + left, whole.top + top, right - left, bottom - top)
