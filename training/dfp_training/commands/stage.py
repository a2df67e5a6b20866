"""`dfp-train stage1, stage2, stage3`: the three stages of §3.3."""

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
from dfp_training.tasks.dual import StageConfig
from dfp_training.tasks.loss_networks import LossNetworks
from dfp_training.tasks.stages import dual_model

SUMMARIES = {
    1: "Train G_a and D on edge-aligned sketches.",
    2: "Train SAP, E_m and D from scratch on deformed sketches; everything else stays as stage 1 left it.",
    3: "Train everything but the classifier with the overall objective, Eq. 8.",
}


def add(commands: Commands) -> None:
    """Add the subcommands to the parser."""
    for stage, summary in SUMMARIES.items():
        command = add_command(commands, f"stage{stage}", summary)
        add_run(command, StageConfig)
        command.add_argument(
            "--before", type=Path, help="run folder of the stage before or of this one, or release weights"
        )
        if stage == 2:
            command.add_argument(
                "--classifier", type=Path, help="run folder of dfp-train classifier, or release weights"
            )
        add_networks(command)
        add_launch(command)
        command.set_defaults(run_command=_stage, stage=stage)


def _stage(args: argparse.Namespace) -> None:
    start = Start(start_of(args.before), start_of(getattr(args, "classifier", None)))
    config = config_of(args, StageConfig, start.before, stage=args.stage)
    make = partial(dual_model, config, LossNetworks.load(config.terms(), args.metrics))
    launch(args, config, pack_of(args), make, start, partial(_drawing, args.stage > 1))


def _drawing(main: bool, sheet: Sheet) -> Draw:
    def draw(generators: nn.Module, run: Path, step: int) -> None:
        assert isinstance(generators, nn.ModuleDict)
        sheet.draw(generators["a"], generators["m"], run / f"sheet_{step:07d}.png", main=main)

    return draw
