"""Whether the painter's brush is too thick for the head that she draws."""

from typing import Any

from .. import texts
from ..krita_api import Krita

# Of the frame's side. An eye is hardly higher than the first: such a line fills it. The second leaves it open.
TOO_THICK = 0.035
FINE = 0.012


def brush_hint(subject: Any, answer: Any) -> str:
    """What to tell a painter whose brush fills the eyes that she draws with it; "" when there is nothing to tell.

    `subject`: what was drawn. `answer`: its face, which says how large the head is.
    """
    krita = Krita.instance()
    window = krita.activeWindow()
    view = window.activeView() if window is not None else None
    erasing = krita.action("erase_action")
    if view is None or view.document() != subject.document or subject.document.activeNode() != subject.sketch:
        return ""
    if erasing is not None and erasing.isChecked():
        return ""
    side = max(answer.width, answer.height)
    return texts.faces.thick_brush(view.brushSize(), FINE * side) if view.brushSize() > TOO_THICK * side else ""
