"""Adds the trust layer."""

from typing import Any

from .. import texts
from .capture import chosen_subject
from .linked_adding import show_or_add
from .trust_mask import TRUST, is_gray

OPACITY = 128


def add_trust_layer() -> str:
    """Show the trust layer of the active sketch, or add one above it and its face, and make it the active layer.

    Returns what to say; raises Refusal.
    """
    subject = chosen_subject()
    face, sketch = subject.face, subject.sketch

    def make(name: str) -> Any:
        layer = subject.document.createNode(name, "paintlayer")
        layer.setOpacity(OPACITY)
        return layer

    above = face if face is not None and face.parentNode() == sketch.parentNode() else sketch
    layer, new = show_or_add(TRUST, subject, make, above)
    if new:
        return texts.trust.ADDED_GRAY if is_gray(layer) else texts.trust.ADDED
    return texts.trust.THERE_GRAY if is_gray(layer) else texts.trust.THERE
