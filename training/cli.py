"""`dfp-train`: data, classifier, the three stages, export, evaluate, sheet."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts: beside other work it is 10x slower otherwise

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from dfp.config import ModelConfig
from dfp.errors import DfpError
from dfp.face import FaceGenerator, choose_device
from dfp.weights import RELEASE
from training.classify import ClassifierConfig, train_classifier
from training.deform import FREEHAND, Deformation
from training.dual import Networks, StageConfig
from training.evaluate import evaluate
from training.export import export
from training.pack import Pack, build
from training.sheets import Sheet, contact_sheet, sketch_files
from training.squeezenet import SqueezeNet
from training.stages import train_stage

STAGES = {
    1: "Train G_a and D on edge-aligned sketches.",
    2: "Train SAP, E_m and D from scratch on deformed sketches; everything else stays as stage 1 left it.",
    3: "Train everything but the classifier with the overall objective, Eq. 8.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code. Errors are one sentence on standard error."""
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
        "dfp-train", description="Train DeepFacePencil: data, classifier, stage1..3, export, evaluate, sheet."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_data(commands)
    _add_classifier(commands)
    for stage, summary in STAGES.items():
        _add_stage(commands, stage, summary)
    _add_export(commands)
    _add_evaluate(commands)
    _add_sheet(commands)
    return top


def _command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, summary: str):
    return commands.add_parser(
        name, help=summary, description=summary, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )


