"""What calculates G_m: one small interface, and the choice among what is installed."""

import ctypes
import importlib.util
import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dfp.errors import DfpError, WeightsError
from dfp.model.inputs import Inputs, Outputs

log = logging.getLogger(__name__)

RUNTIMES = "auto", "torch", "openvino"
INSTALL = "Install it with: pip install openvino"
NO_MEMORY = "not enough memory", "allocate memory", "out of memory", "bad_alloc", "bad allocation"


@dataclass(frozen=True)
class Device:
    """Where the model runs: `type` is cpu or cuda. PyTorch's own class would take seconds to import."""

    type: str

    def __str__(self) -> str:
        return self.type


class Interrupted(Exception):
    """A call was ended by `Runtime.interrupt` before it had drawn everything."""


class Runtime(Protocol):
    """G_m with its weights, ready to run.

    name: torch or openvino.
    """

    name: str
    device: Device

    def __call__(self, inputs: Inputs) -> Outputs:
        """Draw N faces. Raises Interrupted; MemoryError or RuntimeError, see `is_out_of_memory`."""
        ...

    def interrupt(self) -> None:
        """From another thread: let the call that is going on raise Interrupted, if there is one and it can."""
        ...

    def release(self) -> None:
        """Give back memory that is kept for the next call."""
        ...


def open_runtime(weights: Path, device: str, runtime: str = "auto") -> Runtime:
    """Load release weights into a runtime: the fastest that is installed, or the one that is named.

    `device`: auto, cpu or cuda. Raises DfpError with a sentence.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise DfpError(f"The device must be auto, cpu or cuda, not {device}.")
    if runtime not in RUNTIMES:
        raise DfpError(f"The runtime must be auto, torch or openvino, not {runtime}.")
    if runtime == "torch":
        opened, why = _torch(weights, device), "asked for"
    elif runtime == "openvino":
        if device == "cuda":
            raise DfpError("OpenVINO draws on the processor only. Take --device cpu or --runtime torch.")
        opened, why = _openvino(weights), "asked for"
    elif device == "cuda" or (device == "auto" and has_cuda()):
        opened, why = _torch(weights, "cuda"), "the only one for NVIDIA's graphics cards"
    else:
        opened, why = _fastest_on_cpu(weights)
    log.info("runtime %s on %s: %s", opened.name, opened.device, why)
    return opened


def _fastest_on_cpu(weights: Path) -> tuple[Runtime, str]:
    if not has_openvino():
        return _torch(weights, "cpu"), f"OpenVINO, which is faster there, is not installed ({INSTALL})"
    try:
        return _openvino(weights), "the fastest there that is installed"
    except WeightsError:
        raise
    except DfpError as error:
        log.warning("%s Now PyTorch draws, which is slower.", error)
        return _torch(weights, "cpu"), "OpenVINO, which is faster there, cannot be used"


def _torch(weights: Path, device: str) -> Runtime:
    # Takes seconds to import, and is not always needed.
    from dfp.runtime.torch import TorchRuntime

    return TorchRuntime.load(weights, device)


def _openvino(weights: Path) -> Runtime:
    if not has_openvino():
        raise DfpError(f"OpenVINO is not installed. {INSTALL}, or take --runtime torch.")
    from dfp.runtime.openvino import OpenVinoRuntime

    try:
        return OpenVinoRuntime.load(weights)
    except DfpError:
        raise
    except Exception as error:  # of many kinds: of its libraries, of this processor, of this model
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DfpError(f"OpenVINO cannot be used here ({what}).") from error


def has_openvino() -> bool:
    """Whether OpenVINO is installed; it is not imported."""
    return importlib.util.find_spec("openvino") is not None


def has_cuda() -> bool:
    """Whether there is a graphics card that PyTorch can use; without NVIDIA's driver PyTorch is not imported."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    import torch

    return torch.cuda.is_available()


def is_out_of_memory(error: Exception) -> bool:
    """Whether a runtime failed for want of memory, which most of them tell by their words alone."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)
    )
