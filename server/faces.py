"""The model behind the wire format: a request's bytes in, an answer's bytes out.

Importing this module imports torch, which takes seconds: only the engine's thread does it.
"""

import logging
import time
from pathlib import Path

import cv2
import numpy as np

from dfp import Face, FaceGenerator
from dfp.errors import DfpError, SketchError
from server import wire
from server.codec import pack, unpack_request
from server.errors import LoadError, Refusal

log = logging.getLogger(__name__)

WARM_UPS = 2


class Clock:
    """Milliseconds by step, counted from when the request's last byte came (time.perf_counter seconds)."""

    def __init__(self, received: float):
        self._start = self._last = received
        self.timings: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """The step ends now."""
        now = time.perf_counter()
        self.timings[step] = (now - self._last) * 1000
        self._last = now

    def put(self, steps: dict[str, float]) -> None:
        """Steps that were measured elsewhere, in milliseconds, and end now."""
        self.timings.update({step: float(ms) for step, ms in steps.items()})
        self._last = time.perf_counter()

    def stop(self) -> None:
        """Note the total up to the end of the last step."""
        self.timings["total"] = (self._last - self._start) * 1000


class Faces:
    """One loaded model; `model` is the checksum of its weights, `device` where it runs."""

    def __init__(self, generator: FaceGenerator):
        self._generator = generator
        self.model = generator.checksum
        self.device = str(generator.device)

    @classmethod
    def open(cls, weights: Path | None, device: str) -> "Faces":
        """Load the weights and draw until the speed is steady. Takes seconds; raises LoadError."""
        try:
            generator = FaceGenerator.load(weights, device)
            for _ in range(WARM_UPS):
                generator.generate(_oval())
        except DfpError as error:
            raise LoadError(str(error)) from error
        return cls(generator)

    def answer(self, body: bytes | bytearray, received: float) -> bytes:
        """Draw the face that a packed GenerateRequest asks for; returns the packed GenerateAnswer.

        `received` is time.perf_counter() at the request's last byte. Raises Refusal.
        """
        clock = Clock(received)
        clock.lap("wait")
        request = unpack_request(body)
        sketch = to_sketch(request)
        clock.lap("decode")
        try:
            face = self._generator.generate(sketch, frame=request.frame)
        except SketchError as error:
            raise Refusal(422, wire.Code.BAD_SKETCH, str(error), request.id) from error
        except DfpError as error:
            raise Refusal(500, wire.Code.INTERNAL, str(error), request.id) from error
        clock.put(face.timings)
        left, top, picture = place(face, request)
        clock.lap("place")
        clock.stop()
        steps = ", ".join(f"{step} {ms:.1f}" for step, ms in clock.timings.items())
        log.info("%r: %d x %d %s, ms: %s", request.id, request.width, request.height, request.mode, steps)
        return pack(to_answer(request, face, (left, top, picture), self.model, clock.timings))


def to_sketch(request: wire.GenerateRequest) -> np.ndarray:
    """The request's pixels, uint8, H x W for L, else H x W x 3 RGB or H x W x 4 RGBA.

    Only BGRA is copied; the others are a read-only view.
    """
    pixels = np.frombuffer(request.pixels, np.uint8)
    if request.mode == "L":
        return pixels.reshape(request.height, request.width)
    pixels = pixels.reshape(request.height, request.width, -1)
    return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA) if request.mode == "BGRA" else pixels


def place(face: Face, request: wire.GenerateRequest) -> tuple[int, int, np.ndarray]:
    """The picture at the frame's place: left, top and uint8 H x W x 4 in the answer's mode, opaque."""
    left, top = face.frame.left, face.frame.top
    picture = face.placed()
    if max(picture.shape[:2]) > wire.MAX_SIDE:
        # No message may be that large, and what lies outside the layer is background anyway.
        right, bottom = request.width - left, request.height - top
        picture = picture[max(-top, 0) : bottom, max(-left, 0) : right]
        left, top = max(left, 0), max(top, 0)
    code = cv2.COLOR_RGB2BGRA if request.mode == "BGRA" else cv2.COLOR_RGB2RGBA
    return left, top, cv2.cvtColor(picture, code)


def to_answer(
    request: wire.GenerateRequest,
    face: Face,
    placed: tuple[int, int, np.ndarray],
    model: str,
    timings: dict[str, float],
) -> wire.GenerateAnswer:
    """The message for `placed` = (left, top, uint8 H x W x 4)."""
    left, top, picture = placed
    attention = (face.attention * 255).round().astype(np.uint8) if request.attention else None
    return wire.GenerateAnswer(
        id=request.id,
        left=left,
        top=top,
        width=picture.shape[1],
        height=picture.shape[0],
        mode="BGRA" if request.mode == "BGRA" else "RGBA",
        pixels=picture.tobytes(),
        model=model,
        timings=timings,
        attention=None if attention is None else attention.tobytes(),
        attention_shape=None if attention is None else attention.shape,
    )


def _oval() -> np.ndarray:
    """A 256 x 256 gray sketch with as little in it as can be drawn from."""
    paper = np.full((256, 256), 255, np.uint8)
    return cv2.ellipse(paper, (128, 128), (70, 90), 0, 0, 360, 0, 2)
