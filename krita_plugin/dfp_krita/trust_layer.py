"""Adds the trust layer."""

from . import texts
from .document import chosen_subject
from .refusal import Refusal
from .trust_mask import trust_layer_for

OPACITY = 128


def add_trust_layer() -> str:
    """Add a trust layer above the active sketch and make it the active one: she will paint on it. One undo step.

    Returns what to say; raises Refusal.
    """
    subject = chosen_subject()
    document, sketch = subject.document, subject.sketch
    there = trust_layer_for(document, sketch)
    if there is not None:
        document.setActiveNode(there)
        return texts.TRUST_THERE
    if not document.tryBarrierLock():
        raise Refusal(texts.WAITING_FOR_KRITA)
    document.unlock()
    layer = document.createNode(texts.trust_layer_of(sketch.name()), "paintlayer")
    layer.setOpacity(OPACITY)
    sketch.parentNode().addChildNode(layer, subject.face or sketch)
    return texts.TRUST_ADDED
