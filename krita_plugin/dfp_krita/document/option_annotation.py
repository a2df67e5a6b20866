"""Options as they are kept in each document."""

import json
from typing import Any

from ..qt import QtCore
from .options import NO_OPTIONS, Options

ANNOTATION = "deepfacepencil-options"
DESCRIPTION = "What DeepFacePencil was asked for"


def options_of(document: Any) -> Options:
    """What was asked for in this document last."""
    try:
        return Options.from_map(json.loads(bytes(document.annotation(ANNOTATION)).decode()))
    except (ValueError, TypeError):
        return NO_OPTIONS


def keep_options(document: Any, options: Options) -> None:
    """Keep them with the document."""
    noted = json.dumps(options.to_map()).encode()
    document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(noted))
    document.setModified(True)
