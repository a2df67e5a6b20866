"""`dfp-train finder`: the network that says where on a sheet heads are drawn."""

import argparse
from pathlib import Path

from dfp.model.finder import RELEASE
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.fields import add_fields, said
from dfp_training.data.datasets import DataError
from dfp_training.data.pack import Pack
from dfp_training.release.finder import export_finder
from dfp_training.tasks.find import FinderConfig, train_finder


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "finder", "Train the finder, which says where on a sheet heads are drawn.")
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--run", type=Path, required=True, help="the run's folder; with a checkpoint it is resumed")
    command.add_argument("--before", type=Path, help="a run's folder, or weights, to start from")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.add_argument("--out", type=Path, default=RELEASE, help="where its weights are written")
    add_fields(command, FinderConfig)
    command.set_defaults(run_command=_finder)


def _finder(args: argparse.Namespace) -> None:
    pack = Pack(args.pack)
    if not len(pack.indices("train")):
        raise DataError(f"The pack {args.pack} has no faces to train on: all are of other splits.")
    config = FinderConfig(**said(args, FinderConfig))
    finder = train_finder(config, pack, args.run, choose_device(args.device), args.before)
    if finder is None:
        print(f"stopped; the same command goes on from {args.run}")
        return
    size = export_finder(finder, args.out, config.steps * config.batch)
    print(f"{args.out} ({size / 1000:.0f} kB), trained on {config.steps * config.batch:,} sheets")
