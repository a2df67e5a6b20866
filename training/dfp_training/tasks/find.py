"""The finder: trained on sheets that are made as it learns (`dfp_training.data.sheets`)."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from dfp.model.finder import CELLS, OUTPUTS
from dfp.model.small_network import STRIDE
from dfp.sketch.heads import AROUND, UPRIGHT
from dfp.sketch.reduction import Reduction, looked_at, reduced
from dfp_training.data.pack import Pack
from dfp_training.data.sheets import Placed, Sheet, sheet
from dfp_training.loop.fit import FitConfig, Made, begin, fit, load_mean
from dfp_training.networks.finder import Finder
from dfp_training.option import option

FINDER = "finder"  # kind of its checkpoints
AGAIN = 0.25  # share of sheets of which a part is looked at
SPREAD = 0.06  # of the frame's side: how far around its centre a cell may be certain of a head
NEAR = 0.1  # of the frame's side: how far around its centre cells say where it is
FOCUS, EASE = 2, 4  # of the focal loss (CenterNet, Zhou et al. 2019)


@dataclass(frozen=True, kw_only=True)
class FinderConfig(FitConfig):
    """The finder's configuration."""

    clean: float = option(0.3, "share of sheets with nothing on them but heads", most=1)


class Truth(NamedTuple):
    """What the network is to answer of N sheets, all N x ... x CELLS x CELLS: heat, whether it counts (0 or 1), the
    other outputs, how much they count, and the sides of the frames in cells."""

    heat: Tensor
    counts: Tensor
    boxes: Tensor
    weights: Tensor
    sides: Tensor


def train_finder(
    config: FinderConfig, pack: Pack, run: Path, device: torch.device, before: Path | None = None
) -> Finder | None:
    """Train the finder, or go on from `run`/checkpoint.pt. Returns None when it was interrupted before its end.

    `before`: the folder of a run whose finder a new run starts from, or a file of weights. Raises CheckpointError for a
    checkpoint of another configuration and for weights that are none of a finder.
    """
    torch.manual_seed(config.seed)
    finder, data = Finder(), Sheets(pack, pack.indices("train"), config)
    begin(finder, FINDER, before, data)

    def compared(answer: Tensor, truth: list[Tensor]) -> dict[str, Tensor]:
        return losses(answer, Truth(*truth))

    return finder_of(run) if fit(FINDER, finder, config, data, compared, run, device) else None


def finder_of(run: Path) -> Finder:
    """The finder as a run's checkpoint has it, the mean of its latest weights. Raises CheckpointError."""
    finder = Finder()
    load_mean(finder, FINDER, run)
    return finder.eval()


def losses(answer: Tensor, truth: Truth) -> dict[str, Tensor]:
    """How wrong an answer is: where heads are, their places and sizes in shares of their sides, their turns."""
    heat = truth.heat
    likely = torch.sigmoid(answer[:, :1])
    hit = -F.logsigmoid(answer[:, :1]) * (1 - likely) ** FOCUS * (heat == 1)
    miss = -F.logsigmoid(-answer[:, :1]) * likely**FOCUS * (1 - heat) ** EASE * (heat < 1)
    where = ((hit + miss) * truth.counts).sum() / (heat == 1).sum().clamp(min=1)
    said, weight = answer[:, 1:], truth.weights
    total = weight.sum().clamp(min=1)
    offset = F.smooth_l1_loss(said[:, :2] / truth.sides, truth.boxes[:, :2] / truth.sides, reduction="none", beta=0.02)
    size = F.smooth_l1_loss(said[:, 2:3], truth.boxes[:, 2:3], reduction="none", beta=0.02)
    turn = F.smooth_l1_loss(said[:, 3:], truth.boxes[:, 3:], reduction="none", beta=0.5)
    return {
        "where": where,
        "place": 6 * (offset * weight).sum() / total,
        "size": 3 * (size * weight).sum() / total,
        "turn": 6 * (turn * weight).sum() / total,
    }


def truth_of(heads: list[Placed], view: Reduction) -> list[np.ndarray]:
    """The parts of `Truth` for what is seen of one sheet, float32."""
    heat, boxes = np.zeros((1, CELLS, CELLS), np.float32), np.zeros((OUTPUTS - 1, CELLS, CELLS), np.float32)
    counts, sides = np.ones_like(heat), np.ones_like(heat)
    weights = np.zeros_like(heat)
    rows, columns = np.mgrid[:CELLS, :CELLS] + 0.5
    for head in heads:
        x, y = (place / STRIDE for place in view.in_cells(head.x, head.y))
        side = head.side / view.scale / STRIDE
        if not (0 <= x < CELLS and 0 <= y < CELLS):
            continue
        squared = (columns - x) ** 2 + (rows - y) ** 2
        around = np.exp(-squared / (2 * max(0.7, SPREAD * side) ** 2))
        around[int(y), int(x)] = 1
        if head.sure:
            np.maximum(heat[0], around, out=heat[0])
        else:
            counts[0][squared < (0.4 * side) ** 2] = 0
        near = squared < max(1.2, NEAR * side) ** 2
        near[int(y), int(x)] = True
        near &= weights[0] < around
        weights[0][near], sides[0][near] = around[near], side
        turn = head.turn - view.turn
        boxes[0][near], boxes[1][near] = x - columns[near], y - rows[near]
        boxes[2][near], boxes[3][near], boxes[4][near] = math.log(side), math.sin(turn), math.cos(turn)
    return [heat, counts, boxes, weights, sides]


class Sheets(Dataset[Made]):
    """Sheet and truth by number; a number gives the same ones every time."""

    def __init__(self, pack: Pack, faces: np.ndarray, config: FinderConfig):
        self._pack, self._faces, self._config = pack, faces, config

    def __getitem__(self, number: int) -> Made:  # pyright: ignore[reportIncompatibleMethodOverride]
        rng = np.random.default_rng([self._config.seed, number])
        made = sheet(self._pack, self._faces, rng, self._config.clean)
        view = _again(made, rng) if made.heads and rng.random() < AGAIN else reduced(made.ink)
        return [view.cells, *truth_of(made.heads, view)]


def _again(made: Sheet, rng: np.random.Generator) -> Reduction:
    """As `dfp.sketch.heads` looks again at a head that it has found, not quite rightly yet."""
    head = made.heads[rng.integers(len(made.heads))]
    x, y = np.array([head.x, head.y]) + rng.normal(0, 0.05, 2) * head.side
    side = head.side * AROUND * np.exp(rng.normal(0, 0.1))
    turn = head.turn + rng.normal(0, 0.12) if abs(head.turn) > UPRIGHT else 0.0
    return looked_at(made.ink, (x, y), side, turn)
