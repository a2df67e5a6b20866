"""`dfp generate` and `dfp batch`: sketches in files become faces in files."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts: beside other work it is 10x slower otherwise

import argparse
import sys
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from dfp.batch.local import LocalDrawer
from dfp.batch.options import BatchOptions, add_face_options, face_options_of
from dfp.cli.batch import Command, add_run
from dfp.cli.generate import GenerateOptions, generate
from dfp.cli.terminal import steady
from dfp.errors import DfpError
from dfp.generator import FaceGenerator
from dfp.pictures.formats import KINDS
from dfp.runtime.select import RUNTIMES
from dfp.sketch.request import frame_of_text
from dfp.version import version_line

BATCH = """Turn every sketch in the folder IN into NAME_face.png in the folder OUT. What is up to date stays, so the
same command goes on after a stop of any kind; OUT/manifest.jsonl says what was made of what."""
OVERWRITE = "also replace files that dfp did not make, that were changed since, or that are another sketch's face"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit code.

    0 all made, 1 it could not start or go on, 3 some sketches failed, 4 all made but some hardly show a face, 130
    stopped by Ctrl-C with something left to do.
    """
    with steady():
        args = parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
        # What Pillow thinks of a file's tags is nothing to a painter; what matters is raised and said.
        warnings.filterwarnings("ignore", module="PIL")
        try:
            return args.run(args)
        except DfpError as error:
            print(f"dfp: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("dfp: Stopped.", file=sys.stderr)
            return 130


def joined(arguments: Sequence[str]) -> list[str]:
    """The arguments with --frame and its value in one: argparse takes -40,30,256,256 for an option."""
    given = list(arguments)
    while "--frame" in given[:-1]:
        at = given.index("--frame")
        given[at : at + 2] = [f"--frame={given[at + 1]}"]
    return given


def parser() -> argparse.ArgumentParser:
    """The command line of `dfp`."""
    top = argparse.ArgumentParser("dfp", description="DeepFacePencil: faces from freehand sketches, on this machine.")
    top.add_argument("--version", action="version", version=version_line("dfp"))
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "generate",
        help="turn sketches into faces",
        description="Turn sketches into faces. Without arguments the bundled example becomes face.png.",
    )
    command.add_argument("sketches", nargs="*", type=Path, metavar="SKETCH", help="picture files with drawn lines")
    command.add_argument("-o", "--out", type=Path, metavar="FILE_OR_FOLDER", help="where faces go (NAME_face.png here)")
    command.add_argument("--attention", type=Path, metavar="FILE", help="also draw how far each line was relaxed")
    command.add_argument("--layers", action="store_true", help="also the face's layers, in NAME_face.ora")
    command.add_argument("--trust-mask", type=Path, metavar="FILE", help="gray picture: white exactly, black loosely")
    command.add_argument("--frame", metavar="L,T,W,H", help="where the face sits, in pixels: left, top, width, height")
    command.add_argument("--colours", type=Path, metavar="FILE", help="a layer with colours painted over the sketch")
    add_common(command)
    command.set_defaults(run=run_generate)
    add_batch(commands.add_parser("batch", help="turn a folder of sketches into faces", description=BATCH))
    return top


def add_batch(command: argparse.ArgumentParser) -> None:
    """The arguments of `dfp batch`."""
    command.add_argument("sketches", type=Path, metavar="IN", help=f"folder of {KINDS} sketches")
    command.add_argument("out", type=Path, metavar="OUT", help="folder of faces, made when it is not there")
    command.add_argument("-r", "--recursive", action="store_true", help="also the folders below IN, kept in OUT")
    command.add_argument("--attention", action="store_true", help="also draw how far each line was relaxed")
    command.add_argument(
        "--colours", type=Path, metavar="FOLDER", help="layers with painted colours, each named as its sketch"
    )
    add_run(command)
    add_common(command)
    command.set_defaults(run=run_batch)


def add_common(command: argparse.ArgumentParser) -> None:
    """The arguments of both commands: what is wanted of a face, and what makes it."""
    command.add_argument("--overwrite", action="store_true", help=OVERWRITE)
    add_face_options(command)
    command.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where the model runs")
    command.add_argument("--runtime", default="auto", choices=RUNTIMES, help="what calculates it")
    command.add_argument("--weights", type=Path, metavar="FILE", help="other weights than the bundled ones")


def run_generate(args: argparse.Namespace) -> int:
    """`dfp generate`. Returns the exit code."""
    asked = GenerateOptions(
        sketches=args.sketches,
        out=args.out,
        attention=args.attention,
        layers=args.layers,
        mask=args.trust_mask,
        colours=args.colours,
        inputs=tuple(path for path in (args.palette,) if path),
        frame=None if args.frame is None else frame_of_text(args.frame),
        overwrite=args.overwrite,
        face=face_options_of(args),
    )
    return generate(asked, args.weights, args.device, args.runtime)


def run_batch(args: argparse.Namespace) -> int:
    """Make the faces of a folder; Ctrl-C lets those that are drawn be written. Returns the exit code."""
    asked = BatchOptions(args.recursive, args.attention, args.overwrite, face_options_of(args), args.colours)
    with ExitStack() as stack:
        command = Command(args, asked, stack)
        return command.run(LocalDrawer(FaceGenerator.load(args.weights, args.device, args.runtime)))


if __name__ == "__main__":
    raise SystemExit(main())
