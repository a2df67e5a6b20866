"""`dfp-train export, evaluate, likeness, sheet, stages, throughput`: what comes after training."""

import argparse
import json
import math
from pathlib import Path

import numpy as np

from dfp.errors import DfpError
from dfp.generator import FaceGenerator
from dfp.model.config import ModelConfig
from dfp.model.weights import RELEASE, checksum, read_config
from dfp.pictures.writing import write_picture
from dfp.runtime.torch import choose_device
from dfp_training.commands import likeness as likeness_commands
from dfp_training.commands.common import Commands, add_command, number
from dfp_training.commands.likeness import report_on
from dfp_training.data.datasets import CLASSES
from dfp_training.data.pack import Pack
from dfp_training.loop.sheets import contact_sheet, sketch_files
from dfp_training.metrics.evaluate import Instruments, Report, TestSet, evaluate
from dfp_training.metrics.likeness import LikenessReport
from dfp_training.metrics.metric import Figure, plain
from dfp_training.metrics.telling import Kept, Painter, Telling, kept
from dfp_training.release.card import card_of
from dfp_training.release.export import UNKNOWN, export, mean
from dfp_training.report.drawings import read_pairs
from dfp_training.report.stage_sheet import stage_sheet
from dfp_training.report.throughput import compare
from dfp_training.tasks.dual import StageConfig

# Columns that come last in the table, all but the first where their networks are given.
MORE = {"frechet": "Frechet", "identity": "face", "people": "people", "fid": "FID", "score": "IS"}


def add(commands: Commands) -> None:
    """Add the subcommands to the parser."""
    _add_export(commands)
    _add_evaluate(commands)
    likeness_commands.add(commands)
    _add_mean(commands)
    _add_sheet(commands)
    _add_stages(commands)
    _add_throughput(commands)


def _add_export(commands: Commands) -> None:
    command = add_command(commands, "export", "Write G_m of a stage 2 or 3 run as release weights.")
    command.add_argument("run", type=Path, help="run folder")
    command.add_argument("--out", type=Path, default=Path("deepfacepencil.safetensors"), help="the weights file")
    command.add_argument(
        "--companion", action="store_true", help="also write E_a and D, which training needs to go on from the release"
    )
    command.add_argument("--pack", type=Path, help="whose faces' palettes fill in colours that nobody says")
    _add_licence(command)
    command.set_defaults(run_command=_export)


def _add_licence(command: argparse.ArgumentParser) -> None:
    command.add_argument("--licence", default=UNKNOWN, help="of the weights: what the training pictures allow")


def _export(args: argparse.Namespace) -> None:
    made = export(args.run, args.out, args.companion, args.licence, args.pack)
    print(f"{args.out}: checksum {made}, card in {card_of(args.out)}")


def _add_mean(commands: Commands) -> None:
    command = add_command(commands, "mean", "Write the mean of release weights of which each was the next one's start.")
    command.add_argument("weights", type=Path, nargs="+", help="made by dfp-train export")
    command.add_argument("--out", type=Path, default=Path("mean.safetensors"), help="the weights file")
    _add_licence(command)
    command.set_defaults(
        run_command=lambda args: print(f"{args.out}: checksum {mean(args.weights, args.out, args.licence)}")
    )


