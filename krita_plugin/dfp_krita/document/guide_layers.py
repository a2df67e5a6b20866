"""Which layers of a document are guides, written down in the document: they are never taken for a drawing."""

from typing import Any, List

from .. import texts
from .annotation import read_annotation, write_annotation
from .layer_tree import id_of

ANNOTATION = "deepfacepencil-guides"
DESCRIPTION = "Which layers are DeepFacePencil guides"


def is_guide(document: Any, layer: Any) -> bool:
    """Whether the plugin has added this layer as a guide, or it is a copy of one, which Krita names after it."""
    return id_of(layer) in _guides(document) or texts.frame.GUIDE_LAYER in layer.name()


def remember_guide(document: Any, layer: Any) -> None:
    """Write down that a layer is a guide."""
    guides = [*_guides(document), id_of(layer)]
    write_annotation(document, ANNOTATION, DESCRIPTION, {"version": 1, "guides": guides})


def _guides(document: Any) -> List[str]:
    try:
        return [str(guide) for guide in read_annotation(document, ANNOTATION)["guides"]]
    except (ValueError, TypeError, KeyError):
        return []
