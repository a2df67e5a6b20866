"""`dfp generate` and `dfp batch`: sketches in files become faces in files."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from dfp.batch.jobs import BACKUP
from dfp.batch.options import BatchOptions, add_face_options, face_options_of
from dfp.cli.batch import Command, add_run
from dfp.cli.doctor import add_doctor
from dfp.cli.elsewhere import add_elsewhere, drawer_of
from dfp.cli.generate import GenerateOptions, generate
from dfp.cli.terminal import ended, steady
from dfp.errors import DfpError
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
        return ended(lambda: args.run(args))


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
    add_doctor(commands.add_parser("doctor", help="say what is wrong with an installation, and how to mend it"))
    return top


def add_batch(command: argparse.ArgumentParser) -> None:
    """The arguments of `dfp batch`."""
    command.add_argument("sketches", type=Path, metavar="IN", help=f"folder of {KINDS} sketches")
    command.add_argument(
        "out",
        type=Path,
        nargs="?",
        metavar="OUT",
        help="folder of faces, made when it is not there (not for --in-place)",
    )
    command.add_argument("-r", "--recursive", action="store_true", help="also the folders below IN, kept in OUT")
    command.add_argument("--attention", action="store_true", help="also draw how far each line was relaxed")
    command.add_argument(
        "--colours", type=Path, metavar="FOLDER", help="layers with painted colours, each named as its sketch"
    )
    layers = command.add_argument_group(
        "layers",
        "Faces in .ora files, and by Krita in .kra files, as layers of their own. --dry-run counts, --report shows "
        "and --watch draws layer by layer.",
    )
    layers.add_argument(
        "--layers",
        action="append",
        default=[],
        metavar="NAME",
        help="each layer or group of this name gets a face above it, in OUT/NAME_face.kra or .ora: 'sketch*', "
        "'Figures/ink', several times; a group is one drawing unless something in it has the name, too",
    )
    layers.add_argument(
        "--in-place",
        action="store_true",
        help=f"in the files themselves; as they were they stay as NAME.kra{BACKUP}, and a program that has one open "
        "shows its faces when it opens it again",
    )
    add_run(command)
    add_common(command)
    add_elsewhere(command)
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


def folder_of_faces(sketches: Path, out: Path | None, in_place: bool) -> Path:
    """Where faces go, and what is written down of them. Raises DfpError when that is not said, or said twice."""
    if out is None and not in_place:
        raise DfpError("Say where the faces go: dfp batch IN OUT.")
    if out is not None and in_place:
        raise DfpError(f"--in-place puts the faces into the files of {sketches} themselves: leave {out} out.")
    return out or sketches


def run_batch(args: argparse.Namespace) -> int:
    """Make the faces of a folder; Ctrl-C lets those that are drawn be written. Returns the exit code."""
    asked = BatchOptions(
        recursive=args.recursive,
        attention=args.attention,
        overwrite=args.overwrite,
        face=face_options_of(args),
        colours=args.colours,
        layers=tuple(args.layers),
        in_place=args.in_place,
    )
    asked.check()
    args.out = folder_of_faces(args.sketches, args.out, asked.in_place)
    with ExitStack() as stack:
        command = Command(args, asked, stack)
        return command.run(stack.enter_context(drawer_of(args)))


if __name__ == "__main__":
    raise SystemExit(main())
