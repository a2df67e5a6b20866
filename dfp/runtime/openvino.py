"""G_m in OpenVINO, on the processor: twice as fast as PyTorch there, and ready without importing it."""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from dfp.model.inputs import Inputs, Outputs
from dfp.runtime.base import Device, Interrupted
from dfp.runtime.openvino_cache import Graph
from dfp.runtime.openvino_convert import graph_of, import_openvino, the_core


class OpenVinoRuntime:
    """A `Runtime`: bfloat16 where the processor calculates in it by itself, else float32."""

    name = "openvino"
    device = Device("cpu")

    def __init__(self, graph: Graph):
        ov, core = import_openvino(), the_core()
        native = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        options: dict[str, Any] = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": ov.Type.bf16 if native else ov.Type.f32,
            # Beside other work a thread that may not leave its core waits for that work.
            "ENABLE_CPU_PINNING": False,
        }
        model = core.read_model(graph.xml.encode(), ov.Tensor(graph.constants))
        self._compiled = core.compile_model(model, "CPU", options)
        self._request = self._compiled.create_infer_request()
        self._lock = threading.Lock()
        self._interrupted = threading.Event()

    @classmethod
    def load(cls, weights: Path) -> "OpenVinoRuntime":
        """Read release weights, converted before or now. Raises WeightsError and whatever OpenVINO raises."""
        return cls(graph_of(weights))

    def __call__(self, inputs: Inputs) -> Outputs:
        """As `Runtime` says."""
        # One after the other: a graph for any number of pictures takes longer for each.
        arrays = inputs.arrays(len(self._compiled.inputs) > 2)
        outputs = [
            np.empty((len(inputs), *tuple(output.shape)[1:]), kind)
            for output, kind in zip(self._compiled.outputs, (np.uint8, np.float32, np.uint8), strict=False)
        ]
        with self._lock:
            self._interrupted.clear()
            for i in range(len(inputs)):
                drawn = self._draw([array[i : i + 1] for array in arrays])
                for number, output in enumerate(outputs):
                    output[i] = drawn[number][0]
        without = np.zeros((len(inputs), 0, 1, 1), np.uint8)
        return Outputs(outputs[0], outputs[1], outputs[2] if len(outputs) > 2 else without)

    def _draw(self, inputs: list[np.ndarray]) -> Any:
        # Between two pictures there is nothing that could be cancelled.
        if self._interrupted.is_set():
            raise Interrupted
        try:
            return self._request.infer(inputs, share_outputs=True)
        except RuntimeError as error:
            if self._interrupted.is_set():
                raise Interrupted from error
            raise

    def interrupt(self) -> None:
        """As `Runtime` says; a picture is given up within milliseconds."""
        self._interrupted.set()
        self._request.cancel()

    def release(self) -> None:
        """Give back memory that is kept for the next call."""
        self._compiled.release_memory()
