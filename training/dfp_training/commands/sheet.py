"""`dfp-train sheet`: a contact sheet of sketches and the faces made of them."""

import argparse
from pathlib import Path

import numpy as np

from dfp.generator import FaceGenerator
from dfp.model.weights import RELEASE
from dfp.pictures.writing import write_picture
from dfp_training.commands.common import Commands, add_command
from dfp_training.loop.sheets import contact_sheet, sketch_files


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "sheet", "Draw a contact sheet: each sketch of a folder above the face made of it.")
    command.add_argument("folder", type=Path, help="folder of sketches")
    command.add_argument("--weights", type=Path, default=RELEASE, help="made by dfp-train export")
    command.add_argument("--out", type=Path, default=Path("contact_sheet.png"), help="the picture")
    command.set_defaults(run_command=_sheet)


def _sheet(args: argparse.Namespace) -> None:
    files = sketch_files(args.folder)
    write_picture(np.asarray(contact_sheet(FaceGenerator.load(args.weights), files)), args.out)
    print(args.out)
