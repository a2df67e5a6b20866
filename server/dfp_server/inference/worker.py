"""The model behind the wire format: requests in, the bytes of answers out.

Importing this module imports torch, which takes seconds: only a thread does it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from dfp import Face, FaceGenerator, Palette
from dfp.errors import DfpError, SketchError
from dfp.model.classes import CLASSES
from dfp.regions import LAYERS
from dfp.runtime.base import Interrupted
from dfp.sketch.prepare import Prepared
from dfp_server import wire
from dfp_server.errors import LoadError, Refusal
from dfp_server.inference.admission import out_of_memory
from dfp_server.inference.conversion import VARIANT_SIDE, prepared_by, to_answer, to_variants
from dfp_server.inference.oom_fallback import FallbackGenerator, is_short_of_memory
from dfp_server.inference.placing import bytes_of_sheet, bytes_to_place, layers_of, place, sheet_of
from dfp_server.inference.timings import Timings
from dfp_server.transport.codec import Pieces, pack, pack_around

log = logging.getLogger(__name__)

WARM_UPS = 2

# Faces that are drawn at once at most, unless there are more requests; and bytes a pixel of a single one's heat map
# while it is made.
TOGETHER, HEATMAP = 16, 40

# An answer's fields besides its picture and the attention.
OTHER_FIELDS = 64 * 1024


class Worker:
    """One loaded model; `model` is the checksum of its weights, `device` where it runs, `able` which of wire.ABILITIES
    it has.

    `spare` loads the same model for the processor, for when the graphics card's memory is full.
    """

    def __init__(self, generator: FaceGenerator, spare: Callable[[], FaceGenerator] | None = None):
        self._generator = generator
        self._fallback = FallbackGenerator(generator, spare)
        self.model = generator.checksum
        self.device = str(generator.device)
        knows = {"appearance": generator.knows_colours, "regions": generator.knows_regions}
        self.able = tuple(name for name in wire.ABILITIES if knows[name])

    @classmethod
    def open(cls, weights: Path | None, device: str, runtime: str = "auto") -> "Worker":
        """Load the weights and draw until the speed is steady. Takes seconds; raises LoadError."""
        try:
            generator = FaceGenerator.load(weights, device, runtime)
            for _ in range(WARM_UPS):
                generator.generate(_oval())
        except DfpError as error:
            raise LoadError(str(error)) from error
        return cls(generator, lambda: FaceGenerator.load(weights, "cpu"))

    def warm(self, together: int) -> None:
        """Let a graphics card see every size of batch that will come; a processor takes each as fast the first time."""
        if self.device != "cpu":
            prepared = self._generator.prepare(_oval())
            for count in range(2, together + 1):
                self._fallback.draw([prepared] * count)

    def prepare(self, request: wire.GenerateRequest, timings: Timings) -> list[Prepared]:
        """Find frame and lines of the request's sketch, of each head that is wanted. Raises Refusal."""
        try:
            prepared = prepared_by(self._generator, request)
        except SketchError as error:
            raise Refusal(422, wire.Code.BAD_SKETCH, str(error), request.id) from error
        except Exception as error:
            if is_short_of_memory(error):
                raise out_of_memory(request.id) from error
            raise
        timings.lap("prepare")
        return prepared

    def answer_bytes(self, request: wire.GenerateRequest, prepared: Sequence[Prepared]) -> int:
        """How many bytes the answer to a prepared request will take, at most, while it is made."""
        config = self._generator.config
        if request.variants:
            return len(prepared[0].seeds) * 3 * (config.size**2 + VARIANT_SIDE**2) + OTHER_FIELDS
        frames = [head.frame for head in prepared]
        several = len(frames) > 1
        size = OTHER_FIELDS + (bytes_of_sheet(frames, request) if several else bytes_to_place(frames[0], request))
        if request.heatmap:
            size += bytes_of_sheet(frames, request) if several else HEATMAP * config.size**2
        if request.attention:
            size += len(config.kernels) * config.size**2
        # The likelihoods stay until the answer is made; what is calculated of them has four bytes a number.
        divided = request.regions or request.cut_out or request.layers
        return size + len(prepared) * (len(CLASSES) + 4 * 4 * len(LAYERS)) * config.size**2 if divided else size

    def answers(
        self, jobs: Sequence[tuple[wire.GenerateRequest, Sequence[Prepared], Timings]]
    ) -> list[Pieces | Refusal] | None:
        """The packed answers to prepared requests, drawn in one batch; or why one could not be drawn.

        None when `interrupt` ended it before.
        """
        for _, _, timings in jobs:
            timings.lap("wait")
        try:
            drawn = self._drawn([(request, prepared) for request, prepared, _ in jobs])
        except Interrupted:
            return None
        for _, _, timings in jobs:
            timings.lap("model")
        return [
            self._pack_if_it_fits(request, prepared, faces, timings)
            for (request, prepared, timings), faces in zip(jobs, drawn, strict=True)
        ]

    def _drawn(self, jobs: Sequence[tuple[wire.GenerateRequest, Sequence[Prepared]]]) -> "list[list[Face | None]]":
        """What each job asks for, its faces or its variants; None for what there is no memory for."""
        together = [head for request, prepared in jobs if not request.variants for head in prepared]
        faces = iter(self._draw_some(together, max(TOGETHER, len(jobs))))
        return [
            self._fallback.draw_variants(prepared[0]) if request.variants else list(islice(faces, len(prepared)))
            for request, prepared in jobs
        ]

    def _draw_some(self, heads: Sequence[Prepared], most: int) -> "list[Face | None]":
        """Faces, so many of them at once at most: who asks for a full sheet fills no memory with it."""
        parts = [heads[start : start + most] for start in range(0, len(heads), most)]
        return [face for part in parts for face in self._fallback.draw(part)]

    def interrupt(self) -> None:
        """From another thread: let go of what is being drawn now, if that can be."""
        self._generator.interrupt()

    def _pack_if_it_fits(
        self,
        request: wire.GenerateRequest,
        prepared: Sequence[Prepared],
        drawn: "Sequence[Face | None]",
        timings: Timings,
    ) -> Pieces | Refusal:
        faces = [face for face in drawn if face is not None]
        try:
            if len(faces) < len(drawn):
                return out_of_memory(request.id)
            packed = self._pack_variants if request.variants else self._pack
            return packed(request, prepared[0], faces, timings)
        except Exception as error:
            if is_short_of_memory(error):
                return out_of_memory(request.id)
            raise

    def _pack_variants(
        self, request: wire.GenerateRequest, prepared: Prepared, faces: Sequence[Face], timings: Timings
    ) -> Pieces:
        answer = to_variants(request, prepared, faces, self.model, timings.ms)
        _log_end(request, timings)
        return [pack(answer)]

    def _pack(
        self, request: wire.GenerateRequest, prepared: Prepared, faces: Sequence[Face], timings: Timings
    ) -> Pieces:
        left, top, picture = place(faces[0], request) if len(faces) == 1 else sheet_of(faces, request)
        layered = layers_of(faces[0], request) if request.layers else None
        _log_end(request, timings)
        answer = to_answer(request, faces, (left, top, picture), layered, self.model, timings.ms)
        if request.palette is not None and self._generator.knows_colours:
            answer = replace(answer, palette=Palette.of(prepared.inputs.palette[0]).named())
        return pack_around(answer, "pixels", picture.data.cast("B"))


def _log_end(request: wire.GenerateRequest, timings: Timings) -> None:
    """The request's last step has ended: note its times."""
    timings.lap("place")
    timings.stop()
    steps = ", ".join(f"{step} {ms:.1f}" for step, ms in timings.ms.items())
    facts = {
        "asked": request.id,
        "request": timings.request,
        "width": request.width,
        "height": request.height,
        "ms": {step: round(ms, 2) for step, ms in timings.ms.items()},
    }
    told = (request.id, request.width, request.height, request.mode, steps)
    log.info("%r: %d x %d %s, ms: %s", *told, extra={"facts": facts})


def _oval() -> np.ndarray:
    """A 256 x 256 gray sketch with as little in it as can be drawn from."""
    paper = np.full((256, 256), 255, np.uint8)
    return cv2.ellipse(paper, (128, 128), (70, 90), 0, 0, 360, 0, 2)
