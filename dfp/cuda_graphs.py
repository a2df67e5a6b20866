"""A network's work on a graphics card, recorded once for each size of batch and then played back.

G_m is some two hundred small kernels: to launch them one by one from Python takes longer than to calculate them.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

log = logging.getLogger(__name__)

LARGEST = 8  # pictures: above, calculating takes longer than launching, and recordings take memory
WARM_UPS = 3  # in which cuDNN looks for the fastest convolutions

Draw = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Recording:
    """What is played back: it reads `lines` and `trust` and writes `outputs`, always at the same places."""

    graph: torch.cuda.CUDAGraph
    lines: Tensor
    trust: Tensor
    outputs: tuple[Tensor, Tensor]


class CudaGraphs:
    """Calls `draw`, which takes lines and trust (N x ...) on the device and gives two tensors (N x ...) there."""

    def __init__(self, draw: Draw, device: torch.device):
        self._draw, self._device = draw, device
        self._recordings: dict[int, Recording] = {}
        self._can_record = True
        self._lock = threading.Lock()

    @torch.inference_mode()
    def __call__(self, lines: Tensor, trust: Tensor) -> tuple[Tensor, Tensor]:
        """What `draw` gives, on the processor; lines and trust may be there, too."""
        with self._lock:
            recording = self._recording(lines.to(self._device), trust.to(self._device))
            if recording is None:
                first, second = self._draw(lines.to(self._device), trust.to(self._device))
            else:
                recording.lines.copy_(lines)
                recording.trust.copy_(trust)
                recording.graph.replay()
                first, second = recording.outputs
            # The next one writes to the same places: copied before anybody else may come.
            return first.cpu(), second.cpu()

    def release(self) -> None:
        """Forget the recordings, which hold memory."""
        with self._lock:
            self._recordings.clear()
            torch.cuda.empty_cache()

    def _recording(self, lines: Tensor, trust: Tensor) -> Recording | None:
        """The one for so many pictures, made if need be; None where it is better to do without."""
        if len(lines) > LARGEST or not self._can_record:
            return None
        if len(lines) not in self._recordings:
            try:
                self._recordings[len(lines)] = self._record(lines.clone(), trust.clone())
            except RuntimeError as error:
                # Drawing itself may still work, or says why not.
                self._recordings.clear()
                if not isinstance(error, torch.OutOfMemoryError):
                    log.warning("the graphics card draws without recordings, a little slower: %s", error)
                    self._can_record = False
                return None
        return self._recordings[len(lines)]

    def _record(self, lines: Tensor, trust: Tensor) -> Recording:
        current, beside = torch.cuda.current_stream(self._device), torch.cuda.Stream(self._device)
        beside.wait_stream(current)
        with torch.cuda.stream(beside), torch.backends.cudnn.flags(enabled=True, benchmark=True):
            for _ in range(WARM_UPS):
                self._draw(lines, trust)
        current.wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        # Another thread may load the spare model or ask for the card's state meanwhile.
        with torch.cuda.graph(graph, stream=beside, capture_error_mode="thread_local"):
            outputs = self._draw(lines, trust)
        return Recording(graph, lines, trust, outputs)
