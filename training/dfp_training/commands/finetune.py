"""`dfp-train finetune`: G_m alone after stage 3, by the stages' own loop."""

import argparse
from functools import partial
from pathlib import Path

from torch import nn

from dfp_training.commands.common import Commands, add_command
from dfp_training.commands.launch import add_launch, launch
from dfp_training.commands.options import add_networks, add_run, config_of, pack_of, start_of
from dfp_training.loop.model import Start
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.train import Draw
from dfp_training.tasks.finetune import finetune_model
from dfp_training.tasks.finetune_config import FINETUNE, FinetuneConfig
from dfp_training.tasks.loss_networks import LossNetworks


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, FINETUNE, "Train G_m alone after stage 3, for the eye; no stage of the paper.")
    add_run(command, FinetuneConfig)
    command.add_argument(
        "--before", type=Path, required=True, help="run folder of stage3 or finetune, or release weights"
    )
    add_networks(command)
    add_launch(command)
    command.set_defaults(run_command=_finetune)


def _finetune(args: argparse.Namespace) -> None:
    start = Start(start_of(args.before))
    config = config_of(args, FinetuneConfig, start.before)
    make = partial(finetune_model, config, LossNetworks.load(config.terms(), args.metrics))
    launch(args, config, pack_of(args), make, start, _drawing)


def _drawing(sheet: Sheet) -> Draw:
    def draw(generators: nn.Module, run: Path, step: int) -> None:
        assert isinstance(generators, nn.ModuleDict)
        sheet.draw(generators["m"], generators["m"], run / f"sheet_{step:07d}.png", main=True)

    return draw
