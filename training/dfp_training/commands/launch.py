"""What every training command does once it knows what to train: say what would happen, or train and say how far."""

import argparse
from collections.abc import Callable
from pathlib import Path

from dfp_training.commands.common import number
from dfp_training.data.pack import Pack
from dfp_training.loop.model import Make, Start
from dfp_training.loop.plan import plan
from dfp_training.loop.processes import joined
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.train import Draw, Limits, train
from dfp_training.loop.train_config import TrainConfig


def add_launch(command: argparse.ArgumentParser) -> None:
    """Add how a run ends, saves and shows itself."""
    command.add_argument("--minutes", type=number(0), help="stop after this time; start again to go on")
    command.add_argument("--save-minutes", type=number(0), default=Limits.save, help="a checkpoint at least this often")
    command.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
    command.add_argument(
        "--compile", action=argparse.BooleanOptionalAction, help="fuse operations (default: on a GPU only)"
    )
    command.add_argument("--freehand", type=Path, help="folder of sketches to draw in the sample sheets")


def launch(
    args: argparse.Namespace,
    config: TrainConfig,
    pack: Pack,
    make: Make,
    start: Start,
    drawing: Callable[[Sheet], Draw],
) -> None:
    """Train as the options say, or say what would happen (--dry-run). `drawing` makes of the run's sheet what draws it.

    Raises what `train` does.
    """
    with joined(args.device) as process:
        if args.dry_run:
            print(plan(config, pack, args.run, start, process, make))
            return
        draw = drawing(Sheet(pack, config.size, config.deformation, args.freehand)) if process.writes else None
        limits = Limits(args.minutes, args.save_minutes)
        compiled = process.device.type == "cuda" if args.compile is None else args.compile
        reached = train(config, pack, args.run, make, start, limits, process, draw, compiled)
        if process.writes:
            print(f"{args.command}: step {reached} of {config.steps} in {args.run}")
