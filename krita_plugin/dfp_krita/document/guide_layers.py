"""Which layers of a document are guides, written down in the document: they are never taken for a drawing."""

from typing import Any

from .. import texts
from .noted_layers import NotedLayers

DESCRIPTION = "Which layers are DeepFacePencil guides"
GUIDES = NotedLayers("deepfacepencil-guides", DESCRIPTION, "guides")


def is_guide(document: Any, layer: Any) -> bool:
    """Whether the plugin has added this layer as a guide, or it is a copy of one, which Krita names after it."""
    return GUIDES.has(document, layer) or texts.frame.GUIDE_LAYER in layer.name()


def remember_guide(document: Any, layer: Any) -> None:
    """Write down that a layer is a guide."""
    GUIDES.note(document, layer)
