"""Layers of a document that are of one kind, by Krita's ids of them, written down in the document."""

from typing import Any, List

from .annotation import read_annotation, write_annotation
from .layer_tree import id_of


class NotedLayers:
    """annotation: where they are written down. description: what Krita says of it. key: of the list in its JSON."""

    def __init__(self, annotation: str, description: str, key: str):
        self._annotation, self._description, self._key = annotation, description, key

    def has(self, document: Any, layer: Any) -> bool:
        """Whether this very layer was noted; nothing was where the annotation is missing or cannot be read."""
        return id_of(layer) in self._ids(document)

    def note(self, document: Any, layer: Any) -> None:
        """Write a layer down beside those that are."""
        ids = [*self._ids(document), id_of(layer)]
        write_annotation(document, self._annotation, self._description, {"version": 1, self._key: ids})

    def _ids(self, document: Any) -> List[str]:
        try:
            return [str(layer) for layer in read_annotation(document, self._annotation)[self._key]]
        except (ValueError, TypeError, KeyError):
            return []
