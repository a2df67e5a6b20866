"""The loop that all three stages of §3.3 share, and the baselines with them."""

import json
import time
from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dfp.model.precision import autocast
from dfp_training.data import told_colours
from dfp_training.data.loader import Batch, Steps, Triplets, batches
from dfp_training.data.oversampling import faces_of_epoch
from dfp_training.data.pack import Pack
from dfp_training.loop import checkpoint, roofline
from dfp_training.loop.model import (
    LR_SCALE,
    NO_LOSS_NETWORKS,
    NOTHING,
    LossNetworks,
    Model,
    Start,
    dual_model,
    pictures_of,
)
from dfp_training.loop.processes import Process
from dfp_training.loop.progress import INTERVAL, Interrupts, Progress, Silence
from dfp_training.loop.train_config import TrainConfig
from dfp_training.release.card import note_origin

# Networks and objective of a run; their first weights are drawn when it is called.
Make = Callable[[Any, LossNetworks], Model]
# Draws with the generators that an export of the run would take, into its folder, at a step.
Draw = Callable[[nn.Module, Path, int], None]


@dataclass(frozen=True)
class Limits:
    """When to stop, and how often to save beside the recipe's `save_every`; minutes of wall-clock time."""

    stop: float | None = None
    save: float = 10.0


NO_LIMITS, ALONE = Limits(), Process(torch.device("cpu"))


def learning_rate(config: TrainConfig, step: int) -> float:
    """Constant for the first half of the stage, then linear to zero; at first it rises over the warm-up."""
    rising = (step + 1) / config.warm_up if config.warm_up else 1.0
    return config.lr * min(1.0, rising, 2.0 * (1.0 - step / config.steps))


class Trainer:
    """The networks of a run with their optimisers and average: one step, and all that a checkpoint holds."""

    def __init__(
        self,
        config: TrainConfig,
        device: torch.device,
        loss_networks: LossNetworks = NO_LOSS_NETWORKS,
        processes: int = 1,
        make: Make = dual_model,
    ):
        self.config, self.device = config, device
        torch.manual_seed(config.seed)
        self.model = make(config, loss_networks)
        self.networks = self.model.networks
        self.objective = self.model.objective.to(device)
        self.objective.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self._losses = DistributedDataParallel(self.objective) if processes > 1 else self.objective
        adam = {"lr": config.lr, "betas": (0.5, 0.999), "fused": True}
        self.optimiser_g = torch.optim.Adam(_groups(self.model), **adam)
        self.optimiser_d = torch.optim.Adam(self.networks.discriminator.parameters(), **adam)
        self.average: AveragedModel | None = None
        self._images_seen: int | None = 0

    def compile(self) -> None:
        """Fuse the networks' operations from the next step on: takes minutes at first and pays on a GPU.

        Not before the floor is measured, whose counter would keep PyTorch from ever fusing them.
        """
        for network in self.model.fused:
            network.compile()

    def init_from(self, start: Start) -> None:
        """Start the stage from what it takes over."""
        self.model.init_from(start)
        self._images_seen = images_seen_before(start)
        self._follow()

    def _follow(self) -> None:
        if self.config.ema:
            mean = get_ema_multi_avg_fn(self.config.ema)
            self.average = AveragedModel(self.networks.generators, multi_avg_fn=mean)

    @property
    def drawing(self) -> nn.Module:
        """The generators that count: their average where one is kept."""
        return self.average.module if self.average else self.networks.generators

    def step(self, batch: Batch, step: int) -> dict[str, Tensor]:
        """One update of D and the generators (simultaneous); returns every loss term by name."""
        for group in (*self.optimiser_g.param_groups, *self.optimiser_d.param_groups):
            group["lr"] = group.get("rate", 1.0) * learning_rate(self.config, step)
        torch.manual_seed(self.config.seed * 2**32 + step)  # dropout is the step's alone, so that a run can be resumed
        with autocast(self.device):
            total, terms = self._losses(batch)
        total.backward()
        self.optimiser_g.step()
        self.optimiser_d.step()
        self.model.constrain()
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
            "images_seen": None if self._images_seen is None else self._images_seen + step * self.config.batch,
            "generators": self.networks.generators.state_dict(),
            "ema": self.average.module.state_dict() if self.average else None,
            "discriminator": self.networks.discriminator.state_dict(),
            "optimiser_g": self.optimiser_g.state_dict(),
            "optimiser_d": self.optimiser_d.state_dict(),
        }

    def resume(self, saved: dict[str, Any]) -> int:
        """The inverse of `state`; returns its step. Raises CheckpointError for another recipe's checkpoint."""
        check_same(saved["config"], asdict(self.config), defaults(self.config))
        seen = saved.get("images_seen")
        self._images_seen = None if seen is None else seen - saved["step"] * self.config.batch
        self.networks.generators.load_state_dict(saved["generators"])
        self.networks.discriminator.load_state_dict(saved["discriminator"])
        self.optimiser_g.load_state_dict(saved["optimiser_g"])
        self.optimiser_d.load_state_dict(saved["optimiser_d"])
        self._follow()
        if self.average:
            self.average.module.load_state_dict(saved["ema"])
            self.average.n_averaged.fill_(saved["step"])
        return saved["step"]


