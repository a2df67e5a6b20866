"""Paint layers that say something about a sketch and are no drawing themselves: how exactly lines are meant, colours.

The plugin adds them, and writes down in the document, by Krita's ids of both, which sketch they are for, whatever the
two are called later. Any other paint layer with the right name does as well: “Trust · NAME” for the sketch NAME,
“Trust” for all of them. They count while they are visible.
"""

from typing import Any, Dict, List, Optional

from .annotation import read_annotation, write_annotation
from .layer_tree import id_of, layers_below


class LinkedLayers:
    """All layers of one kind.

    annotation: where they are written down. description: what Krita says of it. words: the module of texts with LAYER
    and `layer_name`, what they are called, and CHOSEN, the sentence for who takes one for a drawing.
    """

    def __init__(self, annotation: str, description: str, words: Any):
        self.words = words
        self._annotation, self._description = annotation, description

    def has(self, document: Any, layer: Any) -> bool:
        """Whether a layer is of this kind; a copy of one, which Krita names after it, is one as well."""
        if layer.type() != "paintlayer":
            return False
        named = layer.name() == self.words.LAYER or self.words.layer_name("") in layer.name()
        return named or id_of(layer) in self._links(document)

    def seen_of(self, document: Any, sketch: Any) -> Optional[Any]:
        """The layer that counts for a sketch; None when there is none, or it is hidden."""
        return next((layer for layer in self.all_of(document, sketch) if layer.visible()), None)

    def all_of(self, document: Any, sketch: Any) -> List[Any]:
        """All that may be meant, hidden ones as well, the sketch's own ones first."""
        links = self._links(document)
        layers = [layer for layer in layers_below(document.rootNode()) if layer.type() == "paintlayer"]
        found = [layer for layer in layers if links.get(id_of(layer)) == id_of(sketch)]
        there = {id_of(layer) for layer in layers}
        free = [layer for layer in layers if links.get(id_of(layer)) not in there]
        for name in (self.words.layer_name(sketch.name()), self.words.LAYER):
            found += [layer for layer in free if layer.name() == name]
        return found

    def sketch_of(self, document: Any, layer: Any) -> Optional[Any]:
        """The sketch that a layer was added for; None when nobody knows, or it is gone."""
        wanted = self._links(document).get(id_of(layer))
        return next((other for other in layers_below(document.rootNode()) if id_of(other) == wanted), None)

    def link(self, document: Any, layer: Any, sketch: Any) -> None:
        """Write down that a layer belongs to a sketch."""
        links = {**self._links(document), id_of(layer): id_of(sketch)}
        write_annotation(document, self._annotation, self._description, {"version": 1, "sketches": links})

    def _links(self, document: Any) -> Dict[str, str]:
        """Sketches' ids by the ids of their layers."""
        try:
            noted = read_annotation(document, self._annotation)["sketches"]
            return {str(layer): str(sketch) for layer, sketch in noted.items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return {}
