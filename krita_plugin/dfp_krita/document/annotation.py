"""What the plugin writes down in a document: JSON in annotations. Krita keeps them in the .kra, with it or without."""

import json
from typing import Any

from ..qt import QtCore


def read_annotation(document: Any, name: str) -> Any:
    """The values that were written; raises ValueError when there are none that can be read."""
    return json.loads(bytes(document.annotation(name)).decode())


def write_annotation(document: Any, name: str, description: str, values: Any) -> None:
    """Write values down in the place of what had the name."""
    document.setAnnotation(name, description, QtCore.QByteArray(json.dumps(values).encode()))
