"""`FaceGenerator`: from a painter's sketch to the face that its lines meant."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dfp import weights as weights_file
from dfp.config import ModelConfig
from dfp.errors import DfpError
from dfp.frame import Frame, place
from dfp.networks import MainGenerator
from dfp.prepare import Prepared, prepare

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


def choose_device(name: str) -> torch.device:
    """auto, cpu or cuda -> a device; auto takes the GPU when there is one. Raises DfpError."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DfpError("There is no CUDA graphics card that PyTorch can use here. Take --device cpu.")
    if name not in ("cpu", "cuda"):
        raise DfpError(f"The device must be auto, cpu or cuda, not {name}.")
    return torch.device(name)


class FaceGenerator:
    """G_m with its weights on a device, ready for sketches of any size and kind."""

    def __init__(self, generator: MainGenerator, config: ModelConfig, device: torch.device, checksum: str = ""):
        self.config, self.device, self.checksum = config, device, checksum
        self._generator = generator.to(device).eval()

    @classmethod
    def load(cls, weights: str | Path | None = None, device: str = "auto") -> "FaceGenerator":
        """Read release weights (None: the bundled ones). Raises WeightsError or DfpError with a sentence."""
        path = Path(weights) if weights is not None else weights_file.RELEASE
        chosen = choose_device(device)
        generator, config = weights_file.load(path)
        return cls(generator, config, chosen, weights_file.checksum(path))

    @overload
    def generate(self, sketch: Sketch, frame: Selection | None = None) -> Face: ...
    @overload
    def generate(self, sketch: Sequence[Sketch], frame: Selection | None = None) -> list[Face]: ...

    def generate(self, sketch: Sketch | Sequence[Sketch], frame: Selection | None = None) -> Face | list[Face]:
        """Turn one sketch into a face, or several (of any sizes) in one batch.

        A sketch is a picture or uint8 array: H x W gray, H x W x 3 RGB or H x W x 4 RGBA with straight
        alpha, 16 to 8192 pixels a side. `frame` (left, top, width, height) is where the face sits; without
        it the drawing says. Raises SketchError when nothing is drawn or the layout is unknown.
        """
        if isinstance(sketch, (np.ndarray, Image.Image)):
            return self._generate([sketch], frame)[0]
        return self._generate(sketch, frame)

    def _generate(self, sketches: Sequence[Sketch], frame: Selection | None) -> list[Face]:
        prepared: list[Prepared] = []
        times = []
        for sketch in sketches:
            started = time.perf_counter()
            prepared.append(prepare(sketch, self.config.size, frame))
            times.append(1000 * (time.perf_counter() - started))
        if not prepared:
            return []
        started = time.perf_counter()
        images, attentions = self.run(torch.from_numpy(np.stack([p.lines for p in prepared])))
        pictures = to_pictures(images)
        maps = attentions.float().cpu().numpy()
        model = 1000 * (time.perf_counter() - started) / len(prepared)
        return [
            Face(picture, attention, p.frame, {"prepare": before, "model": model})
            for picture, attention, p, before in zip(pictures, maps, prepared, times, strict=True)
        ]

    @torch.inference_mode()
    def run(self, lines: Tensor) -> tuple[Tensor, Tensor]:
        """N x 1 x size x size prepared lines -> images N x 3 x size x size in [-1, 1] and the attention."""
        with torch.autocast(self.device.type, torch.bfloat16):
            generated = self._generator(lines.to(self.device))
        assert generated.attention is not None
        return generated.image.float(), generated.attention


def to_pictures(images: Tensor) -> np.ndarray:
    """N x 3 x H x W in [-1, 1] -> N x H x W x 3 uint8."""
    scaled = (images.float().clamp(-1, 1) + 1) * 127.5
    return scaled.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
