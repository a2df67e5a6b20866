"""The finder: trained on sheets that are made as it learns (`dfp_training.data.sheets`)."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from dfp.model.finder import CELLS, OUTPUTS, STRIDE
from dfp.sketch.heads import AROUND, UPRIGHT
from dfp.sketch.reduction import Reduction, looked_at, reduced
from dfp_training.data.loader import alone
from dfp_training.data.pack import Pack
from dfp_training.data.sheets import Placed, Sheet, sheet
from dfp_training.loop import checkpoint
from dfp_training.loop.progress import Interrupts
from dfp_training.loop.train_config import check_same
from dfp_training.networks.finder import Finder, unfolded
from dfp_training.option import option

FINDER = "finder"  # kind of its checkpoints
SEEN = 128  # sheets on which normalisation is chosen anew when a run goes on from weights
SAVE_EVERY = 250  # steps between checkpoints
AGAIN = 0.25  # share of sheets of which a part is looked at
SPREAD = 0.06  # of the frame's side: how far around its centre a cell may be certain of a head
NEAR = 0.1  # of the frame's side: how far around its centre cells say where it is
FOCUS, EASE = 2, 4  # of the focal loss (CenterNet, Zhou et al. 2019)


@dataclass(frozen=True, kw_only=True)
class FinderConfig:
    """The finder's configuration."""

    batch: int = option(32, "sheets a step", 1)
    steps: int = option(4000, "length; the learning rate falls to zero", 1)
    lr: float = option(2e-3, "learning rate of AdamW, once it has risen")
    clean: float = option(0.3, "share of sheets with nothing on them but heads", most=1)
    seed: int = option(1, "decides start weights and sheets")
    workers: int = option(1, "processes that make sheets")


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
    finder = (Finder() if before is None else _begun(before, config, pack)).to(device).train()
    optimiser = torch.optim.AdamW(finder.parameters(), config.lr, weight_decay=1e-4)
    mean = torch.optim.swa_utils.AveragedModel(finder, multi_avg_fn=_ema(0.995), use_buffers=True)
    latest = run / "checkpoint.pt"
    first = _resumed(checkpoint.read(latest, FINDER), config, finder, optimiser, mean) if latest.exists() else 0

    def save(step: int) -> None:
        said = {"kind": FINDER, "config": asdict(config), "step": step}
        learnt = {"finder": finder.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict()}
        checkpoint.write(latest, {**said, **learnt})

    bar = tqdm(batches(config, pack, first), total=config.steps, initial=first, unit="step", mininterval=5)
    with Interrupts() as interrupts:
        for step, (inputs, truth) in enumerate(bar, first):
            for group in optimiser.param_groups:
                group["lr"] = _learning_rate(config, step)
            terms = _step(finder, optimiser, inputs.to(device), Truth(*(t.to(device) for t in truth)))
            mean.update_parameters(finder)
            if step % 25 == 0:
                bar.set_postfix({name: round(float(term), 3) for name, term in terms.items()})
            if interrupts.asked or (step + 1) % SAVE_EVERY == 0 or step + 1 == config.steps:
                save(step + 1)
            if interrupts.asked:
                return None
    return finder_of(run)


def finder_of(run: Path) -> Finder:
    """The finder as a run's checkpoint has it, the mean of its latest weights. Raises CheckpointError."""
    state = checkpoint.read(run / "checkpoint.pt", FINDER)["mean"]
    finder = Finder()
    finder.load_state_dict({k.removeprefix("module."): t for k, t in state.items() if k.startswith("module.")})
    return finder.eval()


def _begun(before: Path, config: FinderConfig, pack: Pack) -> Finder:
    if before.is_dir():
        return finder_of(before)
    made = Sheets(pack, pack.indices("train"), config)
    inputs = torch.from_numpy(np.stack([made[number][0] for number in range(SEEN)]))
    try:
        return unfolded(load_file(before), inputs)
    except (SafetensorError, OSError, KeyError, RuntimeError) as error:
        raise checkpoint.CheckpointError(f"{before} has no weights of a finder to go on from.") from error


def _ema(decay: float) -> Any:
    return torch.optim.swa_utils.get_ema_multi_avg_fn(decay)


def _learning_rate(config: FinderConfig, step: int) -> float:
    """Rises over a twentieth of the run, then falls to zero along a cosine."""
    rising = min(1.0, (step + 1) / max(1, config.steps / 20))
    return config.lr * rising * (0.5 + 0.5 * math.cos(math.pi * step / config.steps))


def _resumed(
    saved: dict[str, Any],
    config: FinderConfig,
    finder: Finder,
    optimiser: torch.optim.Optimizer,
    mean: torch.optim.swa_utils.AveragedModel,
) -> int:
    check_same(saved["config"], config)
    finder.load_state_dict(saved["finder"])
    mean.load_state_dict(saved["mean"])
    optimiser.load_state_dict(saved["optimiser"])
    return saved["step"]


def _step(finder: Finder, optimiser: torch.optim.Optimizer, inputs: Tensor, truth: Truth) -> dict[str, Tensor]:
    terms = losses(finder(inputs), truth)
    optimiser.zero_grad()
    torch.stack(list(terms.values())).sum().backward()
    torch.nn.utils.clip_grad_norm_(finder.parameters(), 5.0)
    optimiser.step()
    return {name: term.detach() for name, term in terms.items()}


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


class Sheets(Dataset[list[np.ndarray]]):
    """Sheet and truth by number; a number gives the same ones every time."""

    def __init__(self, pack: Pack, faces: np.ndarray, config: FinderConfig):
        self._pack, self._faces, self._config = pack, faces, config

    def __getitem__(self, number: int) -> list[np.ndarray]:  # pyright: ignore[reportIncompatibleMethodOverride]
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


def batches(config: FinderConfig, pack: Pack, first: int) -> Iterator[tuple[Tensor, Truth]]:
    """Sheets and what is on them, a batch for every step from `first` on."""
    if config.workers:
        cv2.setNumThreads(1)
    steps = [list(range(step * config.batch, (step + 1) * config.batch)) for step in range(first, config.steps)]
    loader = DataLoader(
        Sheets(pack, pack.indices("train"), config),
        batch_sampler=steps,
        num_workers=config.workers,
        worker_init_fn=alone,
        prefetch_factor=4 if config.workers else None,
    )
    for inputs, *truth in loader:
        yield inputs, Truth(*truth)
