"""The choice among the runtimes that are installed."""

import ctypes
import importlib.util
import logging
import sys
from pathlib import Path

from dfp.errors import DfpError, WeightsError
from dfp.runtime.base import Runtime

log = logging.getLogger(__name__)

RUNTIMES = "auto", "torch", "openvino"
INSTALL = "Install it with: pip install openvino"


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