def _add_data(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(commands, "data", "Make a pack to train from: photos and the strokes of their label maps.")
    command.add_argument("folders", nargs="+", type=Path, help="folders with images/ and labels/ (19 classes)")
    command.add_argument("--out", type=Path, required=True, help="the pack's folder")
    command.add_argument("--size", type=int, default=256, help="side of the photos in the pack")
    command.add_argument("--workers", type=int, default=os.cpu_count(), help="processes")
    command.set_defaults(run_command=_data)


def _data(args: argparse.Namespace) -> None:
    if args.out.exists():
        raise DfpError(f"{args.out} is there already; choose another folder or remove it.")
    skipped = build(args.folders, args.out, args.size, args.workers)
    print(f"{len(Pack(args.out))} faces in {args.out}, {skipped} skipped")


def _add_common(command: argparse.ArgumentParser, batch: int, steps: int) -> None:
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--run", type=Path, required=True, help="the run's folder; with a checkpoint it is resumed")
    command.add_argument("--size", type=int, default=256, help="side of the training pictures")
    command.add_argument("--batch", type=int, default=batch, help="pictures a step")
    command.add_argument("--steps", type=int, default=steps, help="length; the learning rate falls from half of it")
    command.add_argument("--lr", type=float, default=2e-4, help="learning rate of Adam")
    command.add_argument("--seed", type=int, default=1, help="decides start weights, order and deformations")
    command.add_argument("--workers", type=int, default=1, help="processes that prepare sketches")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.add_argument("--width", type=int, default=ModelConfig.width, help="channels at full size (ngf)")
    command.add_argument("--stride", type=int, default=ModelConfig.stride, help="of the first convolution")
    command.add_argument("--max-width", type=int, default=ModelConfig.max_width, help="channels of residual blocks")
    command.add_argument("--freehand-style", action="store_true", help="omit, double and add strokes as people do")
    for name in (f.name for f in fields(Deformation)):
        command.add_argument(f"--{name}", type=float, default=None, help=f"deformation: {name} (see training.deform)")


def _deformation(args: argparse.Namespace) -> Deformation:
    base = FREEHAND if args.freehand_style else Deformation()
    given = {f.name: getattr(args, f.name) for f in fields(Deformation) if getattr(args, f.name) is not None}
    return Deformation(**{**{f.name: getattr(base, f.name) for f in fields(Deformation)}, **given})


def _model(args: argparse.Namespace) -> ModelConfig:
    return ModelConfig(width=args.width, max_width=args.max_width, stride=args.stride)


def _add_classifier(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(commands, "classifier", "Train C to tell edge-aligned sketches from deformed ones.")
    _add_common(command, batch=ClassifierConfig.batch, steps=ClassifierConfig.steps)
    command.set_defaults(lr=ClassifierConfig.lr)
    command.set_defaults(run_command=_classifier)


def _classifier(args: argparse.Namespace) -> None:
    config = ClassifierConfig(
        args.size, args.batch, args.steps, args.lr, args.seed, args.workers, _deformation(args), _model(args)
    )
    accuracy = train_classifier(config, Pack(args.pack), args.run, choose_device(args.device))
    print(f"accuracy on held-out sketches: {accuracy:.3f}")


def _add_stage(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", stage: int, summary: str) -> None:
    command = _command(commands, f"stage{stage}", summary)
    _add_common(command, batch=StageConfig.batch, steps=StageConfig.steps)
    command.add_argument("--before", type=Path, help="run folder to start from: the stage before, or this stage")
    if stage == 2:
        command.add_argument("--classifier", type=Path, help="run folder of dfp-train classifier")
    command.add_argument("--rec-weight", type=float, default=StageConfig.rec_weight, help="weight of Eq. 4")
    command.add_argument("--perceptual-weight", type=float, default=0.0, help="needs --metrics; no term of the paper")
    command.add_argument("--metrics", type=Path, help="folder with SqueezeNet's weights, for the perceptual term")
    command.add_argument("--d-width", type=int, default=StageConfig.d_width, help="channels of the discriminators")
    command.add_argument("--ema", type=float, default=StageConfig.ema, help="decay of averaged generators; 0: none")
    command.add_argument("--save-every", type=int, default=StageConfig.save_every, help="steps between checkpoints")
    command.add_argument("--minutes", type=float, help="stop after this time; start again to go on")
    command.add_argument("--freehand", type=Path, help="folder of sketches to draw in the sample sheets")
    command.set_defaults(run_command=_stage, stage=stage)


def _stage(args: argparse.Namespace) -> None:
    config = StageConfig(
        stage=args.stage,
        size=args.size,
        batch=args.batch,
        steps=args.steps,
        lr=args.lr,
        rec_weight=args.rec_weight,
        perceptual_weight=args.perceptual_weight,
        d_width=args.d_width,
        ema=args.ema,
        seed=args.seed,
        workers=args.workers,
        save_every=args.save_every,
        deformation=_deformation(args),
        model=_model(args),
    )
    if config.perceptual_weight and args.metrics is None:
        raise DfpError("The perceptual term needs --metrics, the folder with SqueezeNet's weights.")
    critic = SqueezeNet.load(args.metrics) if config.perceptual_weight else None
    pack = Pack(args.pack)
    sheet = Sheet(pack, config.size, config.deformation, args.freehand)

    def draw(networks: Networks, run: Path, step: int) -> None:
        sheet.draw(networks.a, networks.m, run / f"sheet_{step:07d}.png", main=config.stage > 1)

    classifier = getattr(args, "classifier", None)
    reached = train_stage(
        config,
        pack,
        args.run,
        args.before / "checkpoint.pt" if args.before else None,
        classifier / "checkpoint.pt" if classifier else None,
        args.minutes,
        choose_device(args.device),
        draw,
        critic,
    )
    print(f"stage {config.stage}: step {reached} of {config.steps} in {args.run}")


def _add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(commands, "export", "Write G_m of a stage 2 or 3 run as release weights.")
    command.add_argument("run", type=Path, help="run folder")
    command.add_argument("--out", type=Path, default=Path("deepfacepencil.safetensors"), help="the weights file")
    command.set_defaults(run_command=_export)


def _export(args: argparse.Namespace) -> None:
    print(f"{args.out}: checksum {export(args.run, args.out)}")


def _add_evaluate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(commands, "evaluate", "Measure release weights: KID (SqueezeNet) and L1 at several d.")
    command.add_argument("--weights", type=Path, default=RELEASE, help="made by dfp-train export")
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    command.add_argument("--split", default="val", choices=("train", "val", "test"), help="which faces")
    command.add_argument("--offsets", type=float, nargs="+", default=[0, 11, 30], help="deformations d")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_evaluate)


def _evaluate(args: argparse.Namespace) -> None:
    generator = FaceGenerator.load(args.weights, args.device)
    network = SqueezeNet.load(args.metrics)
    print(f"{args.weights.name} {generator.checksum}, {args.split} split, {generator.config.size} px")
    print("   d   KID x1000   +-      L1")
    rows = evaluate(
        lambda lines: generator.run(lines)[0],
        Pack(args.pack),
        network,
        args.split,
        args.offsets,
        generator.config.size,
    )
    for row in rows:
        print(f"{row.d:4g}   {row.kid:9.1f} {row.spread:4.1f}   {row.l1:.4f}", flush=True)


def _add_sheet(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _command(commands, "sheet", "Draw a contact sheet: each sketch of a folder above the face made of it.")
    command.add_argument("folder", type=Path, help="folder of sketches")
    command.add_argument("--weights", type=Path, default=RELEASE, help="made by dfp-train export")
    command.add_argument("--out", type=Path, default=Path("contact_sheet.png"), help="the picture")
    command.set_defaults(run_command=_sheet)


def _sheet(args: argparse.Namespace) -> None:
    files = sketch_files(args.folder)
    if not files:
        raise DfpError(f"{args.folder} has no pictures.")
    contact_sheet(FaceGenerator.load(args.weights), files).save(args.out)
    print(args.out)


if __name__ == "__main__":
    raise SystemExit(main())
