"""`dfp-train baseline`: the models that the paper compares with, trained by the stages' own loop."""

import argparse
from pathlib import Path

from torch import nn

from dfp_training.commands.common import Commands, add_command, whole
from dfp_training.commands.options import add_common, add_launch, add_perceptual, pack_of, perceptual_of, recipe_of
from dfp_training.loop.launch import launch
from dfp_training.loop.model import NOTHING, LossNetworks
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.trainer import Draw
from dfp_training.tasks import baselines
from dfp_training.tasks.baselines import BaselineConfig, baseline_model


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "baseline", "Train what the paper compares with, on the same data and budget.")
    command.add_argument("baseline", choices=baselines.NAMES, help="which")
    add_common(command, batch=BaselineConfig.batch, steps=BaselineConfig.steps)
    command.add_argument("--d-width", type=whole(1), default=BaselineConfig.d_width, help="channels of D")
    add_perceptual(command)
    add_launch(command)
    command.set_defaults(run_command=_baseline)


def _baseline(args: argparse.Namespace) -> None:
    config = BaselineConfig(baseline=args.baseline, **recipe_of(args))
    loss_networks = LossNetworks(perceptual_of(args), None)
    reached = launch(args, config, pack_of(args), NOTHING, loss_networks, baseline_model, _drawing)
    if reached is not None:
        print(f"{config.baseline}: step {reached} of {config.steps} in {args.run}")


def _drawing(sheet: Sheet) -> Draw:
    def draw(generator: nn.Module, run: Path, step: int) -> None:
        generator.eval()
        sheet.draw(generator, generator, run / f"sheet_{step:07d}.png", main=True)
        generator.train()

    return draw
