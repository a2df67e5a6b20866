"""The loop that all three stages of §3.3 share."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training import checkpoint
from training.dual import Networks, StageConfig, freeze_for, generator_losses, start_from
from training.loader import Batch, Steps, Triplets, batches
from training.pack import Pack
from training.progress import Progress
from training.squeezenet import SqueezeNet


def learning_rate(config: StageConfig, step: int) -> float:
    """Constant for the first half of the stage, then linear to zero."""
    return config.lr * min(1.0, 2.0 * (1.0 - step / config.steps))


class Trainer:
    """The networks of a run with their optimisers and average: one step, and all that a checkpoint holds."""

    def __init__(self, config: StageConfig, device: torch.device, critic: SqueezeNet | None = None):
        self.config, self.device = config, device
        self.critic = critic.to(device).requires_grad_(False) if critic else None
        torch.manual_seed(config.seed)
        self.networks = Networks(config).to(device)
        adam = {"lr": config.lr, "betas": (0.5, 0.999), "fused": True}
        self.optimiser_g = torch.optim.Adam(freeze_for(self.networks, config.stage), **adam)
        self.optimiser_d = torch.optim.Adam(self.networks.discriminator.parameters(), **adam)
        self.average: AveragedModel | None = None

    def begin(self, before: Path | None, classifier: Path | None) -> None:
        """Start the stage from the checkpoint of the stage before; stage 1 may start from nothing."""
        if before is None and self.config.stage > 1:
            raise checkpoint.CheckpointError(
                f"Stage {self.config.stage} starts from the checkpoint of the stage before."
            )
        if before is not None:
            trained = checkpoint.read(classifier) if classifier else None
            start_from(self.networks, self.config, checkpoint.read(before), trained)
        self._follow()

    def _follow(self) -> None:
        if self.config.ema:
            mean = get_ema_multi_avg_fn(self.config.ema)
            self.average = AveragedModel(self.networks.generators, multi_avg_fn=mean)

    def step(self, batch: Batch, step: int) -> dict[str, Tensor]:
        """One update of D and the generators (simultaneous); returns every loss term by name."""
        for group in (*self.optimiser_g.param_groups, *self.optimiser_d.param_groups):
            group["lr"] = learning_rate(self.config, step)
        with torch.autocast(self.device.type, torch.bfloat16):
            total, terms = generator_losses(self.networks, batch, self.config, self.critic)
        total.backward()
        self.optimiser_g.step()
        self.optimiser_d.step()
        self.optimiser_g.zero_grad()
        self.optimiser_d.zero_grad()
        if self.average:
            self.average.update_parameters(self.networks.generators)
        return terms

    def state(self, step: int) -> dict[str, Any]:
        """Everything needed to go on after `step`."""
        return {
            "config": asdict(self.config),
            "step": step,
            "generators": self.networks.generators.state_dict(),
            "ema": self.average.module.state_dict() if self.average else None,
            "discriminator": self.networks.discriminator.state_dict(),
            "optimiser_g": self.optimiser_g.state_dict(),
            "optimiser_d": self.optimiser_d.state_dict(),
        }

    def resume(self, saved: dict[str, Any]) -> int:
        """The inverse of `state`; returns its step. Raises CheckpointError for another recipe's checkpoint."""
        check_same(saved["config"], asdict(self.config))
        self.networks.generators.load_state_dict(saved["generators"])
        self.networks.discriminator.load_state_dict(saved["discriminator"])
        self.optimiser_g.load_state_dict(saved["optimiser_g"])
        self.optimiser_d.load_state_dict(saved["optimiser_d"])
        self._follow()
        if self.average:
            self.average.module.load_state_dict(saved["ema"])
            self.average.n_averaged.fill_(saved["step"])
        return saved["step"]


def train_stage(
    config: StageConfig,
    pack: Pack,
    run: Path,
    before: Path | None = None,
    classifier: Path | None = None,
    minutes: float | None = None,
    device: torch.device | None = None,
    sheet: Callable[[Networks, Path, int], None] | None = None,
    critic: SqueezeNet | None = None,
) -> int:
    """Train one stage in the folder `run` until its last step, a time limit or an interrupt.

    A run folder that has a checkpoint is resumed and gives the parameters that an unbroken run would.
    `before` is the checkpoint of the stage before, `sheet` draws sample pictures, `critic` measures
    the perceptual term when it has a weight. Returns the step reached.
    """
    device = device or torch.device("cpu")
    latest = run / "checkpoint.pt"
    trainer = Trainer(config, device, critic)
    first = 0
    if latest.exists():
        first = trainer.resume(checkpoint.read(latest))
    else:
        trainer.begin(before, classifier)
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config), indent=2))

    triplets = Triplets(pack, config.size, config.deformation)
    steps = Steps(pack.indices("train"), config.batch, first, config.steps, config.seed)
    deadline = time.monotonic() + 60 * minutes if minutes else float("inf")
    step = first
    with Progress(run, first, config.steps, config.batch) as progress:
        for batch in batches(triplets, steps, config.workers):
            terms = trainer.step(batch.to(device), step)
            step += 1
            progress.step(step, terms)
            stop = progress.interrupted or time.monotonic() > deadline
            if step % config.save_every == 0 or step == config.steps or stop:
                checkpoint.write(latest, trainer.state(step))
                if sheet:
                    sheet(trainer.networks, run, step)
            if stop:
                break
    return step


def check_same(saved: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Raise CheckpointError unless a checkpoint was made by the same recipe (workers may differ)."""
    free = {"workers", "save_every"}
    changed = sorted(k for k in wanted if k not in free and json.dumps(saved.get(k)) != json.dumps(wanted[k]))
    if changed:
        raise checkpoint.CheckpointError(
            f"The run was started with other settings of {', '.join(changed)}. Choose another run folder."
        )
