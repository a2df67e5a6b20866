"""`dfp-train polish`: G_m alone after stage 3, by the stages' own loop."""

import argparse
from dataclasses import fields
from pathlib import Path

from torch import nn

from dfp_training.commands.common import Commands, add_command, number, whole
from dfp_training.commands.options import add_common, add_course, networks_of, pack_of, recipe_of, start_of
from dfp_training.loop.launch import carry_out
from dfp_training.loop.model import Critics, Start
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.trainer import Draw
from dfp_training.networks.efficientnet import EfficientNet
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.person import PersonNetwork
from dfp_training.networks.squeezenet import SqueezeNet
from dfp_training.tasks.finetune import polish_model
from dfp_training.tasks.finetune_config import PolishConfig

WEIGHTS = {
    "rec_weight": "weight of Eq. 4",
    "colour_weight": "weight of Eq. 4 for colours alone",
    "perceptual_weight": "weight of the distance in features",
    "projected_weight": "weight of the discriminators that see features",
    "parsing_weight": "weight of what a face parser sees",
    "regions_weight": "weight of the model's regions being those of the label map",
    "likeness_weight": "weight of being the photo's person; 0: nobody asks",
    "mirror_weight": "weight of mirrored sketches giving mirrored faces",
    "peak_weight": "weight of what keeps a speck out of every picture",
}


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "polish", "Train G_m alone after stage 3, for the eye; no stage of the paper.")
    add_common(command, batch=PolishConfig.batch, steps=PolishConfig.steps)
    command.add_argument(
        "--before", type=Path, required=True, help="run folder of stage3 or polish, or release weights"
    )
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    defaults = {f.name: f.default for f in fields(PolishConfig)}
    for name, meaning in WEIGHTS.items():
        command.add_argument("--" + name.replace("_", "-"), type=number(0), default=defaults[name], help=meaning)
    command.add_argument("--weak", type=number(0, 1), default=PolishConfig.weak, help="as in stage3")
    command.add_argument("--told", type=number(0, 1), default=PolishConfig.told, help="as in stage3")
    command.add_argument(
        "--d-width", type=whole(1), default=PolishConfig.d_width, help="channels of the discriminators"
    )
    command.add_argument(
        "--deep-features", action="store_true", help="discriminators look with EfficientNet, not with SqueezeNet"
    )
    add_course(command)
    command.set_defaults(run_command=_polish)


def _polish(args: argparse.Namespace) -> None:
    told = {name: getattr(args, name) for name in (*WEIGHTS, "weak", "told", "deep_features")}
    config = PolishConfig(**{**recipe_of(args), **told})
    networks = networks_of(args, "perceptual")
    critics = Critics(
        SqueezeNet.load(networks),
        FaceParser.load(networks),
        EfficientNet.load(networks) if config.deep_features else None,
        PersonNetwork.load(networks) if config.likeness_weight else None,
    )
    reached = carry_out(args, config, pack_of(args), Start(start_of(args.before)), critics, polish_model, _drawing)
    if reached is not None:
        print(f"polish: step {reached} of {config.steps} in {args.run}")


def _drawing(sheet: Sheet) -> Draw:
    def draw(generators: nn.Module, run: Path, step: int) -> None:
        assert isinstance(generators, nn.ModuleDict)
        sheet.draw(generators["m"], generators["m"], run / f"sheet_{step:07d}.png", main=True)

    return draw
