"""Which layers the plugin has added beside faces: kept and applied faces, heat maps. They are no drawings.

They are known by Krita's ids of them, written down in the document, whatever the painter calls them later.
"""

from typing import Any

from .noted_layers import NotedLayers

DESCRIPTION = "Which layers DeepFacePencil has added that are no drawings"
OWN = NotedLayers("deepfacepencil-own", DESCRIPTION, "layers")


def is_own(document: Any, layer: Any) -> bool:
    """Whether the plugin has added this very layer."""
    return OWN.has(document, layer)


def remember_own(document: Any, layer: Any) -> None:
    """Write down that the plugin has added a layer."""
    OWN.note(document, layer)
