"""What the dual generators cost: a step of stage 3 against one of pix2pixHD's scheme, timed side by side."""

import statistics
import time
from dataclasses import dataclass, replace
from functools import partial

import torch

from dfp_training.data.loader import Batch
from dfp_training.loop.trainer import Trainer
from dfp_training.tasks.dual import StageConfig
from dfp_training.tasks.stages import dual_model

INK = 0.05  # share of a sketch that is lines


@dataclass(frozen=True)
class Comparison:
    """Seconds a step of each round: of stage 3, and of one generator with the same discriminator."""

    batch: int
    dual: list[float]
    single: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times longer the dual step took, round by round: neighbours in time share the machine's mood."""
        return [d / s for d, s in zip(self.dual, self.single, strict=True)]

    def lines(self) -> list[str]:
        """The table, medians with the smallest and largest of all rounds."""
        rows = [f"{'':34}  s/step      (from .. to)   img/s"]
        for name, seconds in (("stage 3: G_a, G_m and D", self.dual), ("pix2pixHD's scheme: G_a and D", self.single)):
            middle = statistics.median(seconds)
            rows.append(f"{name:34}{middle:8.4f}  ({_span(seconds, 4)}) {self.batch / middle:7.1f}")
        return [*rows, f"{'ratio':34}{statistics.median(self.ratios):8.2f}  ({_span(self.ratios, 2)})"]


def _span(values: list[float], digits: int) -> str:
    return f"{min(values):.{digits}f} .. {max(values):.{digits}f}"


def random_batch(config: StageConfig, device: torch.device) -> Batch:
    """Sketches with a twentieth of their pixels inked and pictures of noise, the same for the same seed.

    All zeros would let a processor skip work, and instance norm divide by nothing.
    """
    draw = torch.Generator().manual_seed(config.seed)
    lines = torch.rand(2, config.batch, 1, config.size, config.size, generator=draw) < INK
    photo = torch.rand(config.batch, 3, config.size, config.size, generator=draw) * 2 - 1
    return Batch(lines[0].float().to(device), lines[1].float().to(device), photo.to(device))


def compare(
    config: StageConfig, device: torch.device, rounds: int, steps: int = 1, compiled: bool = False
) -> Comparison:
    """Time `steps` steps of each scheme in turn, `rounds` times, after two that do not count.

    Both are `config` but for the stage: batch, size, widths, discriminator and optimisers are the same.
    """
    batch = random_batch(config, device)
    dual, single = (Trainer(c, device, partial(dual_model, c)) for c in (replace(config, stage=s) for s in (3, 1)))
    for trainer in (dual, single):
        if compiled:
            trainer.compile()
        _seconds(trainer, batch, 2)
    times = [(_seconds(dual, batch, steps), _seconds(single, batch, steps)) for _ in range(rounds)]
    return Comparison(config.batch, [d for d, _ in times], [s for _, s in times])


def _seconds(trainer: Trainer, batch: Batch, steps: int) -> float:
    _wait(trainer.device)
    began = time.perf_counter()
    for _ in range(steps):
        trainer.step(batch, 0)
    _wait(trainer.device)
    return (time.perf_counter() - began) / steps


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
