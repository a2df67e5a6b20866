"""`dfp-train`: data, classifier, the three stages, and what comes after."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts: beside other work it is 10x slower otherwise

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from torch import nn

from dfp.cli.terminal import steady
from dfp.errors import DfpError
from dfp.runtime.torch import choose_device
from dfp.version import version_line
from dfp_training.commands import baseline as baseline_commands
from dfp_training.commands import data as data_commands
from dfp_training.commands import finetune as finetune_commands
from dfp_training.commands import measure as measure_commands
from dfp_training.commands import report as report_commands
from dfp_training.commands.common import Commands, add_command, number, whole
from dfp_training.commands.options import (
    add_common,
    add_launch,
    add_perceptual,
    deformation_of,
    model_of,
    networks_of,
    pack_of,
    perceptual_of,
    recipe_of,
    start_of,
)
from dfp_training.loop.launch import launch
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.trainer import Draw, LossNetworks, Start, dual_model
from dfp_training.networks.face_parser import FaceParser
from dfp_training.tasks.classify import ClassifierConfig, train_classifier
from dfp_training.tasks.dual import StageConfig

STAGES = {
    1: "Train G_a and D on edge-aligned sketches.",
    2: "Train SAP, E_m and D from scratch on deformed sketches; everything else stays as stage 1 left it.",
    3: "Train everything but the classifier with the overall objective, Eq. 8.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code. Errors are one sentence on standard error."""
    with steady():
        args = parser().parse_args(arguments)
        try:
            args.run_command(args)
        except DfpError as error:
            print(f"dfp-train: {error}", file=sys.stderr)
            return 1
        return 0


def parser() -> argparse.ArgumentParser:
    """The command line of `dfp-train`."""
    top = argparse.ArgumentParser(
        "dfp-train", description="Train DeepFacePencil: make data, train, export, measure, look."
    )
    top.add_argument("--version", action="version", version=version_line("dfp-train"))
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    data_commands.add(commands)
    _add_classifier(commands)
    for stage, summary in STAGES.items():
        _add_stage(commands, stage, summary)
    finetune_commands.add(commands)
    baseline_commands.add(commands)
    measure_commands.add(commands)
    report_commands.add(commands)
    return top


def _add_classifier(commands: Commands) -> None:
    command = add_command(commands, "classifier", "Train C to tell edge-aligned sketches from deformed ones.")
    add_common(command, batch=ClassifierConfig.batch, steps=ClassifierConfig.steps)
    command.set_defaults(lr=ClassifierConfig.lr)
    command.set_defaults(run_command=_classifier)


def _classifier(args: argparse.Namespace) -> None:
    config = ClassifierConfig(
        args.size, args.batch, args.steps, args.lr, args.seed, args.workers, deformation_of(args), model_of(args)
    )
    accuracy = train_classifier(config, pack_of(args), args.run, choose_device(args.device))
    if accuracy is None:
        print(f"stopped; the same command goes on from {args.run}")
    else:
        print(f"accuracy on held-out sketches: {accuracy:.3f}")


def _add_stage(commands: Commands, stage: int, summary: str) -> None:
    command = add_command(commands, f"stage{stage}", summary)
    add_common(command, batch=StageConfig.batch, steps=StageConfig.steps)
    command.add_argument(
        "--before", type=Path, help="run folder of the stage before or of this one, or release weights"
    )
    if stage == 2:
        command.add_argument("--classifier", type=Path, help="run folder of dfp-train classifier, or release weights")
    command.add_argument("--smooth", action="store_true", help="hold the decoder to weights that draw no grid")
    command.add_argument("--rec-weight", type=number(0), default=StageConfig.rec_weight, help="weight of Eq. 4")
    command.add_argument("--gfm-weight", type=number(0), default=StageConfig.gfm_weight, help="weight of Eq. 7; 0: off")
    command.add_argument(
        "--own-features", action="store_true", help="ablation: the attention learns features of its own, not C's"
    )
    add_perceptual(command)
    command.add_argument(
        "--norm-eps",
        type=number(0, 1),
        default=StageConfig.norm_eps,
        help="features that hardly count in it, see dfp_training.tasks.dual",
    )
    command.add_argument("--told", type=number(0, 1), default=0.0, help="share of sketches that come with their trust")
    command.add_argument("--parsing-weight", type=number(0), default=0.0, help="needs --metrics; no term of the paper")
    command.add_argument(
        "--droplet-weight",
        type=number(0),
        default=0.0,
        help="keeps the trunk from drawing a speck into every picture, see losses.droplet; not the paper's",
    )
    command.add_argument(
        "--mirror-weight",
        type=number(0),
        default=0.0,
        help="keeps G_m from drawing all mouths awry to one side, see dfp_training.losses.terms; no term of the paper",
    )
    command.add_argument(
        "--crop",
        type=number(0.1, 1),
        default=1.0,
        help="share of a picture's side that D and the terms of --metrics see",
    )
    command.add_argument("--d-width", type=whole(1), default=StageConfig.d_width, help="channels of the discriminators")
    add_launch(command)
    command.set_defaults(run_command=_stage, stage=stage)


def _stage(args: argparse.Namespace) -> None:
    config = StageConfig(
        stage=args.stage,
        rec_weight=args.rec_weight,
        gfm_weight=args.gfm_weight,
        own_features=args.own_features,
        norm_eps=args.norm_eps,
        told=args.told,
        parsing_weight=args.parsing_weight,
        droplet_weight=args.droplet_weight,
        mirror_weight=args.mirror_weight,
        crop=args.crop,
        smooth=args.smooth,
        **recipe_of(args),
    )
    start = Start(start_of(args.before), start_of(getattr(args, "classifier", None)))
    loss_networks = LossNetworks(perceptual_of(args), _parser_of(args))
    reached = launch(args, config, pack_of(args), start, loss_networks, dual_model, partial(_drawing, args.stage > 1))
    if reached is not None:
        print(f"stage {config.stage}: step {reached} of {config.steps} in {args.run}")


def _drawing(main: bool, sheet: Sheet) -> Draw:
    def draw(generators: nn.Module, run: Path, step: int) -> None:
        assert isinstance(generators, nn.ModuleDict)
        sheet.draw(generators["a"], generators["m"], run / f"sheet_{step:07d}.png", main=main)

    return draw


def _parser_of(args: argparse.Namespace) -> FaceParser | None:
    return FaceParser.load(networks_of(args, "parsing")) if args.parsing_weight else None


if __name__ == "__main__":
    raise SystemExit(main())
