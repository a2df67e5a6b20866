"""The course of a training command, whatever it trains: say what would happen, or train and say how far it came."""

import argparse
from collections.abc import Callable

from dfp_training.data.pack import Pack
from dfp_training.loop.model import LossNetworks, Start
from dfp_training.loop.plan import plan
from dfp_training.loop.processes import joined
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.train_config import TrainConfig
from dfp_training.loop.trainer import Draw, Limits, Make, train_stage


def launch(
    args: argparse.Namespace,
    config: TrainConfig,
    pack: Pack,
    start: Start,
    loss_networks: LossNetworks,
    make: Make,
    drawing: Callable[[Sheet], Draw],
) -> int | None:
    """Train as the options say. The step that was reached, None for --dry-run and in processes that do not write.

    `drawing` makes of the run's sheet what draws it.
    """
    with joined(args.device) as process:
        if args.dry_run:
            print(plan(config, pack, args.run, start, process, loss_networks, make))
            return None
        draw = drawing(Sheet(pack, config.size, config.deformation, args.freehand)) if process.writes else None
        limits = Limits(args.minutes, args.save_minutes)
        compiled = process.device.type == "cuda" if args.compile is None else args.compile
        reached = train_stage(config, pack, args.run, start, limits, process, draw, loss_networks, compiled, make)
        return reached if process.writes else None
