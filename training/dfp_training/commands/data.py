"""`dfp-train data, svg, styles, bench-data`: packs to train from, and what is in them."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from dfp.errors import DfpError
from dfp.files import unwritten, write_whole
from dfp.pictures.writing import write_picture
from dfp_training.commands.common import Commands, add_command, number, whole
from dfp_training.data.datasets import LEAST_SIDE, Pair
from dfp_training.data.deform import FREEHAND, Deformation
from dfp_training.data.pack import SIDE, Pack, build, size_of
from dfp_training.data.styles import styles
from dfp_training.data.svg import sketch_of, to_svg
from dfp_training.report.bench_data import report

CARRIED_MB = 64  # a pack up to this size is taken along to a borrowed machine


def add(commands: Commands) -> None:
    """Add the subcommands to the parser."""
    _add_data(commands)
    _add_svg(commands)
    _add_styles(commands)
    _add_bench(commands)


def _add_data(commands: Commands) -> None:
    command = add_command(commands, "data", "Make a pack to train from: photos and the strokes of their label maps.")
    command.add_argument("folders", nargs="*", type=Path, help="folders with images/ and labels/, or CelebAMask-HQ's")
    command.add_argument("--photos", type=Path, help="folder of aligned, square photos")
    command.add_argument("--labels", type=Path, help="folder of their label maps: PNG, equal names, 19 classes")
    command.add_argument("--out", type=Path, required=True, help="the pack's folder")
    command.add_argument("--size", type=whole(LEAST_SIDE), default=SIDE, help="side of the photos in the pack")
    command.add_argument(
        "--limit-mb", type=number(0.01), help="most that the pack may take; decides its photos' quality"
    )
    command.add_argument("--workers", type=whole(1), default=os.cpu_count(), help="processes")
    command.set_defaults(run_command=_data)


def _data(args: argparse.Namespace) -> None:
    folders: list[Path | Pair] = [*args.folders]
    if (args.photos is None) != (args.labels is None):
        raise DfpError("--photos and --labels go together: a folder of photos and a folder of their label maps.")
    if args.photos:
        folders.append(Pair(args.photos, args.labels))
    if not folders:
        raise DfpError("Say where the faces are: a folder, or --photos and --labels.")
    skipped = build(folders, args.out, args.size, args.workers, args.limit_mb)
    size = size_of(args.out) / 2**20
    print(f"{len(Pack(args.out))} faces in {args.out}, {size:.1f} MiB, {skipped} skipped")
    if size > (args.limit_mb or CARRIED_MB):
        print(
            f"The pack is above {args.limit_mb or CARRIED_MB:g} MiB; --limit-mb {CARRIED_MB} makes a smaller one.",
            file=sys.stderr,
        )


def _add_svg(commands: Commands) -> None:
    command = add_command(commands, "svg", "Write the sketch of one face as Bézier curves: clean, or deformed by --d.")
    _add_face(command, "a data folder or a pack")
    command.add_argument("--d", type=number(0), default=0.0, help="largest offset of a point, pixels of 512; 0: clean")
    command.add_argument("--seed", type=whole(0), default=0, help="decides the offsets")
    command.add_argument("--freehand-style", action="store_true", help="omit, double and add strokes as people do")
    command.add_argument("--out", type=Path, default=Path("sketch.svg"), help="the file")
    command.set_defaults(run_command=_svg)


def _add_face(command: argparse.ArgumentParser, where: str) -> None:
    command.add_argument("folder", type=Path, help=where)
    command.add_argument("--face", help="its name; else the first")


def _svg(args: argparse.Namespace) -> None:
    base = FREEHAND if args.freehand_style else Deformation()
    strokes = sketch_of(args.folder, args.face, args.d, args.seed, base)
    try:
        write_whole(to_svg(strokes).encode(), args.out)
    except OSError as error:
        raise DfpError(unwritten(args.out, error)) from error
    print(args.out)


def _add_styles(commands: Commands) -> None:
    command = add_command(commands, "styles", "Draw the edge styles of one face side by side, from its photo to S_dfm.")
    _add_face(command, "a data folder")
    command.add_argument("--d", type=number(0), nargs="+", default=[11, 30], help="deformations to show, pixels of 512")
    command.add_argument("--seed", type=whole(0), default=0, help="decides the offsets")
    command.add_argument("--size", type=whole(LEAST_SIDE), default=256, help="side of each picture")
    command.add_argument("--out", type=Path, default=Path("styles.png"), help="the picture")
    command.set_defaults(run_command=_styles)


def _styles(args: argparse.Namespace) -> None:
    picture = styles(args.folder, args.face, args.d, args.seed, args.size)
    write_picture(np.asarray(picture), args.out)
    print(args.out)


def _add_bench(commands: Commands) -> None:
    command = add_command(commands, "bench-data", "Measure how fast and how exactly label maps become sketches.")
    command.add_argument("folder", type=Path, help="a data folder, or a pack to draw from")
    command.add_argument("--count", type=whole(1), default=50, help="faces to measure, spread over the folder")
    command.add_argument("--size", type=whole(LEAST_SIDE), default=256, help="side of the sketches")
    command.set_defaults(run_command=_bench)


def _bench(args: argparse.Namespace) -> None:
    for line in report(args.folder, args.count, args.size):
        print(line, flush=True)
