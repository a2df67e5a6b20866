"""`dfp-train finetune`: G_m alone after stage 3, by the stages' own loop."""

import argparse
from dataclasses import fields
from pathlib import Path

from torch import nn

from dfp_training.commands.common import Commands, add_command, number, whole
from dfp_training.commands.options import add_common, add_launch, networks_of, pack_of, recipe_of, start_of
from dfp_training.loop.launch import launch
from dfp_training.loop.model import LossNetworks, Start
from dfp_training.loop.sheets import Sheet
from dfp_training.loop.trainer import Draw
from dfp_training.networks.efficientnet import EfficientNet
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.person import PersonNetwork
from dfp_training.networks.squeezenet import SqueezeNet
from dfp_training.tasks.finetune import finetune_model
from dfp_training.tasks.finetune_config import FinetuneConfig

WEIGHTS = {
    "rec_weight": "weight of Eq. 4",
    "colour_weight": "weight of Eq. 4 for colours alone",
    "perceptual_weight": "weight of the distance in features",
    "projected_weight": "weight of the discriminators that see features",
    "parsing_weight": "weight of what a face parser sees",
    "regions_weight": "weight of the model's regions being those of the label map",
    "likeness_weight": "weight of being the photo's person; 0: nobody asks",
    "mirror_weight": "weight of mirrored sketches giving mirrored faces",
    "droplet_weight": "weight of what keeps a speck out of every picture",
}


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "finetune", "Train G_m alone after stage 3, for the eye; no stage of the paper.")
    add_common(command, batch=FinetuneConfig.batch, steps=FinetuneConfig.steps)
    command.add_argument(
        "--before", type=Path, required=True, help="run folder of stage3 or finetune, or release weights"
    )
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    defaults = {f.name: f.default for f in fields(FinetuneConfig)}
    for name, meaning in WEIGHTS.items():
        command.add_argument("--" + name.replace("_", "-"), type=number(0), default=defaults[name], help=meaning)
    command.add_argument("--norm-eps", type=number(0, 1), default=FinetuneConfig.norm_eps, help="as in stage3")
    command.add_argument("--told", type=number(0, 1), default=FinetuneConfig.told, help="as in stage3")
    command.add_argument(
        "--d-width", type=whole(1), default=FinetuneConfig.d_width, help="channels of the discriminators"
    )
    command.add_argument(
        "--deep-features", action="store_true", help="discriminators look with EfficientNet, not with SqueezeNet"
    )
    add_launch(command)
    command.set_defaults(run_command=_finetune)


def _finetune(args: argparse.Namespace) -> None:
    told = {name: getattr(args, name) for name in (*WEIGHTS, "norm_eps", "told", "deep_features")}
    config = FinetuneConfig(**{**recipe_of(args), **told})
    networks = networks_of(args, "perceptual")
    loss_networks = LossNetworks(
        SqueezeNet.load(networks),
        FaceParser.load(networks),
        EfficientNet.load(networks) if config.deep_features else None,
        PersonNetwork.load(networks) if config.likeness_weight else None,
    )
    reached = launch(args, config, pack_of(args), Start(start_of(args.before)), loss_networks, finetune_model, _drawing)
    if reached is not None:
        print(f"finetune: step {reached} of {config.steps} in {args.run}")


def _drawing(sheet: Sheet) -> Draw:
    def draw(generators: nn.Module, run: Path, step: int) -> None:
        assert isinstance(generators, nn.ModuleDict)
        sheet.draw(generators["m"], generators["m"], run / f"sheet_{step:07d}.png", main=True)

    return draw
