"""G_m in OpenVINO, on the processor: twice as fast as PyTorch there, and ready without importing it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from dfp.model.inputs import COLOURS, Inputs, Outputs
from dfp.runtime.base import Device, Interrupted
from dfp.runtime.openvino_cache import Graph
from dfp.runtime.openvino_convert import graph_of, import_openvino, the_core

PALETTE = 2  # among a graph's inputs, where the network knows colours
TOGETHER = 4  # palettes of one sketch that are drawn at once
WORTH_IT = 3  # of them; fewer are drawn sooner one after the other


class OpenVinoRuntime:
    """A `Runtime`: bfloat16 where the processor calculates in it by itself, else float32.

    A graph for any number of pictures takes longer for each, so there is one for one picture. Another one, made when it
    is first needed, draws a sketch in several palettes and does once what no palette changes.
    """

    name = "openvino"
    device = Device("cpu")

    def __init__(self, graph: Callable[[], Graph]):
        """`graph` reads what is compiled, once for each."""
        self._graph = graph
        self._one = self._request(1)
        self._several: Any = None
        self._lock = threading.Lock()
        self._interrupted = threading.Event()

    @classmethod
    def load(cls, weights: Path) -> "OpenVinoRuntime":
        """Read release weights, converted before or now. Raises WeightsError and whatever OpenVINO raises."""
        return cls(partial(graph_of, weights))

    def _request(self, palettes: int) -> Any:
        """What draws one sketch in so many palettes."""
        ov, core = import_openvino(), the_core()
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": ov.Type.bf16 if native else ov.Type.f32,
            # Beside other work a thread that may not leave its core waits for that work.
            "ENABLE_CPU_PINNING": False,
        }
        graph = self._graph()
        model = core.read_model(graph.xml.encode(), ov.Tensor(graph.constants))
        if len(model.inputs) > PALETTE:
            model.reshape({model.inputs[PALETTE]: [palettes, COLOURS]})
        return core.compile_model(model, "CPU", options).create_infer_request()

    def __call__(self, inputs: Inputs) -> Outputs:
        """As `Runtime` says."""
        with self._lock:
            self._interrupted.clear()
            drawn = [self._draw(part) for part in _parts(inputs)]
        pictures, attention, *regions = (np.concatenate(each) for each in zip(*drawn, strict=True))
        return Outputs(pictures, attention, regions[0] if regions else np.zeros((len(pictures), 0, 1, 1), np.uint8))

    def _draw(self, inputs: Inputs) -> list[np.ndarray]:
        """One face, or those of one sketch in at most TOGETHER palettes."""
        count = len(inputs)
        if count > 1:
            self._several = self._several or self._request(TOGETHER)
            rest = np.repeat(inputs.palette[-1:], TOGETHER - count, 0)
            inputs = replace(inputs, palette=np.concatenate([inputs.palette, rest]))
        request = self._several if count > 1 else self._one
        # Between two pictures there is nothing that could be cancelled.
        if self._interrupted.is_set():
            raise Interrupted
        try:
            outputs = request.infer(inputs.arrays(len(request.model_inputs) > PALETTE), share_outputs=True).values()
        except RuntimeError as error:
            if self._interrupted.is_set():
                raise Interrupted from error
            raise
        # The next one is written to the same places. There is one attention for all palettes.
        return [np.broadcast_to(part[:count], (count, *part.shape[1:])).copy() for part in outputs]

    def interrupt(self) -> None:
        """As `Runtime` says; a picture is given up within milliseconds."""
        self._interrupted.set()
        for request in (self._one, self._several):
            if request is not None:
                request.cancel()

    def release(self) -> None:
        """Give back memory that is kept for the next call."""
        with self._lock:
            self._several = None
        self._one.get_compiled_model().release_memory()


def _parts(inputs: Inputs) -> Iterator[Inputs]:
    """What is drawn at once."""
    if len(inputs.lines) == len(inputs):
        yield from inputs.apart()
        return
    for start in range(0, len(inputs), TOGETHER):
        part = replace(inputs, palette=inputs.palette[start : start + TOGETHER])
        yield from [part] if len(part) >= WORTH_IT else part.apart()
