"""Adds linked layers, each by one undo step."""

from typing import Any, Callable, NamedTuple

from .. import texts
from ..refusal import Refusal
from .capture import Subject
from .linked_layers import LinkedLayers


class Found(NamedTuple):
    """A linked layer, now shown and the active one, and whether it was added just now."""

    layer: Any
    new: bool


def show_or_add(kind: LinkedLayers, subject: Subject, make: Callable[[str], Any], above: Any) -> Found:
    """The layer of a kind for a sketch: shown, made by `make` of its name and added right above `above` if need be.

    It becomes the active layer: she will paint on it. Raises Refusal.
    """
    document, sketch = subject.document, subject.sketch
    there = kind.all_of(document, sketch)
    if there:
        if not there[0].visible():
            there[0].setVisible(True)
            document.refreshProjection()
        document.setActiveNode(there[0])
        return Found(there[0], False)
    if not document.tryBarrierLock():
        raise Refusal(texts.document.KRITA_BUSY)
    document.unlock()
    layer = make(kind.words.layer_name(sketch.name()))
    sketch.parentNode().addChildNode(layer, above)
    kind.link(document, layer, sketch)
    return Found(layer, True)
