"""What every training run is told, whatever it trains."""

import json
from dataclasses import MISSING, dataclass, field, fields
from dataclasses import asdict as plain
from typing import Any

from dfp_training.data.datasets import LEAST_SIDE
from dfp_training.data.deform import Deformation
from dfp_training.loop.checkpoint import CheckpointError
from dfp_training.option import option

FREE = {"workers", "save_every"}  # may change while a run goes on


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """The part of a run's configuration that the training loop itself needs; saved in the run folder."""

    size: int = option(256, "side of the training pictures", LEAST_SIDE)
    batch: int = option(32, "pictures a step, over all processes", 1)
    steps: int = option(10_000, "length; the learning rate falls from half of it", 1)
    lr: float = option(2e-4, "learning rate of Adam 0.5 / 0.999")
    oversample: float = option(0.0, "show bald heads, glasses, beards as this share; 0: as is", most=1)
    # Adam's first steps would shake weights that are trained.
    warm_up: int = option(0, "steps over which the learning rate rises from zero")
    ema: float = option(0.0, "decay of averaged generators; 0: none", most=1)
    seed: int = option(1, "decides start weights, order and deformations")
    workers: int = option(1, "processes that prepare sketches")
    save_every: int = option(250, "steps between checkpoints and sheets", 1)
    deformation: Deformation = field(default_factory=Deformation)


def learning_rate(config: TrainConfig, step: int) -> float:
    """Constant for the first half of the run, then linear to zero; at first it rises over the warm-up."""
    rising = (step + 1) / config.warm_up if config.warm_up else 1.0
    return config.lr * min(1.0, rising, 2.0 * (1.0 - step / config.steps))


def check_same(saved: dict[str, Any], wanted: Any) -> None:
    """Raise CheckpointError unless a checkpoint's configuration is the `wanted` dataclass (`FREE` may differ).

    A setting that the program did not have when the checkpoint was made was what it is by default.
    """
    now, default = plain(wanted), _defaults(wanted)
    then = {name: _completed(saved.get(name), default.get(name)) for name in now}
    changed = sorted(name for name in now if name not in FREE and _text(then[name]) != _text(now[name]))
    if changed:
        raise CheckpointError(
            f"The run was started with other settings of {', '.join(changed)}. Choose another run folder."
        )


def _defaults(config: Any) -> dict[str, Any]:
    made = {f.name: plain(f.default_factory()) for f in fields(config) if f.default_factory is not MISSING}
    return made | {f.name: f.default for f in fields(config) if f.default is not MISSING}


def _completed(saved: Any, default: Any) -> Any:
    if isinstance(saved, dict) and isinstance(default, dict):
        return {**default, **saved}
    return default if saved is None else saved


def _text(setting: Any) -> str:
    return json.dumps(setting, sort_keys=True)
