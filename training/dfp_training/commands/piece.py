"""`dfp-train split, join`: large files through a transfer that takes small ones."""

import argparse
from pathlib import Path

from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.pieces import LARGEST, join, split

MIB = 2**20


def add(commands: Commands) -> None:
    """Add the subcommands to the parser."""
    command = add_command(commands, "split", "Cut a file into pieces with checksums.")
    command.add_argument("file", type=Path, help="weights, a checkpoint, anything")
    command.add_argument("--out", type=Path, required=True, help="folder for the pieces")
    command.add_argument("--mib", type=int, default=LARGEST // MIB, help="largest piece")
    command.set_defaults(run_command=_split)
    command = add_command(commands, "join", "Put the pieces of a file together and prove that it is whole.")
    command.add_argument("folder", type=Path, help="folder of the pieces")
    command.add_argument("--out", type=Path, help="the file (default: its old name, beside the folder)")
    command.set_defaults(run_command=_join)


def _split(args: argparse.Namespace) -> None:
    pieces = split(args.file, args.out, args.mib * MIB)
    print(f"{len(pieces)} pieces in {args.out}")


def _join(args: argparse.Namespace) -> None:
    print(join(args.folder, args.out))
