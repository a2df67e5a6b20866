"""What live work does to the face's layer; what the painter has painted on a face is left alone."""

from typing import Any

from .. import texts
from ..document.active_layer import ActiveLayer
from ..document.capture import Subject
from ..document.face_pixels import wait_for_rest
from ..document.face_registry import is_group
from ..document.layer import add_empty, face_to_renew, turn_to
from ..document.renewing import Condition, clear, renew, standing_of
from ..document.selection_shape import selected_shape
from ..document.visibility import OPACITY
from ..refusal import Refusal
from ..task import Steps


def face_for(subject: Subject, active: ActiveLayer, grouped: bool) -> Steps:
    """The face that live will renew, a group when so wanted, added when there is none."""
    face, _ = yield from face_to_renew(subject, grouped)
    made = face is None
    if made:
        face = yield from add_empty(subject, active, OPACITY, grouped, selected_shape(subject.document))
    turn_to(subject, face, made)
    return face


def fits(subject: Subject, answer: Any) -> bool:
    """Whether an answer comes as the face does, on one layer or as a group; one that is gone fits all."""
    face = subject.face
    gone = face is None or face.parentNode() is None
    return gone or is_group(face) == (answer.layers is not None)


def clear_face(subject: Subject, face: Any) -> Steps:
    """Without lines there is no face, either."""
    yield from clear(subject, face, (yield from standing_of(subject, face)))


def renew_face(subject: Subject, sketch: Any, answer: Any) -> Steps:
    """Write a new face over the old one; raises Refusal when that is gone or the painter's own now."""
    face = subject.face
    if face is None or face.parentNode() is None:
        raise Refusal(texts.live.FACE_GONE)
    standing = yield from standing_of(subject, face)
    if standing.condition is Condition.HERS:
        raise Refusal(texts.live.FACE_CHANGED)
    yield from wait_for_rest(subject)
    # A face that only looks as it was drawn might hold a small retouch: an undo brings that back.
    yield from renew(sketch, answer, face, standing, undoable=standing.condition is Condition.FOLLOWED)
