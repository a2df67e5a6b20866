"""What the docker shows of the frame, and what its lock and its guide do."""

from enum import Enum
from typing import Any, List, NamedTuple, Optional

from .. import texts
from ..krita_api import Krita
from ..qt import QtCore
from ..refusal import Refusal
from .active_layer import ActiveLayer
from .capture import chosen_subject
from .colors import SRGB8, CannotConvert, ColorSpace, convert
from .frame_lock import lock_frame, locked_frame, locked_turn, selected_frame, unlock_frame
from .geometry import Rect
from .guide_layers import remember_guide
from .renewing import Piece, pieces_of
from .turned_frame import TurnedFrame, frame_under

# One pixel, blue, green, red, alpha: seen beside black lines, never in the way of them.
GUIDE_COLOR = bytes((255, 140, 60, 110))
# Where training faces have their features, shares of the frame (medians of 300 label maps of CelebAMask-HQ).
EYES, MOUTH, CHIN, FOREHEAD, LEFT, RIGHT = 0.478, 0.752, 0.924, 0.182, 0.238, 0.770
# A frame for a canvas on which nothing is drawn yet, as a share of its shorter side.
ROOM = 0.9


class Source(Enum):
    """Who says where the face sits."""

    SELECTION = texts.frame.FROM_SELECTION
    LOCK = texts.frame.FROM_LOCK
    FACE = texts.frame.FROM_FACE
    DRAWING = texts.frame.FROM_DRAWING


class Framed(NamedTuple):
    """A frame in the document's pixels and who says so; without a frame the drawing will say.

    It is turned around its middle by `turn` degrees, clockwise.
    """

    place: Optional[Rect]
    source: Source
    turn: float = 0.0


def framed(document: Any) -> Framed:
    """Where the next face of the document's active layer will sit, as far as is known before it is made."""
    selected = selected_frame(document)
    if selected is not None:
        return Framed(selected.squared().grown(-1), Source.SELECTION)
    locked = locked_frame(document)
    if locked is not None:
        return Framed(locked, Source.LOCK, locked_turn(document))
    face = _frame_of_face(document)
    return Framed(face.place, Source.FACE, face.turn) if face is not None else Framed(None, Source.DRAWING)


def toggle_lock() -> str:
    """Lock the active document's frame where it is now, or unlock it; returns what to say. Raises Refusal."""
    document = _document()
    if locked_frame(document) is not None:
        unlock_frame(document)
        return texts.frame.FREE
    frame = framed(document)
    if frame.place is None:
        raise Refusal(texts.frame.UNKNOWN)
    lock_frame(document, frame.place, _sketch(), frame.turn)
    return texts.frame.LOCKED


def add_guide(active: ActiveLayer) -> str:
    """Add a guide on top, one undo step, and lock the frame to it; returns what to say. Raises Refusal."""
    document = _document()
    canvas = Rect(0, 0, document.width(), document.height())
    frame = framed(document).place or _middle_of(canvas)
    sketch = _sketch()
    layer = document.createNode(texts.frame.GUIDE_LAYER, "paintlayer")
    pixel = _pixel_for(layer)
    for line in guide_lines(frame):
        seen = line.inside(canvas)
        if not seen.empty:
            layer.setPixelData(QtCore.QByteArray(pixel * (seen.width * seen.height)), *seen)
    layer.setLocked(True)
    if not document.tryBarrierLock():
        raise Refusal(texts.document.KRITA_BUSY)
    document.unlock()
    active.keep_through(document, lambda: document.rootNode().addChildNode(layer, None), layer)
    remember_guide(document, layer)
    lock_frame(document, frame, sketch)
    return texts.frame.GUIDE_ADDED


def guide_lines(frame: Rect) -> "list[Rect]":
    """Thin rectangles: eyes, mouth, chin, the face's sides and its axis."""
    thick = max(1, round(frame.width / 256))

    def part(x: float, y: float, width: float, height: float) -> Rect:
        left, top = frame.left + round(x * frame.width), frame.top + round(y * frame.height)
        wide, high = max(thick, round(width * frame.width)), max(thick, round(height * frame.height))
        return Rect(left, top, wide, high)

    middle = (LEFT + RIGHT) / 2
    return [
        part(LEFT, EYES, RIGHT - LEFT, 0),
        part(middle - 0.13, MOUTH, 0.26, 0),
        part(middle - 0.1, CHIN, 0.2, 0),
        part(middle - 0.1, FOREHEAD, 0.2, 0),
        part(LEFT, EYES - 0.08, 0, 0.16),
        part(RIGHT, EYES - 0.08, 0, 0.16),
        part(middle, FOREHEAD, 0, CHIN - FOREHEAD),
    ]


def _document() -> Any:
    document = Krita.instance().activeDocument()
    if document is None:
        raise Refusal(texts.document.NO_DOCUMENT)
    return document


def _sketch() -> Optional[Any]:
    """The sketch that is meant now, if any."""
    try:
        return chosen_subject().sketch
    except Refusal:
        return None


def _frame_of_face(document: Any) -> Optional[TurnedFrame]:
    """Where the active sketch's face was put; the painter may have moved it aside since."""
    try:
        subject = chosen_subject()
    except Refusal:
        return None
    return frame_of_face(document, subject.sketch, subject.face)


def frame_of_face(document: Any, sketch: Any, face: Optional[Any]) -> Optional[TurnedFrame]:
    """The frame of a sketch's face, where it was put; None when it has none."""
    place = place_of_face(document, sketch, face)
    written = _written(document, face)
    return frame_under(place, written[0].mark.turn) if place is not None and written else None


def place_of_face(document: Any, sketch: Any, face: Optional[Any]) -> Optional[Rect]:
    """Where the picture of a sketch's face was put; None when it has none."""
    written = _written(document, face)
    if not written:
        return None
    _, layer, mark = written[0]
    bounds = layer.bounds()
    size = bounds.width(), bounds.height()
    whole_picture_changed = (mark.print or {}).get("canvas") != [document.width(), document.height()]
    if not whole_picture_changed and size not in {old[1:] for old in mark.one_step_back}:
        # What she has painted beside the face is no part of it.
        size = mark.size
    at = Rect(bounds.x(), bounds.y(), *size)
    if mark.frame is not None:
        across, down = (now / then for now, then in zip(size, mark.size))
        left, top, width, height = (
            round(number * scale) for number, scale in zip(mark.frame, (across, down, across, down))
        )
        at = Rect(at.left + left, at.top + top, width, height)
    (right, down), (face_right, face_down) = mark.moves(sketch, layer)
    return None if at.empty else at.moved(right - face_right - mark.aside[0], down - face_down - mark.aside[1])


def _written(document: Any, face: Optional[Any]) -> List[Piece]:
    """The layers of a face that something was written on."""
    pieces = pieces_of(document, face) if face is not None else []
    return [piece for piece in pieces if piece.mark.size != (0, 0)]


def _middle_of(canvas: Rect) -> Rect:
    side = round(ROOM * min(canvas.width, canvas.height))
    return Rect((canvas.width - side) // 2, (canvas.height - side) // 2, side, side)


def _pixel_for(layer: Any) -> bytes:
    space = ColorSpace.of(layer)
    try:
        return GUIDE_COLOR if space.is_srgb8 else bytes(convert(GUIDE_COLOR, 1, 1, SRGB8, space))
    except CannotConvert as error:
        raise Refusal(str(error)) from error
