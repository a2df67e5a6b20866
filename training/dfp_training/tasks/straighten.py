"""The straightener: trained on faces that are bent as it learns (`dfp_training.data.crooked`)."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from dfp_training.data.crooked import crooked
from dfp_training.data.pack import Pack
from dfp_training.loop.fit import FitConfig, Made, begin, fit, load_mean
from dfp_training.networks.straightener import Straightener

STRAIGHTENER = "straightener"  # kind of its checkpoints
SMALL = 0.01  # of the side: errors below it count by their squares
HELD_OUT = 400  # drawings that it is measured on


@dataclass(frozen=True, kw_only=True)
class StraightenerConfig(FitConfig):
    """The straightener's configuration."""


class Left(NamedTuple):
    """How far held-out drawings were bent and what is left of it, root mean squares in shares of the side."""

    before: float
    after: float

    def __str__(self) -> str:
        return (
            f"held-out drawings, bent by {self.before:.2%} of their side: {self.after / self.before:.0%} of it is left"
        )


def train_straightener(
    config: StraightenerConfig, pack: Pack, run: Path, device: torch.device, before: Path | None = None
) -> Straightener | None:
    """Train the straightener, or go on from `run`/checkpoint.pt. Returns None when it was interrupted before its end.

    `before`: the folder of a run whose straightener a new run starts from, or a file of weights. Raises CheckpointError
    for a checkpoint of another configuration and for weights that are none of a straightener.
    """
    torch.manual_seed(config.seed)
    network, data = Straightener(), Drawings(pack, pack.indices("train"), config.seed)
    begin(network, STRAIGHTENER, before, data)
    return straightener_of(run) if fit(STRAIGHTENER, network, config, data, losses, run, device) else None


def straightener_of(run: Path) -> Straightener:
    """The straightener as a run's checkpoint has it, the mean of its latest weights. Raises CheckpointError."""
    network = Straightener()
    load_mean(network, STRAIGHTENER, run)
    return network.eval()


def losses(answer: Tensor, truth: list[Tensor]) -> dict[str, Tensor]:
    """How far the ways home that are said are from the true ones, where lines are before all."""
    away, counts, _ = truth
    apart = F.smooth_l1_loss(answer / SMALL, away / SMALL, reduction="none").mean(1, keepdim=True)
    return {"away": (apart * counts).sum() / counts.sum()}


class Drawings(Dataset[Made]):
    """Crooked drawings by number; a number gives the same one every time."""

    def __init__(self, pack: Pack, faces: np.ndarray, seed: int):
        self._pack, self._faces, self._seed = pack, faces, seed

    def __getitem__(self, number: int) -> Made:  # pyright: ignore[reportIncompatibleMethodOverride]
        rng = np.random.default_rng([self._seed, number])
        return list(crooked(self._pack, int(rng.choice(self._faces)), rng))


@torch.inference_mode()
def measured(network: Straightener, pack: Pack, faces: np.ndarray) -> Left:
    """What the network leaves of the bends of a pack's faces."""
    drawings = Drawings(pack, faces, 0)
    parts = zip(*(drawings[number] for number in range(HELD_OUT)), strict=True)
    lines, _, _, bent = (torch.from_numpy(np.stack(part)) for part in parts)
    left = network.eval().cpu()(lines) - bent
    return Left(*(float(field.square().mean().sqrt()) for field in (bent, left)))
