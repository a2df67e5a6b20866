"""What the training loop trains: networks, their objective and where they start, handed in by whoever trains them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import nn

from dfp.model.networks import smooth
from dfp_training.networks.efficientnet import EfficientNet
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.gan_pair import GanPair
from dfp_training.networks.person import PersonNetwork
from dfp_training.networks.squeezenet import SqueezeNet
from dfp_training.tasks.dual import Networks, StageConfig, freeze_for
from dfp_training.tasks.dual_objective import Objective
from dfp_training.tasks.init_from import init_from


@dataclass(frozen=True)
class Start:
    """What a new run starts from: a checkpoint or release weights, and in stage 2 a classifier's checkpoint."""

    before: Path | None = None
    classifier: Path | None = None


@dataclass(frozen=True)
class LossNetworks:
    """Networks for the terms that the paper does not have."""

    perceptual: SqueezeNet | None = None
    parsing: FaceParser | None = None
    features: EfficientNet | None = None  # for discriminators to look with
    person: PersonNetwork | None = None


LR_SCALE = 0.05
NOTHING, NO_LOSS_NETWORKS = Start(), LossNetworks()


def _free() -> None:
    pass


@dataclass(frozen=True)
class Model:
    """Drawn at random until `init_from` fills it.

    objective: Batch -> the sum of what D and the generators minimise, and every term by name. trained: the
    generators' parameters that move. fused: what `compile` fuses. deforms: whether S_dfm is needed, told: the share
    of sketches that come with their trust; coloured: whether they come with colours and label map. slow: of `trained`
    those that take steps of LR_SCALE times the learning rate.
    constrain: brings weights back after a step to where they may be.
    """

    title: str
    networks: GanPair[Any, Any]
    objective: nn.Module
    trained: list[nn.Parameter]
    fused: list[nn.Module]
    init_from: Callable[[Start], None]
    deforms: bool
    told: float = 0.0
    coloured: bool = False
    slow: list[nn.Parameter] = field(default_factory=list)
    constrain: Callable[[], None] = _free


def dual_model(config: StageConfig, loss_networks: LossNetworks) -> Model:
    """One stage of the dual generators, §3.3."""
    networks = Networks(config)

    def constrain() -> None:
        if config.smooth and config.stage != 2:
            smooth(networks.a.trunk)

    def start(what: Start) -> None:
        init_from(networks, config, what.before, what.classifier)
        constrain()

    return Model(
        title=f"stage {config.stage}",
        networks=networks,
        objective=Objective(networks, config, loss_networks.perceptual, loss_networks.parsing),
        trained=freeze_for(networks, config.stage, config.own_features),
        fused=[networks.a, networks.m, networks.discriminator],
        init_from=start,
        deforms=config.stage > 1,
        told=config.told,
        coloured=config.model.codes > 0,
        constrain=constrain,
    )


def pictures_of(weights: Path) -> int | None:
    """How many pictures release weights say that their training saw; None where they do not say."""
    try:
        with safe_open(weights, framework="numpy") as file:
            return int((file.metadata() or {})["pictures"])
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
