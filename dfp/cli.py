"""`dfp generate`: sketches in files become faces in files."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts: beside other work it is 10x slower otherwise

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from dfp.errors import DfpError, SketchError
from dfp.face import FaceGenerator
from dfp.heatmap import heatmap

EXAMPLE = Path(__file__).parent / "examples" / "example_sketch.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code: 0 all made, 1 nothing could start, 3 some sketches failed."""
    args = parser().parse_args(arguments)
    try:
        return generate(args)
    except DfpError as error:
        print(f"dfp: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """The command line of `dfp`."""
    top = argparse.ArgumentParser("dfp", description="DeepFacePencil: faces from freehand sketches, on this machine.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "generate",
        help="turn sketches into faces",
        description="Turn sketches into faces. Without arguments the bundled example becomes face.png.",
    )
    command.add_argument("sketches", nargs="*", type=Path, metavar="SKETCH", help="picture files with drawn lines")
    command.add_argument("-o", "--out", type=Path, metavar="FILE_OR_FOLDER", help="where faces go (NAME_face.png here)")
    command.add_argument("--attention", type=Path, metavar="FILE", help="also draw how far each line was relaxed")
    command.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where the model runs")
    command.add_argument("--weights", type=Path, metavar="FILE", help="other weights than the bundled ones")
    return top


def generate(args: argparse.Namespace) -> int:
    """Generate every sketch; a bad file is reported and the others go on. Returns the exit code."""
    sketches = args.sketches or [EXAMPLE]
    targets = targets_for(args.sketches, args.out)
    if args.attention and len(sketches) > 1:
        raise DfpError("--attention draws one picture: give one sketch.")
    generator = FaceGenerator.load(args.weights, args.device)
    failed = 0
    for sketch, target in zip(sketches, targets, strict=True):
        try:
            face = generator.generate(read_sketch(sketch))
        except SketchError as error:
            print(f"dfp: {sketch}: {error}", file=sys.stderr)
            failed += 1
            continue
        write_picture(face.placed(), target)
        if args.attention:
            write_picture(heatmap(face.attention, face.image), args.attention)
        print(f"{target}  ({face.frame.width} x {face.frame.height}, model {face.ms:.0f} ms)")
    return 0 if not failed else 3 if len(sketches) > 1 else 1


def targets_for(sketches: list[Path], out: Path | None) -> list[Path]:
    """The file of each face: `out` itself for one sketch, else NAME_face.png in the folder `out` or here.

    Raises DfpError when two sketches would share a file or a folder is missing.
    """
    names = [Path(f"{sketch.stem}_face.png") for sketch in sketches] or [Path("face.png")]
    if out is not None and len(names) == 1 and not out.is_dir() and out.suffix:
        targets = [out]
    else:
        targets = [(out or Path()) / name for name in names]
    if out is not None and len(names) > 1 and out.suffix and not out.is_dir():
        raise DfpError(f"{out} is one file, but there are {len(names)} sketches: give a folder.")
    twice = {str(t) for t in targets if targets.count(t) > 1}
    if twice:
        raise DfpError(f"Two sketches would both become {min(twice)}: rename one of them.")
    for folder in {t.parent for t in targets}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return targets


def read_sketch(path: Path) -> Image.Image:
    """A picture file with its layout kept. Raises SketchError with a sentence."""
    try:
        with Image.open(path) as picture:
            picture.load()
            return picture
    except FileNotFoundError as error:
        raise SketchError("there is no such file.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise SketchError("this is no picture that can be read: save the sketch as PNG and try again.") from error


def write_picture(picture: np.ndarray, path: Path) -> None:
    """Write H x W x 3 uint8 to a file, whole or not at all. Raises DfpError with a sentence."""
    part = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=path.suffix or ".png", delete=False) as file:
            part = Path(file.name)
            Image.fromarray(picture).save(file, format=None if path.suffix else "PNG")
        os.chmod(part, 0o644)
        os.replace(part, path)
    except ValueError as error:
        raise DfpError(f"{path} has an ending that names no picture format: use .png.") from error
    except OSError as error:
        raise DfpError(f"{path} could not be written: {error.strerror or error}.") from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


if __name__ == "__main__":
    raise SystemExit(main())
