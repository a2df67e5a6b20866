"""G_m converted for OpenVINO, once for each weights file and version of what takes part in it."""

import functools
import hashlib
import importlib.metadata
import logging
import sys
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from dfp.model.inputs import COLOURS, Inputs
from dfp.model.weights_header import checksum
from dfp.runtime.openvino_cache import Graph, read, store

log = logging.getLogger(__name__)

# Whose code the graph is made by and of.
SOURCES = (
    *(f"model/{name}.py" for name in ("classes", "config", "inputs", "networks")),
    *(f"model/{name}.py" for name in ("region_head", "sap", "trunk", "upsampled_conv")),
    *("runtime/torch.py", "runtime/openvino_convert.py"),
)


def import_openvino() -> ModuleType:
    """The package openvino. Raises ImportError.

    When it is imported, and again with each conversion, it reports to its makers through openvino_telemetry, unless
    that package is missing. For this process it is.
    """
    if "openvino" not in sys.modules:
        sys.modules["openvino_telemetry"] = None  # pyright: ignore[reportArgumentType]
    import openvino

    return openvino


@functools.cache
def the_core() -> Any:
    """OpenVINO's `Core`, one for the process and for as long as it lives. Raises ImportError and what OpenVINO raises.

    Each puts a stack for signals of its own in place of the one before and, when it goes, that one back. Of two that go
    in the order they came the second puts back a stack that is no more, and the next Ctrl-C ends the program.
    """
    return import_openvino().Core()


def graph_of(weights: Path) -> Graph:
    """The graph of a weights file, converted if it was not before. Raises WeightsError."""
    key = key_of(weights)
    graph = read(key)
    if graph is None:
        log.info("converting the model for OpenVINO, which takes some seconds, once")
        graph = convert(weights)
        store(key, graph)
    return graph


def key_of(weights: Path) -> str:
    """What a graph depends on, as 32 hexadecimal digits."""
    versions = [importlib.metadata.version(package) for package in ("openvino", "torch")]
    folder = Path(__file__).parents[1]
    sources = [path.read_bytes() for name in SOURCES if (path := folder / name).is_file()]
    parts = [checksum(weights).encode(), *(version.encode() for version in versions), *sources]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:32]


def convert(weights: Path) -> Graph:
    """Read a weights file with PyTorch and trace G_m, for one sketch at a time.

    Inputs and outputs as `dfp.model.inputs` has them, in order, of one sketch in any number of palettes; colours where
    the network knows them. Raises WeightsError; takes seconds.
    """
    import torch

    from dfp.model.networks import Colours
    from dfp.model.weights import load
    from dfp.runtime.torch import as_bytes, likelihoods

    ov = import_openvino()
    generator, config = load(weights)

    class Drawn(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.generator = generator

        def forward(
            self,
            lines: torch.Tensor,
            trust: torch.Tensor,
            palette: torch.Tensor | None = None,
            painted: torch.Tensor | None = None,
        ) -> tuple[torch.Tensor, ...]:
            told = None if palette is None or painted is None else Colours(palette, painted)
            generated = self.generator(lines, trust, told)
            parts = as_bytes(generated.image), generated.attention
            return parts if generated.regions is None else (*parts, likelihoods(generated))

    one = Inputs.of(np.zeros((1, 1, config.size, config.size), np.float32))
    inputs = replace(one, palette=np.zeros((2, COLOURS), np.float32)).arrays(config.codes > 0)
    shapes = [(-1, *array.shape[1:]) if len(array) > 1 else array.shape for array in inputs]
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # what tracing cannot see in general is fixed here
        example = tuple(torch.from_numpy(array) for array in inputs)
        model = ov.convert_model(Drawn().eval(), example_input=example, input=shapes)
        # Release weights are in half precision: nothing is lost.
        ov.save_model(model, Path(folder, "gm.xml"), compress_to_fp16=True)
        constants = np.fromfile(Path(folder, "gm.bin"), np.uint8)
        return Graph(Path(folder, "gm.xml").read_text("utf-8"), constants)
