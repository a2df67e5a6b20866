"""`dfp-train export`: release weights of a run."""

import argparse
from pathlib import Path

from dfp_training.commands.common import Commands, add_command
from dfp_training.release.card import card_of
from dfp_training.release.export import UNKNOWN, export


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "export", "Write G_m of a stage 2 or 3 run as release weights.")
    command.add_argument("run", type=Path, help="run folder")
    command.add_argument("--out", type=Path, default=Path("deepfacepencil.safetensors"), help="the weights file")
    command.add_argument(
        "--companion", action="store_true", help="also write E_a and D, which training needs to go on from the release"
    )
    command.add_argument("--pack", type=Path, help="whose faces' palettes fill in colours that nobody says")
    add_licence(command)
    command.set_defaults(run_command=_export)


def add_licence(command: argparse.ArgumentParser) -> None:
    """The option for what a card says of rights."""
    command.add_argument("--licence", default=UNKNOWN, help="of the weights: what the training pictures allow")


def _export(args: argparse.Namespace) -> None:
    made = export(args.run, args.out, args.companion, args.licence, args.pack)
    print(f"{args.out}: checksum {made}, card in {card_of(args.out)}")
