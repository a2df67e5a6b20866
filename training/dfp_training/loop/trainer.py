"""The networks of a run with their optimisers and average: one step, and all that a checkpoint holds."""

from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from dfp.model.precision import autocast
from dfp_training.data.loader import Batch
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Make, Model, Start, pictures_of
from dfp_training.loop.train_config import TrainConfig, check_same, learning_rate


class Trainer:
    """A model in training, drawn with the seed of its configuration."""

    def __init__(self, config: TrainConfig, device: torch.device, make: Make, processes: int = 1):
        self.config, self.device = config, device
        torch.manual_seed(config.seed)
        self.model = make()
        self.networks = self.model.networks
        self.objective = self.model.objective.to(device)
        self.objective.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self._losses = DistributedDataParallel(self.objective) if processes > 1 else self.objective
        self.optimisers = {"optimiser_g": _adam(config, _groups(self.model))}
        # A loss whose terms all do without has none.
        if learns := list(self.networks.discriminator.parameters()):
            self.optimisers["optimiser_d"] = _adam(config, [{"params": learns}])
        self.average: AveragedModel | None = None
        self._images_seen: int | None = 0

    def compile(self) -> None:
        """Fuse the networks' operations from the next step on: takes minutes at first and pays on a GPU.

        Not before the floor is measured, whose counter would keep PyTorch from ever fusing them.
        """
        for network in self.model.fused:
            network.compile()

    def init_from(self, start: Start) -> None:
        """Start the run from what it takes over."""
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
        for optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = group.get("lr_scale", 1.0) * learning_rate(self.config, step)
        torch.manual_seed(self.config.seed * 2**32 + step)  # dropout is the step's alone, so that a run can be resumed
        with autocast(self.device):
            total, terms = self._losses(batch)
        total.backward()
        for optimiser in self.optimisers.values():
            optimiser.step()
        self.model.constrain()
        for optimiser in self.optimisers.values():
            optimiser.zero_grad()
        if self.average:
            self.average.update_parameters(self.networks.generators)
        return terms

    def state(self, step: int) -> dict[str, Any]:
        """Everything needed to go on after `step`."""
        return {
            "kind": self.model.kind,
            "config": asdict(self.config),
            "step": step,
            "images_seen": None if self._images_seen is None else self._images_seen + step * self.config.batch,
            "generators": self.networks.generators.state_dict(),
            "ema": self.average.module.state_dict() if self.average else None,
            "discriminator": self.networks.discriminator.state_dict(),
            **{name: optimiser.state_dict() for name, optimiser in self.optimisers.items()},
        }

    def resume(self, saved: dict[str, Any]) -> int:
        """The inverse of `state`; returns its step. Raises CheckpointError for another configuration's checkpoint."""
        check_same(saved["config"], self.config)
        seen = saved.get("images_seen")
        self._images_seen = None if seen is None else seen - saved["step"] * self.config.batch
        self.networks.generators.load_state_dict(saved["generators"])
        self.networks.discriminator.load_state_dict(saved["discriminator"])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(saved[name])
        self._follow()
        if self.average:
            self.average.module.load_state_dict(saved["ema"])
            self.average.n_averaged.fill_(saved["step"])
        return saved["step"]


def _adam(config: TrainConfig, groups: list[dict[str, Any]]) -> torch.optim.Adam:
    return torch.optim.Adam(groups, config.lr, (0.5, 0.999), fused=True)


def _groups(model: Model) -> list[dict[str, Any]]:
    return [{"params": group.parameters, "lr_scale": group.lr_scale} for group in model.learns if group.parameters]


def images_seen_before(start: Start) -> int | None:
    """How many pictures the runs before have seen, a file's word for it; None when it does not say."""
    if start.before is None:
        return 0
    if start.before.suffix == ".safetensors":
        return pictures_of(start.before)
    return checkpoint.read(start.before).get("images_seen")
