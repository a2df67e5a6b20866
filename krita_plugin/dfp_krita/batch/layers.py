"""Which layers a batch is about: those that hold drawings, never what the plugin itself has made."""

from enum import Enum
from typing import Any, Iterator, List, Optional

from .. import texts
from ..document.face_registry import FaceRegistry
from ..document.guide_layers import is_guide
from ..document.keyframes import keyframe_times
from ..document.layer_tree import groups_around
from ..document.linked_kinds import kind_of
from ..document.own_layers import is_own
from ..krita_api import Krita
from ..refusal import Refusal

# Copies of layers of the plugin's own making, and those that an older plugin made, are told by their names alone.
OWN = (texts.faces.kept_layer_name(""), texts.trust.attention_layer_name(""))


class Choice(Enum):
    """What a painter may want faces for."""

    SELECTED = "selected"
    GROUP = "group"
    VISIBLE = "visible"
    KEYFRAMES = "keyframes"


def usual_choice(document: Any) -> Choice:
    """What she most likely means: what she has selected, else what the chosen layer holds, else all that is visible."""
    active = document.activeNode()
    if len(_selected()) > 1:
        return Choice.SELECTED
    if active is not None and active.type() == "grouplayer" and not FaceRegistry(document).holds(active):
        return Choice.GROUP
    return Choice.KEYFRAMES if active is not None and len(keyframe_times(document, active)) > 1 else Choice.VISIBLE


def wanted_layers(document: Any, choice: Choice) -> List[Any]:
    """The layers that are meant; with KEYFRAMES the one that has them. Raises Refusal when none holds a drawing.

    Among selected layers and a group's, those that cannot be used are in the list, so that they are reported.
    """
    found = layers_of(document, choice)
    if not found:
        raise Refusal(texts.batch.NO_KEYFRAMES if choice is Choice.KEYFRAMES else texts.batch.NO_DRAWINGS)
    if choice is Choice.KEYFRAMES:
        check_keyframes(document, found[0])
    return found


def check_keyframes(document: Any, layer: Any) -> None:
    """Raise Refusal unless the layer has keyframes that can be given faces."""
    if not keyframe_times(document, layer):
        raise Refusal(texts.batch.NO_KEYFRAMES)
    if layer.locked():
        raise Refusal(texts.batch.LAYER_LOCKED)


def layers_of(document: Any, choice: Choice) -> List[Any]:
    """The layers that are meant, perhaps none."""
    if choice is Choice.SELECTED:
        return [layer for layer in _selected() if _is_hers(document, layer)]
    if choice is Choice.GROUP:
        group = group_of(document)
        return [layer for layer in _below(group) if _is_hers(document, layer)] if group is not None else []
    if choice is Choice.KEYFRAMES:
        active = document.activeNode()
        is_it = active is not None and bool(keyframe_times(document, active)) and _is_hers(document, active)
        return [active] if is_it else []
    visible = [layer for layer in _below(document.rootNode()) if layer.type() == "paintlayer" and layer.visible()]
    return [layer for layer in visible if _is_hers(document, layer) and not _is_filled(document, layer)]


def group_of(document: Any) -> Optional[Any]:
    """The chosen group, or the one around the chosen layer."""
    active = document.activeNode()
    while active is not None and active.type() != "grouplayer":
        active = active.parentNode()
    return None if active is None or active == document.rootNode() else active


def _selected() -> List[Any]:
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    return list(view.selectedNodes()) if view is not None else []


def _is_hers(document: Any, layer: Any) -> bool:
    if (
        layer.type() not in ("paintlayer", "vectorlayer")
        or kind_of(document, layer) is not None
        or is_guide(document, layer)
    ):
        return False
    if any(other.name().startswith(OWN) or is_own(document, other) for other in (layer, *groups_around(layer))):
        return False
    return not FaceRegistry(document).holds(layer)


def _is_filled(document: Any, layer: Any) -> bool:
    """Whether it is the paper: the lowest layer, as large as the canvas and called as Krita calls it."""
    lowest = document.rootNode().childNodes()[0] == layer
    bounds = layer.bounds()
    return lowest and bounds.width() >= document.width() and bounds.height() >= document.height()


def _below(node: Any) -> Iterator[Any]:
    for child in node.childNodes():
        if child.type() == "grouplayer":
            yield from _below(child)
        else:
            yield child
