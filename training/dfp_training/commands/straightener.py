"""`dfp-train straightener`: the network that makes a crooked drawing regular where its lines are meant loosely."""

import argparse

from dfp.model.straightener import FORMAT, RELEASE
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands
from dfp_training.commands.fields import said
from dfp_training.commands.small import add_small, pack_to_train_on, tell_and_export
from dfp_training.tasks.straighten import StraightenerConfig, measured, train_straightener


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    summary = "Train the straightener, which makes crooked drawings regular where their lines are meant loosely."
    add_small(commands, "straightener", summary, StraightenerConfig, RELEASE, _straightener)


def _straightener(args: argparse.Namespace) -> None:
    pack, config = pack_to_train_on(args.pack), StraightenerConfig(**said(args, StraightenerConfig))
    network = train_straightener(config, pack, args.run, choose_device(args.device), args.before)
    held_out = pack.indices("val")
    if tell_and_export(network, FORMAT, config, args) and network is not None and len(held_out):
        print(measured(network, pack, held_out))
