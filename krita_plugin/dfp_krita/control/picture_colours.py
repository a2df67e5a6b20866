"""The palette of a picture: what a layer shows where the regions of the drawn face are."""

from dataclasses import replace
from functools import partial
from typing import Any, List, NamedTuple, Optional

from .. import texts
from ..document.capture import Subject, capture
from ..document.face_registry import FaceRegistry
from ..document.layer_tree import bounds_of, layers_below
from ..document.options import NO_OPTIONS
from ..document.sampling import SHOWING, sampled
from ..generation.region_colours import palette_under
from ..krita_api import Krita
from ..refusal import Refusal
from ..task import Steps
from .backend import Backend
from .colours import ColourControl
from .faces import FaceControl
from .status import Status


class Source(NamedTuple):
    """The layer whose colours are taken, and the drawing that says where the regions are."""

    document: Any
    layer: Any
    sketch: Any


class PictureColours:
    """Takes colours of the active layer: a photo, a painting, or a face that was painted over."""

    def __init__(self, backend: Backend, colours: ColourControl, faces: FaceControl, status: Status) -> None:
        self._colours = colours
        self._faces = faces
        self._status = status
        # The drawing that a face was made of last, in each document.
        self._newest: List[Any] = []
        backend.client.drawn.connect(self._note)

    @property
    def source(self) -> Optional[Source]:
        """What would be taken now; None when the active layer is the drawing itself, or there is no face."""
        document = Krita.instance().activeDocument()
        layer = document.activeNode() if document is not None else None
        if layer is None or layer.type() not in SHOWING:
            return None
        sketch, face = FaceRegistry(document).meant_by(layer)
        if face is None or sketch == layer:
            sketch = self._drawing(document)
        return Source(document, layer, sketch) if sketch is not None and sketch != layer else None

    def take(self) -> None:
        """Let the colours of the active layer be those that are wanted, a moment later."""
        self._status.attempt(self._take)

    def _take(self) -> None:
        source = self.source
        if source is None:
            raise Refusal(texts.palettes.NO_LAYER)
        if bounds_of(source.layer).empty:
            raise Refusal(texts.palettes.NOTHING_THERE)
        sketch = capture(Subject(source.document, source.sketch, None))
        # Its regions are wanted, whatever form its faces have.
        plain = replace(sketch.options, form=NO_OPTIONS.form, attention=False)
        self._faces.ask(replace(sketch, regions=True, options=plain), partial(self._measure, source))

    def _measure(self, source: Source, sketch: Any, answer: Any) -> Steps:
        if answer.regions is None:
            raise Refusal(texts.palettes.NO_REGIONS)
        if source.layer.parentNode() is None:
            raise Refusal(texts.document.LAYER_DELETED)
        _, rows, columns = answer.regions_shape
        pixels = yield from sampled(source.layer, sketch.place_of(answer), columns, rows)
        palette = palette_under(answer.regions, answer.regions_shape, pixels)
        if not palette.known:
            raise Refusal(texts.palettes.NOTHING_THERE)
        told = texts.palettes.from_layer_done(source.layer.name())
        self._colours.use(palette, told)
        return told

    def _drawing(self, document: Any) -> Optional[Any]:
        layers = list(layers_below(document.rootNode()))
        newest = [sketch for sketch in self._newest if sketch in layers]
        if newest:
            return newest[0]
        registry = FaceRegistry(document)
        return next((layer for layer in reversed(layers) if registry.faces_of(layer)), None)

    def _note(self, sketch: Any, _: Any) -> None:
        drawing = sketch.subject.sketch
        if drawing is not None:
            there = [other for other in self._newest if other.parentNode() is not None and other != drawing]
            self._newest = [drawing, *there]
