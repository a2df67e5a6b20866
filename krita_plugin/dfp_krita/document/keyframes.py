"""An animated drawing's keyframes, one after the other, and the layer of faces that grows beside them.

Krita's API reads and writes the frame of the current time only, and each change of time is an undo step that moves the
painter's timeline. So both happen in a document that is never shown, on copies of her layer: they have its keyframes,
and a copy of the second, with all its faces, comes into her document as one undo step.
"""

from dataclasses import replace
from typing import Any, Dict, List, Optional

from krita_plugin.shared import layer_names

from .. import texts
from ..krita_api import Krita
from ..refusal import Refusal
from ..task import Steps
from .active_layer import ActiveLayer
from .capture import CapturedSketch, Subject, canvas_of, capture, check_still_there
from .face_pixels import in_colors_of, wait_for_rest, wipe, write
from .face_registry import FaceRegistry
from .geometry import Rect
from .layer import attach
from .layer_tree import bounds_of, position_of
from .options import GROUP, LAYER
from .turned_frame import TurnedFrame


class Keyframes:
    """The keyframes of one layer as they are now; `refresh` takes them anew. `digests` tells of faces made, by time."""

    def __init__(self, document: Any, layer: Any) -> None:
        self.document = document
        self.layer = layer
        self.times = keyframe_times(document, layer)
        self.digests: Dict[int, int] = {}
        self.frame: Optional[TurnedFrame] = None
        self._canvas = canvas_of(document)
        space = (layer.colorModel(), layer.colorDepth(), layer.colorProfile())
        self._stage = Krita.instance().createDocument(*self._canvas, "", *space, 72.0)
        if self._stage is None:
            raise Refusal(texts.document.CANNOT_CONVERT)
        self._stage.setBatchmode(True)
        self._home = position_of(layer)
        self._faces = self._on_stage(layer)
        self._sketch = self._on_stage(layer)

    def fits(self, document: Any, layer: Any) -> bool:
        """Whether the faces that are made go on to be those of this layer."""
        same = document == self.document and layer == self.layer and canvas_of(document) == self._canvas
        return same and keyframe_times(document, layer) == self.times and position_of(layer) == self._home

    def refresh(self) -> None:
        """Take the drawing as it is now."""
        self._sketch.remove()
        self._sketch = self._on_stage(self.layer)

    def turn_to(self, time: int) -> Steps:
        """Make `time` the current one; until then nothing is to be read or written."""
        check_still_there(Subject(self.document, self.layer, None))
        self._stage.setCurrentTime(time)
        yield True
        yield from self._calm()

    @property
    def blank(self) -> bool:
        """Whether nothing is drawn at the current time."""
        return bounds_of(self._sketch).empty

    def capture(self, shared: Optional[TurnedFrame]) -> CapturedSketch:
        """The drawing at the current time; raises Refusal."""
        taken = capture(Subject(self.document, self._sketch, None), shared, self.layer)
        if taken.options.form != GROUP:
            return taken
        # Keyframes are on one layer: a group would need as many animated ones, whose frames are steps each.
        return replace(taken, options=replace(taken.options, form=LAYER))

    def clear(self) -> Steps:
        """Take the drawing's copy, or an older face, from the faces' layer at the current time."""
        yield from wipe(self._faces, bounds_of(self._faces), Rect(0, 0, 0, 0))
        yield from self._calm()

    def put(self, sketch: CapturedSketch, answer: Any) -> Steps:
        """Put a face onto the faces' layer at the current time."""
        check_still_there(Subject(self.document, self.layer, None))
        place = sketch.place_of(answer)
        yield from write(self._faces, place, in_colors_of(self._faces, answer))
        yield from self._calm()

    def show(self, active: ActiveLayer) -> Steps:
        """Add all faces right above the drawing, as one undo step; earlier faces, still or not, are hidden."""
        subject = Subject(self.document, self.layer, None)
        dress(self._faces)
        layer = self._faces.duplicate()
        layer.setName(layer_names.face(self.layer.name()))
        layer.setVisible(True)
        yield from wait_for_rest(subject)
        if canvas_of(self.document) != self._canvas:
            raise Refusal(texts.document.CANVAS_CHANGED)
        now, at = position_of(self.layer), position_of(layer)
        if now != self._home:
            layer.move(at[0] + now[0] - self._home[0], at[1] + now[1] - self._home[1])
        for earlier in FaceRegistry(self.document).faces_of(self.layer):
            earlier.setVisible(False)
        attach(subject, layer, active)

    def close(self) -> None:
        """Forget the copies."""
        self._stage.setModified(False)
        self._stage.close()

    def _calm(self) -> Steps:
        """Wait until Krita has done its work on the copies, and let it find nothing to save by itself: after a crash it
        would offer her a picture that she has never seen."""
        while not self._stage.tryBarrierLock():
            yield True
        self._stage.unlock()
        yield True
        self._stage.setModified(False)

    def _on_stage(self, layer: Any) -> Any:
        copy = layer.duplicate()
        copy.setLocked(False)
        # What is not visible is not painted: that makes turning to another time quick. Masks need it, though.
        copy.setVisible(bool(layer.childNodes()))
        self._stage.rootNode().addChildNode(copy, None)
        self._stage.setModified(False)
        # What is set by means of `copy` itself would be steps of the painter's undo history.
        return self._stage.rootNode().childNodes()[-1]


def dress(layer: Any) -> None:
    """Let a copy of a drawing look like a layer of faces: only its keyframes are the drawing's."""
    for mask in layer.childNodes():
        mask.remove()
    layer.setOpacity(255)
    layer.setBlendingMode("normal")
    layer.setInheritAlpha(False)
    layer.setAlphaLocked(False)


def keyframe_times(document: Any, layer: Any) -> List[int]:
    """When the layer has keyframes; none when it is not animated."""
    if layer.type() != "paintlayer" or not layer.animated():
        return []
    last = max(document.fullClipRangeEndTime(), document.animationLength())
    return [time for time in range(last + 1) if layer.hasKeyframeAtTime(time)]
