"""`FaceGenerator`: from a painter's sketch to the face that its lines meant."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import overload

import numpy as np
from PIL import Image

from dfp.config import ModelConfig
from dfp.frame import Frame, place
from dfp.prepare import Prepared, prepare
from dfp.runtimes import TRUST_SIDE, Device, Runtime, open_runtime
from dfp.trust import NO_TRUST, Trust
from dfp.weights_header import RELEASE, checksum, read_config

Sketch = np.ndarray | Image.Image
Selection = tuple[int, int, int, int] | Frame


@dataclass(frozen=True)
class Face:
    """A generated face.

    image: size x size x 3 uint8 RGB.
    attention: branches x h x w float32, how far each place of the sketch was relaxed; sums to 1 over the branches.
    frame: where the picture lies in the sketch's pixel coordinates; may reach outside the sketch.
    timings: milliseconds by step, "prepare" and "model" (a batch's model time is shared equally).
    """

    image: np.ndarray
    attention: np.ndarray
    frame: Frame
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def ms(self) -> float:
        """Milliseconds that the model took."""
        return self.timings["model"]

    def placed(self) -> np.ndarray:
        """The picture at the frame's size: frame.height x frame.width x 3 uint8 RGB."""
        return place(self.image, self.frame)


class FaceGenerator:
    """G_m with its weights on a device, ready for sketches of any size and kind."""

    def __init__(self, runtime: Runtime, config: ModelConfig, checksum: str = ""):
        self.config, self.checksum = config, checksum
        self._runtime = runtime

    @classmethod
    def load(cls, weights: str | Path | None = None, device: str = "auto", runtime: str = "auto") -> "FaceGenerator":
        """Read release weights (None: the bundled ones) into a runtime: auto, torch or openvino.

        Raises WeightsError or DfpError with a sentence.
        """
        path = Path(weights) if weights is not None else RELEASE
        config = read_config(path)
        return cls(open_runtime(path, device, runtime), config, checksum(path))

    @property
    def device(self) -> Device:
        """Where the model runs."""
        return self._runtime.device

    @property
    def runtime(self) -> str:
        """What calculates the model: torch or openvino."""
        return self._runtime.name

    @overload
    def generate(self, sketch: Sketch, frame: Selection | None = None, trust: Trust = NO_TRUST) -> Face: ...
    @overload
    def generate(
        self, sketch: Sequence[Sketch], frame: Selection | None = None, trust: Trust = NO_TRUST
    ) -> list[Face]: ...

    def generate(
        self, sketch: Sketch | Sequence[Sketch], frame: Selection | None = None, trust: Trust = NO_TRUST
    ) -> Face | list[Face]:
        """Turn one sketch into a face, or several (of any sizes) in one batch.

        A sketch is a picture or uint8 array: H x W gray, H x W x 3 RGB or H x W x 4 RGBA with straight
        alpha, 16 to 8192 pixels a side. `frame` (left, top, width, height) is where the face sits; without
        it the drawing says. `trust` is how exactly lines are meant. Raises SketchError when nothing is drawn or
        the layout is unknown.
        """
        if isinstance(sketch, (np.ndarray, Image.Image)):
            return self._generate([sketch], frame, trust)[0]
        return self._generate(sketch, frame, trust)

    def _generate(self, sketches: Sequence[Sketch], frame: Selection | None, trust: Trust) -> list[Face]:
        prepared: list[Prepared] = []
        times = []
        for sketch in sketches:
            started = time.perf_counter()
            prepared.append(self.prepare(sketch, frame, trust))
            times.append(1000 * (time.perf_counter() - started))
        faces = self.draw(prepared)
        return [
            replace(face, timings={"prepare": before, **face.timings})
            for face, before in zip(faces, times, strict=True)
        ]

    def prepare(self, sketch: Sketch, frame: Selection | None = None, trust: Trust = NO_TRUST) -> Prepared:
        """The first half of `generate`, which needs no network: find the frame and its lines. Raises SketchError."""
        return prepare(sketch, self.config.size, frame, trust)

    def draw(self, prepared: Sequence[Prepared]) -> list[Face]:
        """The second half of `generate`: the faces of prepared sketches in one batch, timed without `prepare`."""
        if not prepared:
            return []
        started = time.perf_counter()
        pictures, maps = self.run(np.stack([p.lines for p in prepared]), np.stack([p.trust for p in prepared]))
        model = 1000 * (time.perf_counter() - started) / len(prepared)
        return [
            Face(picture, attention, p.frame, {"model": model})
            for picture, attention, p in zip(pictures, maps, prepared, strict=True)
        ]

    def run(self, lines: np.ndarray, trust: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Prepared lines, float32 N x 1 x size x size, through the network alone.

        `trust`: float32 N x 1 x 16 x 16 in [-1, 1], None is 0. Returns the pictures, uint8 N x size x size x 3 RGB,
        and the attention, float32 N x branches x size/2 x size/2.
        """
        if trust is None:
            trust = np.zeros((len(lines), 1, TRUST_SIDE, TRUST_SIDE), np.float32)
        return self._runtime(lines, trust)

    def interrupt(self) -> None:
        """From another thread: let the `draw` or `run` that is going on raise Interrupted, if it can."""
        self._runtime.interrupt()

    def release(self) -> None:
        """Give back memory that the runtime keeps for the next call."""
        self._runtime.release()
