"""`dfp-train finder`: the network that says where on a sheet heads are drawn."""

import argparse

from dfp.model.finder import FORMAT, RELEASE
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands
from dfp_training.commands.fields import said
from dfp_training.commands.small import add_small, pack_to_train_on, tell_and_export
from dfp_training.tasks.find import FinderConfig, train_finder


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    summary = "Train the finder, which says where on a sheet heads are drawn."
    add_small(commands, "finder", summary, FinderConfig, RELEASE, _finder)


def _finder(args: argparse.Namespace) -> None:
    pack, config = pack_to_train_on(args.pack), FinderConfig(**said(args, FinderConfig))
    finder = train_finder(config, pack, args.run, choose_device(args.device), args.before)
    tell_and_export(finder, FORMAT, config, args)
