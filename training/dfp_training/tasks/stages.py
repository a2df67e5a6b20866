"""The three stages of §3.3, for the training loop."""

from functools import partial
from pathlib import Path

from dfp.model.networks import smooth
from dfp_training.data.pack import Pack
from dfp_training.loop.model import NOTHING, Group, Model, Start
from dfp_training.loop.processes import ALONE, Process
from dfp_training.loop.train import NO_LIMITS, Draw, Limits, train
from dfp_training.tasks.dual import Networks, StageConfig, freeze_for
from dfp_training.tasks.dual_objective import Objective
from dfp_training.tasks.init_from import init_from
from dfp_training.tasks.loss_networks import LossNetworks


def dual_model(config: StageConfig, loss_networks: LossNetworks | None = None) -> Model:
    """One stage of the dual generators. Raises DfpError when a term lacks the network that it looks with."""
    networks = Networks(config)

    def constrain() -> None:
        if config.smooth and config.stage != 2:
            smooth(networks.a.trunk)

    def start_from(start: Start) -> None:
        init_from(networks, config, start.before, start.classifier)
        constrain()

    return Model(
        kind=config.kind,
        networks=networks,
        objective=Objective(networks, config, loss_networks),
        learns=[Group(freeze_for(networks, config.stage, config.own_features))],
        fused=[networks.a, networks.m, networks.discriminator],
        init_from=start_from,
        deforms=config.stage > 1,
        told=config.told,
        coloured=config.model.codes > 0,
        constrain=constrain,
    )


def train_stage(
    config: StageConfig,
    pack: Pack,
    run: Path,
    start: Start = NOTHING,
    limits: Limits = NO_LIMITS,
    process: Process = ALONE,
    draw: Draw | None = None,
    loss_networks: LossNetworks | None = None,
) -> int:
    """Train one stage, see `dfp_training.loop.train.train`."""
    return train(config, pack, run, partial(dual_model, config, loss_networks), start, limits, process, draw)
