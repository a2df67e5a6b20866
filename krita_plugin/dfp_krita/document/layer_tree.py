"""A document's layers: which there are, in which groups, where they lie, what is on them, what Krita calls them."""

from typing import Any, Iterator, Optional, Tuple

from .geometry import Rect


def layers_below(node: Optional[Any]) -> Iterator[Any]:
    """All layers in a group or a document's root, from the bottom to the top, each group before what it holds.

    None, the root of a document that was closed meanwhile, has none.
    """
    for child in node.childNodes() if node is not None else ():
        yield child
        yield from layers_below(child)


def groups_around(layer: Any) -> Iterator[Any]:
    """The group that a layer is in, the group around that one, and so on up to the root."""
    parent = layer.parentNode()
    while parent is not None:
        yield parent
        parent = parent.parentNode()


def id_of(layer: Any) -> str:
    """Krita's id of a layer."""
    return layer.uniqueId().toString()


def position_of(layer: Any) -> Tuple[int, int]:
    """Where a layer was moved to."""
    at = layer.position()
    return at.x(), at.y()


def bounds_of(layer: Any) -> Rect:
    """Where a layer has pixels."""
    bounds = layer.bounds()
    return Rect(bounds.x(), bounds.y(), bounds.width(), bounds.height())


def read(layer: Any, place: Rect) -> bytes:
    """Pixels as the layer has them. Masks on it hide what is painted from the painter, so they hide it here too."""
    return bytes((layer.projectionPixelData if layer.childNodes() else layer.pixelData)(*place))
