"""What a batch is made of: each item is one sketch, knows whether its face is up to date, and where the face goes."""

import zlib
from dataclasses import replace
from typing import Any, Dict, List, Optional, Tuple

from .. import texts
from ..document.active_layer import ActiveLayer
from ..document.capture import CapturedSketch, Subject, capture, check_layer, check_still_there
from ..document.face_registry import FaceRegistry
from ..document.framing import frame_of_face
from ..document.geometry import Rect
from ..document.keyframes import Keyframes
from ..document.layer import put_face
from ..document.layer_palettes_annotation import in_its_colours
from ..document.layer_tree import id_of
from ..document.option_annotation import options_of
from ..document.options import GROUP
from ..document.renewing import was_undone
from ..refusal import Refusal
from ..task import Steps


class LayerItem:
    """A sketch layer. `drawn` remembers, by layer, what each layer's face was made of."""

    def __init__(self, document: Any, layer: Any, drawn: Dict[str, int], active: ActiveLayer) -> None:
        self.name = layer.name()
        self._document = document
        self._layer = layer
        self._drawn = drawn
        self._active = active
        self._digest = 0

    def capture(self, shared: Optional[Rect]) -> Steps:
        """The sketch, or None when its face is up to date; `shared` is the frame of all. Raises Refusal."""
        yield False
        check_still_there(Subject(self._document, self._layer, None))
        if self._layer.locked():
            raise Refusal(texts.batch.LAYER_LOCKED)
        sketch, face = self._meant()
        check_layer(sketch)
        taken = capture(Subject(self._document, sketch, face), shared)
        taken = replace(taken, options=in_its_colours(self._document, sketch.name(), taken.options))
        self._digest = digest_of(taken)
        if face is None or self._drawn.get(id_of(self._layer)) != self._digest:
            return taken
        return taken if (yield from was_undone(self._document, face)) else None

    def land(self, sketch: CapturedSketch, answer: Any) -> Steps:
        """Put the face where it belongs."""
        remark = yield from put_face(sketch, answer, self._active)
        self._drawn[id_of(self._layer)] = self._digest
        return remark

    def frame(self) -> Optional[Rect]:
        """Where the face is that is up to date."""
        return frame_of_face(self._document, *self._meant())

    def origin(self, sketch: CapturedSketch) -> CapturedSketch:
        """The sketch as the history shall know it."""
        return sketch

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

    def capture(self, shared: Optional[Rect]) -> Steps:
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
        self._keyframes.frame = self._keyframes.frame or sketch.place_of(answer)
        return ""

    def frame(self) -> Optional[Rect]:
        """Where the first face is."""
        return self._keyframes.frame

    def origin(self, sketch: CapturedSketch) -> CapturedSketch:
        """The sketch as the history shall know it: the painter's own layer, not its copy."""
        return sketch.of(Subject(self._keyframes.document, self._keyframes.layer, None))


def layer_items(document: Any, layers: List[Any], drawn: Dict[str, int], active: ActiveLayer) -> List[Any]:
    """An item for each layer."""
    return [LayerItem(document, layer, drawn, active) for layer in layers]


def frame_items(keyframes: Keyframes) -> List[Any]:
    """An item for each keyframe."""
    return [FrameItem(keyframes, time) for time in keyframes.times]


def digest_of(sketch: CapturedSketch) -> int:
    """What tells one sketch with its frame, options, trust and painted colours from another."""
    options = sketch.options
    chosen = options.trust, options.palette, options.seed, options.form
    asked = repr((sketch.place, sketch.frame, chosen, sketch.trust)).encode()
    digest = zlib.crc32(asked)
    for piece in (*sketch.pixels, sketch.painted.values if sketch.painted is not None else b""):
        digest = zlib.crc32(piece, digest)
    return digest
