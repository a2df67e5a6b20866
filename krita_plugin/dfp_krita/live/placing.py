"""What live work does to the face's layer; what the painter has painted on a face is left alone."""

from typing import Any

from .. import texts
from ..document.active_layer import ActiveLayer
from ..document.capture import Subject
from ..document.layer import Condition, add_empty, clear, condition_of, face_to_renew, renew, wait_for_rest
from ..document.visibility import OPACITY
from ..refusal import Refusal
from ..task import Steps


def face_for(subject: Subject, active: ActiveLayer) -> Steps:
    """The face's layer that live will renew, added when there is none."""
    face = yield from face_to_renew(subject)
    if face is None:
        face = yield from add_empty(subject, active, OPACITY)
    return face


def clear_face(subject: Subject, face: Any) -> Steps:
    """Without lines there is no face, either."""
    if (yield from condition_of(subject, face)) is not Condition.HERS:
        yield from clear(subject, face)


def renew_face(subject: Subject, sketch: Any, answer: Any) -> Steps:
    """Write a new face over the old one; raises Refusal when that is gone or the painter's own now."""
    face = subject.face
    if face is None or face.parentNode() is None:
        raise Refusal(texts.live.FACE_GONE)
    condition = yield from condition_of(subject, face)
    if condition is Condition.HERS:
        raise Refusal(texts.live.FACE_CHANGED)
    yield from wait_for_rest(subject)
    # A face that only looks as it was drawn might hold a small retouch: an undo brings that back.
    yield from renew(sketch, answer, face, undoable=condition is Condition.FOLLOWED)
