"""`dfp-train classifier`: C, which tells edge-aligned sketches from deformed ones."""

import argparse

from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.options import add_run, config_of, pack_of
from dfp_training.tasks.classify import ClassifierConfig, train_classifier


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "classifier", "Train C to tell edge-aligned sketches from deformed ones.")
    add_run(command, ClassifierConfig)
    command.set_defaults(run_command=_classifier)


def _classifier(args: argparse.Namespace) -> None:
    config = config_of(args, ClassifierConfig)
    accuracy = train_classifier(config, pack_of(args), args.run, choose_device(args.device))
    if accuracy is None:
        print(f"stopped; the same command goes on from {args.run}")
    else:
        print(f"accuracy on held-out sketches: {accuracy:.3f}")
