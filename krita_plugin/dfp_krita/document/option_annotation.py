"""Options as they are kept in each document."""

from typing import Any

from .annotation import read_annotation, write_annotation
from .options import NO_OPTIONS, Options

ANNOTATION = "deepfacepencil-options"
DESCRIPTION = "What DeepFacePencil was asked for"


def options_of(document: Any) -> Options:
    """What was asked for in this document last."""
    try:
        return Options.from_map(read_annotation(document, ANNOTATION))
    except (ValueError, TypeError):
        return NO_OPTIONS


def keep_options(document: Any, options: Options) -> None:
    """Keep them with the document."""
    write_annotation(document, ANNOTATION, DESCRIPTION, options.to_map())
    document.setModified(True)
