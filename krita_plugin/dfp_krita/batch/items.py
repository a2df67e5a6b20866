"""What a batch is made of: each item is one sketch, knows whether its face is up to date, and where the face goes."""

from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from .. import texts
from ..document.capture import CapturedSketch, Subject, capture, check_layer, check_still_there
from ..document.face_registry import FaceRegistry
from ..document.framing import frame_of_face
from ..document.keyframes import Keyframes
from ..document.layer_palettes_annotation import in_its_colours
from ..document.layer_tree import id_of
from ..document.option_annotation import options_of
from ..document.options import GROUP
from ..document.renewing import was_undone
from ..document.several_faces import several_heads
from ..document.sketch_digest import digest_of
from ..document.turned_frame import TurnedFrame, frame_under
from ..refusal import Refusal
from ..task import Steps
from .note import Drawn


class LayerItem:
    """A sketch layer, which gets a face, or, with `several`, one for each head.

    `drawn` remembers, by layer, what each layer's face was made of, and what it was then: after a crash an older one
    may be in its place. `land`: the job puts it where it belongs.
    """

    land = None

    def __init__(self, document: Any, layer: Any, drawn: Dict[str, Drawn], several: bool) -> None:
        self.name = layer.name()
        self._document = document
        self._layer = layer
        self._drawn = drawn
        self._several = several
        self._digest = 0

    def capture(self, shared: Optional[TurnedFrame]) -> Steps:
        """The sketch, or None when its face is up to date; `shared` is the frame of all. Raises Refusal."""
        yield False
        check_still_there(Subject(self._document, self._layer, None))
        if self._layer.locked():
            raise Refusal(texts.batch.LAYER_LOCKED)
        sketch, face = self._meant()
        check_layer(sketch)
        taken = capture(Subject(self._document, sketch, face), shared)
        options = in_its_colours(self._document, sketch.name(), taken.options)
        taken = replace(taken, heads=self._several and taken.frame is None, options=options)
        self._digest = digest_of(taken)
        if face is None or self._drawn.get(id_of(self._layer)) != self._now():
            return taken
        for made in self._faces():
            if (yield from was_undone(self._document, made)):
                return taken
        return None

    def placed(self) -> None:
        """The face is where it belongs."""
        self._drawn[id_of(self._layer)] = self._now()

    def frame(self) -> Optional[TurnedFrame]:
        """Where the face is that is up to date."""
        return frame_of_face(self._document, *self._meant())

    def origin(self, sketch: CapturedSketch) -> CapturedSketch:
        """The sketch as the history shall know it."""
        return sketch

    def _now(self) -> Drawn:
        return Drawn(self._digest, FaceRegistry(self._document).digest_of(self._faces()))

    def _faces(self) -> List[Any]:
        """The face that is meant, or those of all heads."""
        sketch, face = self._meant()
        if several_heads(self._document, sketch):
            return FaceRegistry(self._document).faces_of(sketch)
        return [face] if face is not None else []

    def _meant(self) -> Tuple[Any, Optional[Any]]:
        grouped = options_of(self._document).form == GROUP
        return FaceRegistry(self._document).meant_by(self._layer, grouped)


class FrameItem:
    """A keyframe."""

    def __init__(self, keyframes: Keyframes, time: int) -> None:
        self.name = texts.batch.keyframe_name(keyframes.layer.name(), time)
        self._keyframes = keyframes
        self._time = time
        self._digest = 0

    def capture(self, shared: Optional[TurnedFrame]) -> Steps:
        """The sketch at this time, or None when there is nothing to do. Raises Refusal."""
        yield from self._keyframes.turn_to(self._time)
        try:
            if self._keyframes.blank:
                raise Refusal(texts.batch.EMPTY_FRAME)
            taken = self._keyframes.capture(shared)
            named = self._keyframes.layer.name()
            taken = replace(taken, options=in_its_colours(self._keyframes.document, named, taken.options))
        except Refusal:
            yield from self._keyframes.clear()
            raise
        digest = digest_of(taken)
        if self._keyframes.digests.get(self._time) == digest:
            return None
        yield from self._keyframes.clear()
        self._digest = digest
        return taken

    def land(self, sketch: CapturedSketch, answer: Any) -> Steps:
        """Put the face beside the others."""
        yield from self._keyframes.put(sketch, answer)
        self._keyframes.digests[self._time] = self._digest
        self._keyframes.frame = self._keyframes.frame or frame_under(sketch.place_of(answer), answer.turn)
        return ""

    def placed(self) -> None:
        """The face is beside the others."""

    def frame(self) -> Optional[TurnedFrame]:
        """Where the first face is."""
        return self._keyframes.frame

    def origin(self, sketch: CapturedSketch) -> CapturedSketch:
        """The sketch as the history shall know it: the painter's own layer, not its copy."""
        return sketch.of(Subject(self._keyframes.document, self._keyframes.layer, None))


def layer_items(document: Any, layers: List[Any], drawn: Dict[str, Drawn], several: bool) -> List[Any]:
    """An item for each layer."""
    return [LayerItem(document, layer, drawn, several) for layer in layers]


def frame_items(keyframes: Keyframes) -> List[Any]:
    """An item for each keyframe."""
    return [FrameItem(keyframes, time) for time in keyframes.times]
