"""The options that every training command has, and what they say."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from dfp.errors import DfpError
from dfp.model.config import ModelConfig
from dfp_training.commands.common import number, whole
from dfp_training.data.datasets import LEAST_SIDE, DataError
from dfp_training.data.deform import FREEHAND, Deformation
from dfp_training.data.pack import Pack
from dfp_training.loop.train_config import TrainConfig
from dfp_training.loop.trainer import Limits
from dfp_training.networks.squeezenet import SqueezeNet


def add_common(command: argparse.ArgumentParser, batch: int, steps: int) -> None:
    """Add what every training command is told."""
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--run", type=Path, required=True, help="the run's folder; with a checkpoint it is resumed")
    command.add_argument("--size", type=whole(LEAST_SIDE), default=256, help="side of the training pictures")
    command.add_argument("--batch", type=whole(1), default=batch, help="pictures a step")
    command.add_argument(
        "--steps", type=whole(1), default=steps, help="length; the learning rate falls from half of it"
    )
    command.add_argument("--lr", type=number(0), default=2e-4, help="learning rate of Adam")
    command.add_argument("--seed", type=whole(0), default=1, help="decides start weights, order and deformations")
    command.add_argument("--workers", type=whole(0), default=1, help="processes that prepare sketches")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.add_argument("--width", type=whole(1), default=ModelConfig.width, help="channels at full size (ngf)")
    command.add_argument(
        "--stride", type=int, choices=(1, 2), default=ModelConfig.stride, help="of the first convolution"
    )
    command.add_argument(
        "--max-width", type=whole(1), default=ModelConfig.max_width, help="channels of residual blocks"
    )
    command.add_argument(
        "--kernels",
        type=whole(1),
        nargs="+",
        default=ModelConfig.kernels,
        help="poolings of the SAP; ablations: 1 alone is no pooling and no attention, 9 alone one size for all strokes",
    )
    command.add_argument("--codes", type=whole(0), default=0, help="numbers that told colours become; 0: none are told")
    command.add_argument("--skips", action="store_true", help="the decoder sees the encoder's features")
    command.add_argument("--details", type=whole(0), nargs="+", default=(), help="residual blocks a decoder's step")
    command.add_argument("--regions", action="store_true", help="the model says what it draws where")
    command.add_argument("--freehand-style", action="store_true", help="omit, double and add strokes as people do")
    for name in (f.name for f in fields(Deformation)):
        command.add_argument(
            f"--{name}", type=number(0), default=None, help=f"deformation: {name} (see dfp_training.data.deform)"
        )


def add_perceptual(command: argparse.ArgumentParser) -> None:
    """Add the perceptual term and where its network is."""
    command.add_argument(
        "--perceptual-weight", type=number(0), default=0.0, help="needs --metrics; no term of the paper"
    )
    command.add_argument("--metrics", type=Path, help="folder of the measuring networks, for terms that look with one")


def networks_of(args: argparse.Namespace, term: str) -> Path:
    """The folder of the measuring networks. Raises DfpError when the term wants one and none is given."""
    if args.metrics is None:
        raise DfpError(f"The {term} term needs --metrics, the folder of the measuring networks.")
    return args.metrics


def perceptual_of(args: argparse.Namespace) -> SqueezeNet | None:
    """The perceptual term's network, when the term is wanted. Raises DfpError."""
    return SqueezeNet.load(networks_of(args, "perceptual")) if args.perceptual_weight else None


def add_launch(command: argparse.ArgumentParser) -> None:
    """Add what a run of the training loop is told: how it averages, saves, ends and shows itself."""
    command.add_argument(
        "--warm-up", type=whole(0), default=TrainConfig.warm_up, help="steps over which the learning rate rises"
    )
    command.add_argument(
        "--oversample",
        type=number(0, 1),
        default=TrainConfig.oversample,
        help="show bald heads, glasses, beards as this share; 0: as is",
    )
    command.add_argument(
        "--ema", type=number(0, 1), default=TrainConfig.ema, help="decay of averaged generators; 0: none"
    )
    command.add_argument(
        "--save-every", type=whole(1), default=TrainConfig.save_every, help="steps between checkpoints"
    )
    command.add_argument("--minutes", type=number(0), help="stop after this time; start again to go on")
    command.add_argument("--save-minutes", type=number(0), default=Limits.save, help="a checkpoint at least this often")
    command.add_argument("--dry-run", action="store_true", help="say what would happen, and do nothing")
    command.add_argument(
        "--compile", action=argparse.BooleanOptionalAction, help="fuse operations (default: on a GPU only)"
    )
    command.add_argument("--freehand", type=Path, help="folder of sketches to draw in the sample sheets")


def recipe_of(args: argparse.Namespace) -> dict[str, Any]:
    """What every recipe of the training loop says, by the names of its fields. Raises DfpError."""
    loop = ("size", "batch", "steps", "lr", "oversample", "warm_up", "ema", "seed", "workers", "save_every")
    told = (*loop, "perceptual_weight", "d_width")
    return {**{n: getattr(args, n) for n in told}, "deformation": deformation_of(args), "model": model_of(args)}


def deformation_of(args: argparse.Namespace) -> Deformation:
    """How the sketches of the run are deformed."""
    base = FREEHAND if args.freehand_style else Deformation()
    given = {f.name: getattr(args, f.name) for f in fields(Deformation) if getattr(args, f.name) is not None}
    return Deformation(**{**{f.name: getattr(base, f.name) for f in fields(Deformation)}, **given})


def model_of(args: argparse.Namespace) -> ModelConfig:
    """The widths that the options say. Raises DfpError for kernels or a width that the SAP cannot have."""
    kernels = tuple(args.kernels)
    if any(k % 2 == 0 for k in kernels) or list(kernels) != sorted(set(kernels)):
        raise DfpError("--kernels takes odd numbers, each once and ascending, such as 1 5 9 13.")
    if args.width % len(kernels):
        raise DfpError(f"--width {args.width} is no multiple of {len(kernels)}, the branches of the SAP.")
    if args.details and len(args.details) != ModelConfig.downsamplings:
        raise DfpError(f"--details takes {ModelConfig.downsamplings} numbers, one for each step of the decoder.")
    return ModelConfig(
        width=args.width,
        max_width=args.max_width,
        stride=args.stride,
        kernels=kernels,
        codes=args.codes,
        skips=args.skips,
        details=tuple(args.details),
        regions=args.regions,
    )


def pack_of(args: argparse.Namespace) -> Pack:
    """The pack to train on. Raises DataError when it has another size or no faces to train on."""
    pack = Pack(args.pack)
    if pack.side % args.size:
        raise DataError(f"The pack's pictures are {pack.side} px wide; take a --size that divides it, or another pack.")
    if not len(pack.indices("train")):
        raise DataError(f"The pack {args.pack} has no faces to train on: all are of other splits.")
    return pack


def start_of(before: Path | None) -> Path | None:
    """The file to start from: release weights, or the checkpoint in a run's folder."""
    return before / "checkpoint.pt" if before and before.suffix != ".safetensors" else before
