"""Which layers of a document are guides, written down in the document: they are never taken for a drawing."""

import json
from typing import Any, List

from .. import texts
from ..qt import QtCore
from .layer_tree import id_of

ANNOTATION = "deepfacepencil-guides"
DESCRIPTION = "Which layers are DeepFacePencil guides"


def is_guide(document: Any, layer: Any) -> bool:
    """Whether the plugin has added this layer as a guide, or it is a copy of one, which Krita names after it."""
    return id_of(layer) in _guides(document) or texts.frame.GUIDE_LAYER in layer.name()


def remember_guide(document: Any, layer: Any) -> None:
    """Write down that a layer is a guide."""
    noted = json.dumps({"version": 1, "guides": [*_guides(document), id_of(layer)]}).encode()
    document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(noted))


def _guides(document: Any) -> List[str]:
    try:
        return [str(guide) for guide in json.loads(bytes(document.annotation(ANNOTATION)).decode())["guides"]]
    except (ValueError, TypeError, KeyError):
        return []
