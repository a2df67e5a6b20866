"""The palettes by layer name that are kept with one document."""

from dataclasses import replace
from typing import Any

from .annotation import read_annotation, write_annotation
from .layer_palettes import Rows, from_noted, noted, palette_for
from .options import Options
from .palette_annotation import DocumentPalettes
from .palette_store import Palettes, UserPalettes

ANNOTATION = "deepfacepencil-layer-palettes"
DESCRIPTION = "Which palettes the faces of which layers have, for DeepFacePencil"


def rows_of(document: Any) -> Rows:
    """Those of a document."""
    try:
        return from_noted(read_annotation(document, ANNOTATION))
    except ValueError:
        return ()


def keep_rows(document: Any, rows: Rows) -> None:
    """Keep these with the document, in the place of those that were there."""
    write_annotation(document, ANNOTATION, DESCRIPTION, noted(rows))
    document.setModified(True)


def saved_palettes(document: Any) -> Palettes:
    """All palettes that have a name here: the picture's own before the painter's."""
    return {**UserPalettes().read(), **DocumentPalettes(document).read()}


def in_its_colours(document: Any, layer: str, options: Options) -> Options:
    """Options with the palette of a layer of this name; as they are when no row means it."""
    rows = rows_of(document)
    palette = palette_for(layer, rows, saved_palettes(document)) if rows else None
    return options if palette is None else replace(options, palette=palette)