def _add_evaluate(commands: Commands) -> None:
    command = add_command(commands, "evaluate", "Measure release weights: KID, conformance, LPIPS and L1 at several d.")
    command.add_argument("--weights", type=Path, default=RELEASE, help="made by dfp-train export")
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    command.add_argument("--data", type=Path, nargs="+", default=[], help="folders the pack was made of: label maps")
    command.add_argument("--split", default="val", choices=("train", "val", "test"), help="which faces")
    command.add_argument("--limit", type=int, help="only the first so many faces by name")
    command.add_argument("--offsets", type=float, nargs="+", default=[0, 11, 30], help="deformations d")
    command.add_argument("--seed", type=int, default=7, help="decides the deformations")
    command.add_argument("--inception", type=Path, help="pt_inception-2015-12-05 weights, for FID and IS")
    command.add_argument("--classes", action="store_true", help="conformance of every class as well")
    command.add_argument(
        "--colours",
        choices=[t.value for t in Telling],
        default="photo",
        help="which ones a model that knows any is told",
    )
    command.add_argument("--trust", type=number(-1, 1), default=0.0, help="how exactly all lines are meant")
    command.add_argument("--drawings", type=Path, help="folder with sketch/ and photo/ of equal names, for likeness")
    likeness_commands.add_frame(command)
    command.add_argument("--json", type=Path, help="file for all figures")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_evaluate)


def _evaluate(args: argparse.Namespace) -> None:
    config = read_config(args.weights)
    # First, so that an unusable drawing is told before an hour of measuring.
    likeness = report_on(read_pairs(args.drawings), [args.weights], args)[0] if args.drawings else None
    painter, pack = Painter.load(args.weights, args.device, Telling(args.colours), args.trust), Pack(args.pack)
    report = evaluate(
        painter,
        pack,
        Instruments.load(args.metrics, choose_device(args.device), args.inception),
        args.split,
        args.offsets,
        config.size,
        args.data,
        args.limit,
        args.seed,
    )
    head = f"{args.weights.name} {checksum(args.weights)}, {args.split} split, {report.faces} faces"
    colours = f"colours: {args.colours}, " if config.codes else ""
    colours += f"trust {args.trust:g}, " if args.trust else ""
    print(f"{head}, {config.size} px, {colours}seed {args.seed}; +- is one standard error")
    print("\n".join(table(report)))
    if not args.inception:
        print("FID and IS are left out: they need --inception, the standard Inception weights")
    if args.classes:
        print("\n".join(class_table(report)))
    more: dict[str, LikenessReport | Kept] = {"likeness": likeness} if likeness else {}
    if config.codes or config.regions:
        test = TestSet(pack, args.split, config.size, args.data, args.limit, args.seed)
        more["kept"] = kept(painter, test.batches(args.offsets[0]))
    for part in more.values():
        print("\n".join(part.lines()))
    if args.json:
        _write_json(
            args.json,
            {
                "model": head,
                "seed": args.seed,
                **as_json(report),
                **{name: part.plain() for name, part in more.items()},
            },
        )


def table(report: Report) -> list[str]:
    """The report as lines of text, with what each measure is taken with."""
    to = "the label maps" if report.photos else "what is seen in the photos (--data compares with the label maps)"
    lines = [f"mIoU: what the face parser sees, against {to}"]
    lines += ["KID, LPIPS: on the SqueezeNet of the metrics folder, comparable only with figures made with the same"]
    more = [name for name in MORE if getattr(report.rows[0], name) is not None]
    lines += [
        "   d   KID x1000    +-     mIoU     +-    LPIPS     +-       L1     +-"
        + "".join(f"{MORE[name]:>11}{'+-':>7}" for name in more)
    ]
    for row in report.rows:
        rest = "  ".join(_cell(figure) for figure in (row.conformance.mean, row.lpips, row.l1))
        rest += "".join(f"  {f.value:9.3f} {f.spread:6.3f}" for f in (getattr(row, name) for name in more))
        lines.append(f"{row.d:4g}   {row.kid.value:9.1f} {row.kid.spread:5.1f}   {rest}")
    if report.photos:
        lines.append(f"photo {'':14}   {_cell(report.photos.mean)}  the most that the parser can find")
    return lines


def _cell(figure: Figure) -> str:
    return f"{figure.value:6.4f} {figure.spread:6.4f}"


