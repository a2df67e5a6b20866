"""The loop that trains a small network: one optimiser, a mean of the latest weights, checkpoints to go on from."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from tqdm import tqdm

from dfp_training.data.loader import alone
from dfp_training.loop import checkpoint
from dfp_training.loop.progress import Interrupts
from dfp_training.loop.train_config import check_same
from dfp_training.networks.small import Small, unfold
from dfp_training.option import option

SEEN = 128  # drawings on which normalisation is chosen anew when a run goes on from weights
SAVE_EVERY = 250  # steps between checkpoints
STEEPEST = 5.0  # gradients are no longer than that

Made = list[np.ndarray]


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """What all small networks' training has in common."""

    batch: int = option(32, "drawings a step", 1)
    steps: int = option(4000, "length; the learning rate falls to zero", 1)
    lr: float = option(2e-3, "learning rate of AdamW, once it has risen")
    seed: int = option(1, "decides start weights and drawings")
    workers: int = option(1, "processes that make drawings")


def fit(
    kind: str,
    network: Small,
    config: FitConfig,
    data: Dataset[Made],
    losses: Callable[[Tensor, list[Tensor]], Mapping[str, Tensor]],
    run: Path,
    device: torch.device,
) -> bool:
    """Train a network, or go on from `run`/checkpoint.pt; False when it was interrupted before its end.

    kind: of its checkpoints. data: the network's input and what `losses`, given its answer, compares that with, by
    number. Raises CheckpointError for a checkpoint of another configuration.
    """
    network = network.to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), config.lr, weight_decay=1e-4)
    mean = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=_ema(0.995), use_buffers=True)
    learnt = {kind: network, "mean": mean, "optimiser": optimiser}
    latest = run / "checkpoint.pt"
    first = 0
    if latest.exists():
        saved = checkpoint.read(latest, kind)
        check_same(saved["config"], config)
        for name, part in learnt.items():
            part.load_state_dict(saved[name])
        first = saved["step"]

    def save(step: int) -> None:
        said = {"kind": kind, "config": asdict(config), "step": step}
        checkpoint.write(latest, {**said, **{name: part.state_dict() for name, part in learnt.items()}})

    bar = tqdm(batches(config, data, first), total=config.steps, initial=first, unit="step", mininterval=5)
    with Interrupts() as interrupts:
        for step, (inputs, *truth) in enumerate(bar, first):
            for group in optimiser.param_groups:
                group["lr"] = _learning_rate(config, step)
            terms = losses(network(inputs.to(device)), [part.to(device) for part in truth])
            optimiser.zero_grad()
            torch.stack(list(terms.values())).sum().backward()
            nn.utils.clip_grad_norm_(network.parameters(), STEEPEST)
            optimiser.step()
            mean.update_parameters(network)
            if step % 25 == 0:
                bar.set_postfix({name: round(float(term.detach()), 3) for name, term in terms.items()})
            if interrupts.asked or (step + 1) % SAVE_EVERY == 0 or step + 1 == config.steps:
                save(step + 1)
            if interrupts.asked:
                return False
    return True


def begin(network: Small, kind: str, before: Path | None, data: Dataset[Made]) -> None:
    """Let a new network start from what was trained before: the folder of a run of its kind, or a file of weights.

    Raises CheckpointError for a file that has no weights of such a network, and for a folder without a run.
    """
    if before is None:
        return
    if before.is_dir():
        load_mean(network, kind, before)
        return
    inputs = torch.from_numpy(np.stack([data[number][0] for number in range(SEEN)]))
    try:
        unfold(network.eval(), load_file(before), inputs)
    except (SafetensorError, OSError, KeyError, RuntimeError) as error:
        raise checkpoint.CheckpointError(f"{before} has no weights of a {kind} to go on from.") from error


def load_mean(network: Small, kind: str, run: Path) -> None:
    """Give a network the mean of a run's latest weights, as its checkpoint has it. Raises CheckpointError."""
    state = checkpoint.read(run / "checkpoint.pt", kind)["mean"]
    network.load_state_dict({k.removeprefix("module."): t for k, t in state.items() if k.startswith("module.")})


def batches(config: FitConfig, data: Dataset[Made], first: int) -> Iterator[list[Tensor]]:
    """What the data give, a batch for every step from `first` on."""
    if config.workers:
        cv2.setNumThreads(1)
    steps = [list(range(step * config.batch, (step + 1) * config.batch)) for step in range(first, config.steps)]
    loader = DataLoader(
        data,
        batch_sampler=steps,
        num_workers=config.workers,
        worker_init_fn=alone,
        prefetch_factor=4 if config.workers else None,
    )
    return iter(loader)


def _ema(decay: float) -> Any:
    return torch.optim.swa_utils.get_ema_multi_avg_fn(decay)


def _learning_rate(config: FitConfig, step: int) -> float:
    """Rises over a twentieth of the run, then falls to zero along a cosine."""
    rising = min(1.0, (step + 1) / max(1, config.steps / 20))
    return config.lr * rising * (0.5 + 0.5 * math.cos(math.pi * step / config.steps))
