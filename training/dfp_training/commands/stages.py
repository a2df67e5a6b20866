"""`dfp-train stages`: the same sketches after each stage."""

import argparse
from pathlib import Path

import numpy as np

from dfp.pictures.writing import write_picture
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands, add_command
from dfp_training.report.stage_sheet import stage_sheet


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "stages", "Draw the same sketches after each stage, one run below the other.")
    command.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folders (or release weights), in order")
    command.add_argument("--sketches", type=Path, required=True, help="folder of sketches")
    command.add_argument("--out", type=Path, default=Path("stages.png"), help="the picture")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_stages)


def _stages(args: argparse.Namespace) -> None:
    picture = stage_sheet(args.runs, args.sketches, choose_device(args.device))
    write_picture(np.asarray(picture), args.out)
    print(args.out)
