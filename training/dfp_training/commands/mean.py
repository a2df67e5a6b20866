"""`dfp-train mean`: the mean of release weights."""

from pathlib import Path

from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.export import add_licence
from dfp_training.release.export import mean


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "mean", "Write the mean of release weights of which each was the next one's start.")
    command.add_argument("weights", type=Path, nargs="+", help="made by dfp-train export")
    command.add_argument("--out", type=Path, default=Path("mean.safetensors"), help="the weights file")
    add_licence(command)
    command.set_defaults(
        run_command=lambda args: print(f"{args.out}: checksum {mean(args.weights, args.out, args.licence)}")
    )
