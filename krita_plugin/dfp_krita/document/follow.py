"""Lets what has a place in the picture follow whatever Krita does to the picture or to a layer (see transforms)."""

from typing import Any, Dict, List, Optional

from .face_registry import FaceRegistry
from .geometry import Rect
from .layer_tree import bounds_of, id_of, layers_below, position_of
from .transforms import Anchors, Layer, Transform, likely_transforms

# So many layers tell what has happened; asking a layer where it has pixels takes a moment when it was changed.
MOST_LAYERS = 12


def anchors_of(document: Any, *first: str) -> Anchors:
    """Where the picture's layers lie now: those with the given ids, sketches and faces first, then others."""
    layers = [layer for layer in layers_below(document.rootNode()) if layer.type() == "paintlayer"]
    known = {*FaceRegistry(document).known_ids(), *first}
    layers.sort(key=lambda layer: id_of(layer) not in known)
    return _anchors(document, layers[:MOST_LAYERS])


def transforms_since(then: Anchors, document: Any) -> List[Transform]:
    """What may have happened to the picture since, the likeliest first."""
    layers = [layer for layer in layers_below(document.rootNode()) if id_of(layer) in then.layers]
    return likely_transforms(then, _anchors(document, layers))


def place_now(place: Rect, then: Anchors, document: Any, sketch_id: str = "") -> Rect:
    """Where a place of then is now; what belongs to a sketch follows that sketch's layer, too."""
    if place.empty:
        return place
    transform = transforms_since(then, document)[0]
    right, down = _own_move(transform, then, document, sketch_id)
    return transform.apply(place).moved(right, down)


def turn_now(turn: float, then: Anchors, document: Any) -> float:
    """By how many degrees, clockwise, what was turned by so many then is turned now."""
    return transforms_since(then, document)[0].turned(turn)


def to_note(anchors: Anchors) -> Dict[str, Any]:
    """Plain values for JSON."""
    layers = {id: [layer.left, layer.top, *layer.bounds] for id, layer in anchors.layers.items()}
    return {"canvas": list(anchors.canvas), "layers": layers}


def from_note(noted: Any) -> Optional[Anchors]:
    """The inverse of `to_note`; None for anything else."""
    try:
        width, height = (int(side) for side in noted["canvas"])
        rows = {str(id): [int(number) for number in row] for id, row in noted["layers"].items()}
        layers = {id: Layer(left, top, Rect(*bounds)) for id, (left, top, *bounds) in rows.items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return Anchors((width, height), layers) if width > 0 and height > 0 else None


def _own_move(transform: Transform, then: Anchors, document: Any, sketch_id: str) -> "tuple[int, int]":
    """How far a sketch was moved beside what has happened to the whole picture."""
    before = then.layers.get(sketch_id)
    if before is None or not transform.only_moves:
        return 0, 0
    now = [layer for layer in layers_below(document.rootNode()) if id_of(layer) == sketch_id]
    if not now:
        return 0, 0
    left, top = position_of(now[0])
    return left - before.left - round(transform.right), top - before.top - round(transform.down)


def _anchors(document: Any, layers: List[Any]) -> Anchors:
    found = {}
    for layer in layers:
        found[id_of(layer)] = Layer(*position_of(layer), bounds_of(layer))
    return Anchors((document.width(), document.height()), found)
