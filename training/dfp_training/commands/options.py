"""The options that every training command has beside its configuration's fields, and what they say."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from dfp.errors import DfpError
from dfp.model.config import ModelConfig
from dfp_training.commands.common import whole
from dfp_training.commands.fields import add_fields, said
from dfp_training.data.datasets import DataError
from dfp_training.data.deform import FREEHAND, Deformation
from dfp_training.data.pack import Pack
from dfp_training.tasks.loaded import file_of, model_in

MODEL = ("width", "max_width", "stride", "kernels", "codes", "skips", "details", "trusting", "regions")
DEFAULTS = ModelConfig()


def add_run(command: argparse.ArgumentParser, of: type) -> None:
    """Add the run's folder, its data and device, the fields of its configuration, its sketches' and its model's."""
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--run", type=Path, required=True, help="the run's folder; with a checkpoint it is resumed")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    add_fields(command, of)
    command.add_argument("--freehand-style", action="store_true", help="omit, double and add strokes as people do")
    add_fields(command, Deformation, given=True)
    _add_model(command)


def _add_model(command: argparse.ArgumentParser) -> None:
    def add(name: str, says: str, **how: Any) -> None:
        default = getattr(DEFAULTS, name.replace("-", "_"))
        text = f"{says} (default: that of what the run starts from, else {default})"
        command.add_argument(f"--{name}", default=argparse.SUPPRESS, help=text, **how)

    add("width", "channels at full size (ngf)", type=whole(1))
    add("max-width", "channels of residual blocks", type=whole(1))
    add("stride", "of the first convolution", type=int, choices=(1, 2))
    kernels = "poolings of the SAP; ablations: 1 alone is no pooling and no attention, 9 alone one size for all strokes"
    add("kernels", kernels, type=whole(1), nargs="+")
    add("codes", "numbers that told colours become; 0: none are told", type=whole(0))
    add("skips", "the decoder sees the encoder's features", action="store_true")
    add("details", "residual blocks a decoder's step", type=whole(0), nargs="+")
    add("trusting", "trust changes all features", action="store_true")
    add("regions", "the model says what it draws where", action="store_true")


def add_networks(command: argparse.ArgumentParser) -> None:
    """Add where the networks are that terms of the loss look with."""
    command.add_argument("--metrics", type=Path, help="folder of the measuring networks, for terms that look with one")


def config_of(args: argparse.Namespace, of: type, before: Path | None = None, **more: Any) -> Any:
    """The configuration `of` that the options say; of the model what they leave open is that of the start file.

    Raises DfpError for what no model can be, and as `model_in`.
    """
    return of(**said(args, of), deformation=_deformation_of(args), model=_model_of(args, before), **more)


def _deformation_of(args: argparse.Namespace) -> Deformation:
    return replace(FREEHAND if args.freehand_style else Deformation(), **said(args, Deformation))


def _model_of(args: argparse.Namespace, before: Path | None) -> ModelConfig:
    run = args.run / "checkpoint.pt"
    start = run if run.is_file() else before
    base = DEFAULTS if start is None else replace(model_in(start), size=DEFAULTS.size)
    given = {name: getattr(args, name) for name in MODEL if hasattr(args, name)}
    model = replace(base, **{name: tuple(v) if isinstance(v, list) else v for name, v in given.items()})
    if any(k % 2 == 0 for k in model.kernels) or list(model.kernels) != sorted(set(model.kernels)):
        raise DfpError("--kernels takes odd numbers, each once and ascending, such as 1 5 9 13.")
    if model.width % len(model.kernels):
        raise DfpError(f"--width {model.width} is no multiple of {len(model.kernels)}, the branches of the SAP.")
    if model.details and len(model.details) != model.downsamplings:
        raise DfpError(f"--details takes {model.downsamplings} numbers, one for each step of the decoder.")
    return model


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
    return None if before is None else file_of(before)
