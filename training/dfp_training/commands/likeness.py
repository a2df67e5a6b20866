"""`dfp-train likeness`, and what `dfp-train evaluate --drawings` has in common with it."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dfp.errors import DfpError
from dfp.generator import FaceGenerator
from dfp.model.weights import RELEASE, checksum
from dfp.pictures.writing import write_picture
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands, add_command
from dfp_training.metrics.likeness import recognisers
from dfp_training.report.drawings import Draw, Pair, faces_made, pairs_sheet, read_pairs
from dfp_training.report.likeness import LikenessReport


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    summary = "Measure how like the people who were drawn faces are, by recognisers that see the photos."
    command = add_command(commands, "likeness", summary)
    command.add_argument("folder", type=Path, help="has sketch/ and photo/ with pictures of equal names")
    command.add_argument("--weights", type=Path, nargs="+", default=[RELEASE], help="made by dfp-train export")
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    command.add_argument("--sheet", type=Path, help="also draw rows of drawing, photo and faces: the picture's file")
    add_frame(command)
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_likeness)


def add_frame(command: argparse.ArgumentParser) -> None:
    """The option for drawings that are not aligned as their photos are."""
    command.add_argument(
        "--found-frame",
        action="store_true",
        help="find the face in each drawing; the whole drawing is taken otherwise, aligned as its photo",
    )


def drawing(weights: Path, device: str) -> Draw:
    """What release weights make of drawings. Raises WeightsError or DfpError."""
    generator = FaceGenerator.load(weights, device, "torch")
    return lambda pair, frame: generator.generate(pair.sketch, frame).image


def report_on(
    pairs: Sequence[Pair], weights: Sequence[Path], args: argparse.Namespace
) -> tuple[LikenessReport, list[list[np.ndarray]]]:
    """The report, and each model's faces. Raises DfpError."""
    seeing = recognisers(args.metrics, choose_device(args.device))
    faces = [faces_made(pairs, drawing(file, args.device), args.found_frame) for file in weights]
    made = dict(zip(_names(weights), faces, strict=True))
    return LikenessReport.of(pairs, made, seeing, args.found_frame), faces


def _names(files: Sequence[Path]) -> list[str]:
    """The files' names and checksums, which tell them apart. Raises DfpError for weights that are given twice."""
    names = [f"{file.name} {checksum(file)}" for file in files]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DfpError(f"{twice[0]} is given twice: name each weights file once.")
    return names


def _likeness(args: argparse.Namespace) -> None:
    pairs = read_pairs(args.folder)
    report, faces = report_on(pairs, args.weights, args)
    print("\n".join(report.lines()))
    if args.sheet:
        write_picture(np.asarray(pairs_sheet(pairs, faces)), args.sheet)
        print(args.sheet)