def class_table(report: Report) -> list[str]:
    """The conformance of every class as lines of text, at each d and of the photos; - where nobody has the class."""
    columns = {f"d={row.d:g}": row.conformance for row in report.rows}
    if report.photos:
        columns["photo"] = report.photos
    lines = [f"{'IoU':10}" + "".join(f"{name:>8}" for name in columns)]
    for i, name in enumerate(CLASSES):
        cells = [c.by_class[i] for c in columns.values()]
        lines.append(f"{name:10}" + "".join(f"{'-':>8}" if math.isnan(v) else f"{v:8.3f}" for v in cells))
    return lines


def as_json(report: Report) -> dict[str, object]:
    """All figures of the report as plain values."""
    return {"faces": report.faces, "rows": [plain(row) for row in report.rows], "photos": plain(report.photos)}


def _write_json(path: Path, values: dict[str, object]) -> None:
    try:
        path.write_text(json.dumps(values, indent=2) + "\n")
    except OSError as error:
        raise DfpError(f"The figures could not be written to {path}: {error.strerror}.") from error


def _add_sheet(commands: Commands) -> None:
    command = add_command(commands, "sheet", "Draw a contact sheet: each sketch of a folder above the face made of it.")
    command.add_argument("folder", type=Path, help="folder of sketches")
    command.add_argument("--weights", type=Path, default=RELEASE, help="made by dfp-train export")
    command.add_argument("--out", type=Path, default=Path("contact_sheet.png"), help="the picture")
    command.set_defaults(run_command=_sheet)


def _sheet(args: argparse.Namespace) -> None:
    files = sketch_files(args.folder)
    write_picture(np.asarray(contact_sheet(FaceGenerator.load(args.weights), files)), args.out)
    print(args.out)


def _add_stages(commands: Commands) -> None:
    command = add_command(commands, "stages", "Draw the same sketches after each stage, one run below the other.")
    command.add_argument("runs", type=Path, nargs="+", metavar="RUN", help="run folders (or release weights), in order")
    command.add_argument("--sketches", type=Path, required=True, help="folder of sketches")
    command.add_argument("--out", type=Path, default=Path("stages.png"), help="the picture")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_stages)


def _stages(args: argparse.Namespace) -> None:
    picture = stage_sheet(args.runs, args.sketches, choose_device(args.device))
    write_picture(np.asarray(picture), args.out)
    print(args.out)


def _add_throughput(commands: Commands) -> None:
    command = add_command(commands, "throughput", "Time a step of stage 3 against one of pix2pixHD's scheme.")
    command.add_argument("--size", type=int, default=StageConfig.size, help="side of the pictures")
    command.add_argument("--batch", type=int, default=StageConfig.batch, help="pictures a step")
    command.add_argument("--width", type=int, default=ModelConfig.width, help="channels at full size (ngf)")
    command.add_argument("--max-width", type=int, default=ModelConfig.max_width, help="channels of residual blocks")
    command.add_argument("--stride", type=int, default=ModelConfig.stride, help="of the first convolution")
    command.add_argument("--d-width", type=int, default=StageConfig.d_width, help="channels of the discriminators")
    command.add_argument("--rounds", type=int, default=7, help="how often each scheme is timed, in turn")
    command.add_argument("--steps", type=int, default=1, help="steps in a round; more on a fast device")
    command.add_argument("--compile", action="store_true", help="fuse the networks' operations")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_throughput)


def _throughput(args: argparse.Namespace) -> None:
    if min(args.rounds, args.steps, args.batch) < 1:
        raise DfpError("Rounds, steps and batch must be 1 or more.")
    device = choose_device(args.device)
    model = ModelConfig(width=args.width, max_width=args.max_width, stride=args.stride)
    config = StageConfig(stage=3, size=args.size, batch=args.batch, d_width=args.d_width, model=model)
    print(f"{device.type}, batch {args.batch}, {args.size} px, width {args.width}, D {args.d_width}; medians of rounds")
    print("\n".join(compare(config, device, args.rounds, args.steps, args.compile).lines()))
