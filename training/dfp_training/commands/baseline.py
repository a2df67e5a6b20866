"""`dfp-train baseline`: the models that the paper compares with, trained by the stages' own loop."""

import argparse
from functools import partial
from pathlib import Path

from torch import nn

from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.launch import add_launch, launch
from dfp_training.commands.options import add_networks, add_run, config_of, pack_of
from dfp_training.loop.model import NOTHING
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.train import Draw
from dfp_training.tasks import baselines
from dfp_training.tasks.baselines import BaselineConfig, baseline_model
from dfp_training.tasks.loss_networks import LossNetworks


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "baseline", "Train what the paper compares with, on the same data and budget.")
    command.add_argument("baseline", choices=baselines.NAMES, help="which")
    add_run(command, BaselineConfig)
    add_networks(command)
    add_launch(command)
    command.set_defaults(run_command=_baseline)


def _baseline(args: argparse.Namespace) -> None:
    config = config_of(args, BaselineConfig, baseline=args.baseline)
    make = partial(baseline_model, config, LossNetworks.load(config.terms(), args.metrics))
    launch(args, config, pack_of(args), make, NOTHING, _drawing)


def _drawing(sheet: Sheet) -> Draw:
    def draw(generator: nn.Module, run: Path, step: int) -> None:
        generator.eval()
        sheet.draw(generator, generator, run / f"sheet_{step:07d}.png", main=True)
        generator.train()

    return draw
