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

Tensors = tuple[Tensor, ...]
Draw = Callable[..., Tensors]


@dataclass(frozen=True)
class Recording:
    """What is played back: it reads `inputs` and writes `outputs`, always at the same places."""

    graph: torch.cuda.CUDAGraph
    inputs: Tensors
    outputs: Tensors


class CudaGraphs:
    """Calls `draw`, which takes tensors (N x ... or 1 x ...) on the device and gives others there."""

    def __init__(self, draw: Draw, device: torch.device):
        self._draw, self._device = draw, device
        self._recordings: dict[tuple[int, ...], Recording] = {}
        self._can_record = True
        self._lock = threading.Lock()

    @torch.inference_mode()
    def __call__(self, *inputs: Tensor) -> Tensors:
        """What `draw` gives, on the processor; the inputs may be there, too."""
        with self._lock:
            there = tuple(t.to(self._device) for t in inputs)
            recording = self._recording(there)
            if recording is None:
                outputs = self._draw(*there)
            else:
                for own, given in zip(recording.inputs, there, strict=True):
                    own.copy_(given)
                recording.graph.replay()
                outputs = recording.outputs
            # The next one writes to the same places: copied before anybody else may come.
            return tuple(t.cpu() for t in outputs)

    def release(self) -> None:
        """Forget the recordings, which hold memory."""
        with self._lock:
            self._recordings.clear()
            torch.cuda.empty_cache()

    def _recording(self, inputs: Tensors) -> Recording | None:
        """The one for so many of each input, made if need be; None where it is better to do without."""
        counts = tuple(len(tensor) for tensor in inputs)
        if max(counts) > LARGEST or not self._can_record:
            return None
        if counts not in self._recordings:
            try:
                self._recordings[counts] = self._record(tuple(t.clone() for t in inputs))
            except RuntimeError as error:
                # Drawing itself may still work, or says why not.
                self._recordings.clear()
                if not isinstance(error, torch.OutOfMemoryError):
                    log.warning("the graphics card draws without recordings, a little slower: %s", error)
                    self._can_record = False
                return None
        return self._recordings[counts]

    def _record(self, inputs: Tensors) -> Recording:
        current, beside = torch.cuda.current_stream(self._device), torch.cuda.Stream(self._device)
        beside.wait_stream(current)
        with torch.cuda.stream(beside), torch.backends.cudnn.flags(enabled=True, benchmark=True):
            for _ in range(WARM_UPS):
                self._draw(*inputs)
        current.wait_stream(beside)
        graph = torch.cuda.CUDAGraph()
        # Another thread may load the spare model or ask for the card's state meanwhile.
        with torch.cuda.graph(graph, stream=beside, capture_error_mode="thread_local"):
            outputs = self._draw(*inputs)
        return Recording(graph, inputs, outputs)
