"""Which layers the plugin has added beside faces: kept and applied faces, heat maps. They are no drawings.

They are known by Krita's ids of them, written down in the document, whatever the painter calls them later.
"""

import json
from typing import Any, List

from ..qt import QtCore
from .layer_tree import id_of

ANNOTATION = "deepfacepencil-own"
DESCRIPTION = "Which layers DeepFacePencil has added that are no drawings"


def is_own(document: Any, layer: Any) -> bool:
    """Whether the plugin has added this very layer."""
    return id_of(layer) in _own(document)


def remember_own(document: Any, layer: Any) -> None:
    """Write down that the plugin has added a layer."""
    noted = json.dumps({"version": 1, "layers": [*_own(document), id_of(layer)]}).encode()
    document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(noted))


def _own(document: Any) -> List[str]:
    try:
        return [str(layer) for layer in json.loads(bytes(document.annotation(ANNOTATION)).decode())["layers"]]
    except (ValueError, TypeError, KeyError):
        return []
