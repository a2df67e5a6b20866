"""G_m in PyTorch. Importing this module imports torch, which takes seconds."""

import threading
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dfp.errors import DfpError
from dfp.model import weights as weights_file
from dfp.model.inputs import Inputs, Outputs
from dfp.model.networks import Colours, Generated, MainGenerator
from dfp.model.precision import has_bfloat16
from dfp.runtime.base import Device, Interrupted
from dfp.runtime.cuda_graphs import CudaGraphs


def choose_device(name: str) -> torch.device:
    """auto, cpu or cuda -> a device; auto takes the GPU when there is one. Raises DfpError."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise DfpError("There is no CUDA graphics card that PyTorch can use here. Take --device cpu.")
    if name not in ("cpu", "cuda"):
        raise DfpError(f"The device must be auto, cpu or cuda, not {name}.")
    return torch.device(name)


class TorchRuntime:
    """A `Runtime` in the numbers that the device calculates fastest in, see `numbers_of`."""

    name = "torch"

    def __init__(self, generator: MainGenerator, device: torch.device):
        self.device = Device(device.type)
        self._device = device
        self._numbers = numbers_of(device)
        # Half precision is fastest with the channels innermost; a processor's float32 is not.
        layout = torch.preserve_format if self._numbers == torch.float32 else torch.channels_last
        self._generator = generator.to(device).to(memory_format=layout).eval()  # pyright: ignore[reportCallIssue]
        self._interrupted = threading.Event()
        for part in self._generator.modules():
            if isinstance(part, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
                # Once, instead of in every call; the calculation is the same.
                part.to(self._numbers)
                if device.type == "cpu":
                    part.register_forward_pre_hook(self._stop_if_interrupted)
        self._graphs = CudaGraphs(self._drawn, device) if device.type == "cuda" else None

    @classmethod
    def load(cls, weights: Path, device: str) -> "TorchRuntime":
        """Read release weights. Raises WeightsError or DfpError with a sentence."""
        chosen = choose_device(device)
        return cls(weights_file.load(weights)[0], chosen)

    @torch.inference_mode()
    def __call__(self, inputs: Inputs) -> Outputs:
        """As `Runtime` says."""
        self._interrupted.clear()
        draw = self._graphs or self._drawn
        coloured = self._generator.trunk.appearance is not None
        return Outputs(*(t.numpy() for t in draw(*(torch.from_numpy(a) for a in inputs.arrays(coloured)))))

    def _drawn(self, lines: Tensor, trust: Tensor, *colours: Tensor) -> tuple[Tensor, ...]:
        generated = self.run(lines, trust, Colours(*colours) if colours else None)
        assert generated.attention is not None
        # Of one sketch in several palettes there is one for all.
        attention = generated.attention.expand(len(generated.image), -1, -1, -1)
        return as_bytes(generated.image), attention, likelihoods(generated)

    @torch.inference_mode()
    def run(self, lines: Tensor, trust: Tensor | None = None, colours: Colours | None = None) -> Generated:
        """The same in tensors on the device, float32: images N x 3 x size x size in [-1, 1], attention, regions."""
        trust = None if trust is None else trust.to(self._device)
        told = None if colours is None else Colours(*(t.to(self._device) for t in colours))
        with torch.autocast(self._device.type, self._numbers, enabled=self._numbers != torch.float32):
            drawn = self._generator(lines.to(self._device), trust, told)
        regions = None if drawn.regions is None else drawn.regions.float()
        return drawn._replace(image=drawn.image.float(), attention=drawn.attention.float(), regions=regions)

    def interrupt(self) -> None:
        """As `Runtime` says; the layer that is being calculated ends. A graphics card is not interrupted."""
        self._interrupted.set()

    def _stop_if_interrupted(self, *_: object) -> None:
        if self._interrupted.is_set():
            raise Interrupted

    def release(self) -> None:
        """Give back memory that is kept for the next call."""
        if self._graphs is not None:
            self._graphs.release()


def numbers_of(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies it by itself; else float16 on graphics cards that do; else float32."""
    if has_bfloat16(device):
        return torch.bfloat16
    # Volta and newer; what G_m calculates stays far below float16's limit, for it is normalised again and again.
    halves = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (7, 0)
    return torch.float16 if halves else torch.float32


def as_bytes(images: Tensor) -> Tensor:
    """N x 3 x H x W in [-1, 1] -> N x H x W x 3 uint8 on the same device."""
    scaled = (images.float().clamp(-1, 1) + 1) * 127.5
    return scaled.round().to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def likelihoods(generated: Generated) -> Tensor:
    """The regions as `Outputs` has them: N x 19 x h x w uint8, or N x 0 x 1 x 1."""
    if generated.regions is None:
        return torch.zeros(len(generated.image), 0, 1, 1, dtype=torch.uint8, device=generated.image.device)
    return (generated.regions.float().softmax(1) * 255).round().to(torch.uint8)


def to_pictures(images: Tensor) -> np.ndarray:
    """N x 3 x H x W in [-1, 1] -> N x H x W x 3 uint8."""
    return as_bytes(images).cpu().numpy()
