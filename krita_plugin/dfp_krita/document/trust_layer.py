"""Adds the trust layer."""

from .. import texts
from ..refusal import Refusal
from .capture import chosen_subject
from .layer_tree import id_of
from .trust_links import link
from .trust_mask import is_gray, trust_layers_for

OPACITY = 128


def add_trust_layer() -> str:
    """Add a trust layer above the active sketch and make it the active one: she will paint on it. One undo step.

    Returns what to say; raises Refusal.
    """
    subject = chosen_subject()
    document, sketch = subject.document, subject.sketch
    there = trust_layers_for(document, sketch)
    if there:
        if not there[0].visible():
            there[0].setVisible(True)
            document.refreshProjection()
        document.setActiveNode(there[0])
        return texts.trust.THERE_GRAY if is_gray(there[0]) else texts.trust.THERE
    if not document.tryBarrierLock():
        raise Refusal(texts.document.KRITA_BUSY)
    document.unlock()
    layer = document.createNode(texts.trust.layer_name(sketch.name()), "paintlayer")
    layer.setOpacity(OPACITY)
    above = subject.face if subject.face is not None and subject.face.parentNode() == sketch.parentNode() else sketch
    sketch.parentNode().addChildNode(layer, above)
    link(document, id_of(layer), id_of(sketch))
    return texts.trust.ADDED_GRAY if is_gray(layer) else texts.trust.ADDED
