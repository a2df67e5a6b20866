"""What the training loop trains: networks, their objective and where they start, handed in by whoever trains them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import nn

from dfp_training.networks.gan_pair import GanPair


@dataclass(frozen=True)
class Start:
    """What a new run starts from: a checkpoint or release weights, and in stage 2 a classifier's checkpoint."""

    before: Path | None = None
    classifier: Path | None = None


NOTHING = Start()


@dataclass(frozen=True)
class Group:
    """Parameters of the generators that learn at `lr_scale` times the learning rate."""

    parameters: list[nn.Parameter]
    lr_scale: float = 1.0


def _free() -> None:
    pass


@dataclass(frozen=True)
class Model:
    """Drawn at random until `init_from` fills it.

    kind: what its checkpoints say they are. objective: Batch -> the sum of what D and the generators minimise, and
    every term by name. learns: what of the generators does. fused: what `compile` fuses. deforms: whether S_dfm is
    needed, told: the share of sketches that come with their trust; coloured: whether they come with colours and label
    map. constrain: brings weights back after a step to where they may be.
    """

    kind: str
    networks: GanPair[Any, Any]
    objective: nn.Module
    learns: list[Group]
    fused: list[nn.Module]
    init_from: Callable[[Start], None]
    deforms: bool
    told: float = 0.0
    coloured: bool = False
    constrain: Callable[[], None] = _free


# Networks and objective of a run; their first weights are drawn when it is called.
Make = Callable[[], Model]


def pictures_of(weights: Path) -> int | None:
    """How many pictures release weights say that their training saw; None where they do not say."""
    said = said_by(weights).get("pictures", "")
    return int(said) if said.isdecimal() else None


def said_by(weights: Path) -> dict[str, str]:
    """What the header of release weights says; nothing where it cannot be read."""
    try:
        with safe_open(weights, framework="numpy") as file:
            return file.metadata() or {}
    except (OSError, SafetensorError):
        return {}