def _groups(model: Model) -> list[dict[str, Any]]:
    slow = {id(p) for p in model.slow}
    groups: list[dict[str, Any]] = [{"params": [p for p in model.trained if id(p) not in slow]}]
    return [*groups, {"params": model.slow, "rate": LR_SCALE}] if slow else groups


def train_stage(
    config: TrainConfig,
    pack: Pack,
    run: Path,
    start: Start = NOTHING,
    limits: Limits = NO_LIMITS,
    process: Process = ALONE,
    sheet: Draw | None = None,
    loss_networks: LossNetworks = NO_LOSS_NETWORKS,
    compiled: bool = False,
    make: Make = dual_model,
) -> int:
    """Train what `make` gives in the folder `run` until its last step, a time limit or an interrupt.

    A run folder that has a checkpoint is resumed and gives the parameters that an unbroken run would.
    `sheet` draws sample pictures. Returns the step reached. Raises CheckpointError, DfpError.
    """
    share = process.share(config.batch)
    trainer, first = prepared(config, run, start, process, loss_networks, make)
    if process.writes:
        checkpoint.write_text(run / "config.json", json.dumps(asdict(config), indent=2))
        note_origin(run, pack, process.device)
    model = trainer.model
    tell = told_colours.told if model.coloured else None
    triplets = Triplets(pack, config.size, config.deformation, deform=model.deforms, told=model.told, tell=tell)
    faces = faces_of_epoch(pack, config.oversample)
    steps = Steps(faces, config.batch, first, config.steps, config.seed, process.rank, process.count)
    clock, step = Clock(limits), first
    with Interrupts() as interrupts, _shown(trainer, run, first, share, process) as shown:
        if compiled:
            trainer.compile()
        for batch in batches(triplets, steps, config.workers, pin=process.device.type == "cuda"):
            terms = trainer.step(batch.to(process.device), step)
            step += 1
            shown.count()
            talking = step % INTERVAL == 0
            if talking:
                shown.log(step, process.mean(terms))
            stop = (talking or process.count == 1) and process.agreed(interrupts.asked or clock.over())
            due = step % config.save_every == 0 or step == config.steps or clock.save_due()
            if process.writes and (due or stop):
                checkpoint.write(run / "checkpoint.pt", trainer.state(step))
                clock.saved()
                if sheet:
                    sheet(trainer.drawing, run, step)
            if stop:
                break
    return step


def prepared(
    config: TrainConfig, run: Path, start: Start, process: Process, loss_networks: LossNetworks, make: Make = dual_model
) -> tuple[Trainer, int]:
    """The trainer of a run as its checkpoint or, in a new run, its start says, and the step to go on from.

    Writes nothing.
    """
    trainer = Trainer(config, process.device, loss_networks, process.count, make)
    latest = run / "checkpoint.pt"
    if latest.exists():
        return trainer, trainer.resume(checkpoint.read_run(latest))
    trainer.init_from(start)
    return trainer, 0


def _shown(trainer: Trainer, run: Path, first: int, share: int, process: Process) -> Progress | Silence:
    if not process.writes:
        return Silence()
    best = roofline.measure(trainer.objective, trainer.config.size, process.device)
    print(best, flush=True)
    return Progress(run, first, trainer.config.steps, share * process.count, best, process.count)


class Clock:
    """Wall-clock time since the start and since the last checkpoint, against the limits."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._began = self._saved = time.monotonic()

    def over(self) -> bool:
        """Whether it is time to stop."""
        return self._limits.stop is not None and time.monotonic() - self._began > 60 * self._limits.stop

    def save_due(self) -> bool:
        """Whether the last checkpoint is too old."""
        return time.monotonic() - self._saved > 60 * self._limits.save

    def saved(self) -> None:
        """A checkpoint was written just now."""
        self._saved = time.monotonic()


def images_seen_before(start: Start) -> int | None:
    """How many pictures the runs before have seen, a checkpoint's word for it; None when it does not say."""
    if start.before is None:
        return 0
    if start.before.suffix == ".safetensors":
        return pictures_of(start.before)
    return checkpoint.read_run(start.before).get("images_seen")


def defaults(config: TrainConfig) -> dict[str, Any]:
    """What each setting is where nobody says otherwise."""
    plain = {f.name: f.default for f in fields(config) if f.default is not MISSING}
    return plain | {f.name: asdict(f.default_factory()) for f in fields(config) if f.default_factory is not MISSING}


def check_same(saved: dict[str, Any], wanted: dict[str, Any], younger: dict[str, Any] | None = None) -> None:
    """Raise CheckpointError unless a checkpoint was made by the same recipe (workers may differ).

    `younger`: what settings were that the program did not have when the checkpoint was made.
    """
    free = {"workers", "save_every"}
    then = {name: _completed(saved.get(name), (younger or {}).get(name)) for name in wanted}
    changed = sorted(k for k in wanted if k not in free and _text(then[k]) != _text(wanted[k]))
    if changed:
        raise checkpoint.CheckpointError(
            f"The run was started with other settings of {', '.join(changed)}. Choose another run folder."
        )


def _completed(saved: Any, younger: Any) -> Any:
    if isinstance(saved, dict) and isinstance(younger, dict):
        return {**younger, **saved}
    return younger if saved is None else saved


def _text(setting: Any) -> str:
    return json.dumps(setting, sort_keys=True)
