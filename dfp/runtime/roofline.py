"""How fast the networks could be at best: their operations over what the device calculates in a second."""

import time
from dataclasses import dataclass

import torch
from torch.utils.flop_counter import FlopCounterMode

from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator
from dfp.model.precision import autocast


@dataclass(frozen=True)
class Roofline:
    """operations: floating-point operations for one picture.

    peak: operations a second that large matrix products reach on this device, in the networks' own precision.
    """

    operations: float
    peak: float

    @property
    def best(self) -> float:
        """Pictures a second if nothing but those operations took time."""
        return self.peak / self.operations

    def share(self, rate: float) -> float:
        """The fraction of the peak that `rate` pictures a second are."""
        return rate / self.best

    def __str__(self) -> str:
        return (
            f"{self.operations / 1e9:.1f} GFLOP a picture, {self.peak / 1e12:.2f} TFLOP/s here: "
            f"{self.best:.1f} pictures a second at best"
        )


def operations(config: ModelConfig) -> float:
    """Floating-point operations (two a multiplication and addition) of G_m for one picture."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter, torch.inference_mode():
        MainGenerator(config)(torch.zeros(1, 1, config.size, config.size))
    return float(counter.get_total_flops())


def peak(device: torch.device, repeats: int = 5) -> float:
    """Operations a second of square matrix products, the best of several."""
    side = 8192 if device.type == "cuda" else 1024
    one, two = (torch.randn(side, side, device=device) for _ in range(2))
    fastest = float("inf")
    with autocast(device), torch.no_grad():
        torch.mm(one, two)
        for _ in range(repeats):
            _wait(device)
            began = time.perf_counter()
            torch.mm(one, two)
            _wait(device)
            fastest = min(fastest, time.perf_counter() - began)
    return 2 * side**3 / fastest


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
