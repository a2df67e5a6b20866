"""The palettes by name that are kept with one document."""

from typing import Any

from .annotation import read_annotation, write_annotation
from .palette_store import Palettes, from_noted, noted

ANNOTATION = "deepfacepencil-palettes"
DESCRIPTION = "Palettes of faces by name, for DeepFacePencil"


class DocumentPalettes:
    """Those of one document."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def read(self) -> Palettes:
        """By name; what cannot be read counts as never saved."""
        try:
            return from_noted(read_annotation(self._document, ANNOTATION))
        except ValueError:
            return {}

    def write(self, palettes: Palettes) -> None:
        """Keep these in the place of all others."""
        write_annotation(self._document, ANNOTATION, DESCRIPTION, noted(palettes))
        self._document.setModified(True)
