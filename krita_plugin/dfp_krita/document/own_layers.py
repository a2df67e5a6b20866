"""Which layers the plugin has added beside faces: kept and applied faces, heat maps. They are no drawings.

They are known by Krita's ids of them, written down in the document, whatever the painter calls them later.
"""

from typing import Any, List

from .annotation import read_annotation, write_annotation
from .layer_tree import id_of

ANNOTATION = "deepfacepencil-own"
DESCRIPTION = "Which layers DeepFacePencil has added that are no drawings"


def is_own(document: Any, layer: Any) -> bool:
    """Whether the plugin has added this very layer."""
    return id_of(layer) in _own(document)


def remember_own(document: Any, layer: Any) -> None:
    """Write down that the plugin has added a layer."""
    layers = [*_own(document), id_of(layer)]
    write_annotation(document, ANNOTATION, DESCRIPTION, {"version": 1, "layers": layers})


def _own(document: Any) -> List[str]:
    try:
        return [str(layer) for layer in read_annotation(document, ANNOTATION)["layers"]]
    except (ValueError, TypeError, KeyError):
        return []
