"""Where the face sits: in the selection, else in the frame that the painter has locked, else where the drawing says.

A locked frame keeps the face from jumping when a hair strand is added. It is an annotation of the document, in the
document's pixels; when the picture is cropped, scaled, turned or mirrored, or the sketch's layer moved, it follows.
"""

from typing import Any, Optional

from .annotation import read_annotation, write_annotation
from .follow import anchors_of, from_note, place_now, to_note, turn_now
from .geometry import Rect
from .layer_tree import id_of

ANNOTATION = "deepfacepencil-frame"
DESCRIPTION = "Where DeepFacePencil puts the face"


def selected_frame(document: Any) -> Optional[Rect]:
    """The selection's bounds, when there is one."""
    selection = document.selection()
    if selection is None:
        return None
    frame = Rect(selection.x(), selection.y(), selection.width(), selection.height())
    return None if frame.empty else frame


def locked_frame(document: Any) -> Optional[Rect]:
    """The locked frame, where it is now; None when there is none."""
    try:
        noted = read_annotation(document, ANNOTATION)
        left, top, width, height = (int(number) for number in noted["frame"])
        anchors = from_note({"layers": {}, **noted})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    frame = Rect(left, top, width, height)
    if frame.empty or anchors is None:
        return None
    return place_now(frame, anchors, document, str(noted.get("sketch", "")))


def locked_turn(document: Any) -> float:
    """By how many degrees, clockwise, the locked frame is turned now; 0 when there is none."""
    try:
        noted = read_annotation(document, ANNOTATION)
        turn = float(noted.get("turn", 0.0))
        anchors = from_note({"layers": {}, **noted})
    except (ValueError, TypeError, KeyError, AttributeError):
        return 0.0
    # A face that fills its frame does so however the picture is turned.
    return turn_now(turn, anchors, document) if turn and anchors is not None and abs(turn) <= 180 else 0.0


def lock_frame(document: Any, frame: Rect, sketch: Optional[Any], turn: float = 0.0) -> None:
    """Keep the document's faces in this frame, turned by so much; it follows the sketch that it is meant for."""
    _keep(document, frame, turn, id_of(sketch) if sketch is not None else "")


def _keep(document: Any, frame: Rect, turn: float, sketch: str) -> None:
    anchors = to_note(anchors_of(document, sketch))
    note = {"version": 2, "frame": list(frame), "turn": turn, "sketch": sketch, **anchors}
    write_annotation(document, ANNOTATION, DESCRIPTION, note)
    document.setModified(True)


def renew_lock(document: Any) -> None:
    """Write down where the locked frame is now: what happens next is told the better for it."""
    frame = locked_frame(document)
    if frame is None:
        return
    turn = locked_turn(document)
    noted = read_annotation(document, ANNOTATION)
    _keep(document, frame, turn, str(noted.get("sketch", "")))


def unlock_frame(document: Any) -> None:
    """Let the drawing say again where the face sits."""
    document.removeAnnotation(ANNOTATION)
    document.setModified(True)
