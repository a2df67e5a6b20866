"""What the commands that train small networks have in common."""

import argparse
from collections.abc import Callable
from pathlib import Path

from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.fields import add_fields
from dfp_training.data.datasets import DataError
from dfp_training.data.pack import Pack
from dfp_training.loop.fit import FitConfig
from dfp_training.networks.small import Small
from dfp_training.release.small import export_small

Run = Callable[[argparse.Namespace], None]


def add_small(commands: Commands, name: str, summary: str, config: type[FitConfig], out: Path, run: Run) -> None:
    """Add a subcommand to the parser; `out` is where its weights are written when nobody says it."""
    command = add_command(commands, name, summary)
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--run", type=Path, required=True, help="the run's folder; with a checkpoint it is resumed")
    command.add_argument("--before", type=Path, help="a run's folder, or weights, to start from")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.add_argument("--out", type=Path, default=out, help="where its weights are written")
    add_fields(command, config)
    command.set_defaults(run_command=run)


def pack_to_train_on(folder: Path) -> Pack:
    """A pack. Raises DataError when none of its faces is for training."""
    pack = Pack(folder)
    if not len(pack.indices("train")):
        raise DataError(f"The pack {folder} has no faces to train on: all are of other splits.")
    return pack


def tell_and_export(network: Small | None, made_for: str, config: FitConfig, args: argparse.Namespace) -> bool:
    """Write a trained network's weights and say so; False when its training was interrupted, which is said, too."""
    if network is None:
        print(f"stopped; the same command goes on from {args.run}")
        return False
    seen = config.steps * config.batch
    size = export_small(network, args.out, made_for, seen)
    print(f"{args.out} ({size / 1000:.0f} kB), trained on {seen:,} drawings")
    return True
