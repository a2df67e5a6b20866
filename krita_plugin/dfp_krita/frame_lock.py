"""Where the face sits: in the selection, else in the frame that the painter has locked, else where the drawing says.

A locked frame keeps the face from jumping when a hair strand is added. It is an annotation of the document, in the
document's pixels; when the canvas is cropped or scaled it means nothing any more and counts as unlocked.
"""

import json
from typing import Any, Optional

from .geometry import Place
from .qt import QtCore

ANNOTATION = "deepfacepencil-frame"
DESCRIPTION = "Where DeepFacePencil puts the face"


def selected_frame(document: Any) -> Optional[Place]:
    """The selection's bounds, when there is one."""
    selection = document.selection()
    if selection is None:
        return None
    frame = Place(selection.x(), selection.y(), selection.width(), selection.height())
    return None if frame.empty else frame


def locked_frame(document: Any) -> Optional[Place]:
    """The locked frame; None when there is none, or the canvas has another size than when it was locked."""
    try:
        noted = json.loads(bytes(document.annotation(ANNOTATION)).decode())
        left, top, width, height = (int(number) for number in noted["frame"])
        canvas = [int(number) for number in noted["canvas"]]
    except (ValueError, TypeError, KeyError):
        return None
    frame = Place(left, top, width, height)
    return None if frame.empty or canvas != _canvas(document) else frame


def lock_frame(document: Any, frame: Place) -> None:
    """Keep the document's faces in this frame from now on."""
    noted = json.dumps({"version": 1, "frame": list(frame), "canvas": _canvas(document)}).encode()
    document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(noted))
    document.setModified(True)


def unlock_frame(document: Any) -> None:
    """Let the drawing say again where the face sits."""
    document.removeAnnotation(ANNOTATION)
    document.setModified(True)


def _canvas(document: Any) -> "list[int]":
    return [document.width(), document.height()]
