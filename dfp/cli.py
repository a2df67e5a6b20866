"""`dfp generate` and `dfp batch`: sketches in files become faces in files."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts: beside other work it is 10x slower otherwise

import argparse
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dfp.batch import Batch, Options
from dfp.errors import DfpError, SketchError
from dfp.face import FaceGenerator
from dfp.files import read_sketch, write_picture
from dfp.heatmap import heatmap
from dfp.runtimes import RUNTIMES
from dfp.trust import Trust

BATCH = """Turn every sketch in the folder IN into NAME_face.png in the folder OUT. What is up to date stays, so the
same command goes on after a stop of any kind; OUT/manifest.jsonl says what was made of what."""
EXAMPLE = Path(__file__).parent / "examples" / "example_sketch.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit code.

    0 all made, 1 it could not start or go on, 3 some sketches failed, 130 stopped by Ctrl-C.
    """
    args = parser().parse_args(arguments)
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
    add_trust(command)
    command.add_argument("--trust-mask", type=Path, metavar="FILE", help="gray picture: white exactly, black loosely")
    add_model(command)
    command.set_defaults(run=generate)
    add_batch(commands.add_parser("batch", help="turn a folder of sketches into faces", description=BATCH))
    return top


def add_batch(command: argparse.ArgumentParser) -> None:
    """The arguments of `dfp batch`."""
    command.add_argument("sketches", type=Path, metavar="IN", help="folder of PNG, JPEG, WebP or TIFF sketches")
    command.add_argument("out", type=Path, metavar="OUT", help="folder of faces, made when it is not there")
    command.add_argument("-r", "--recursive", action="store_true", help="also the folders below IN, kept in OUT")
    command.add_argument("--attention", action="store_true", help="also draw how far each line was relaxed")
    command.add_argument("--overwrite", action="store_true", help="also replace files that dfp batch did not make")
    add_trust(command)
    add_model(command)
    command.set_defaults(run=batch)


def add_trust(command: argparse.ArgumentParser) -> None:
    """The argument that says how exactly lines are meant."""
    command.add_argument(
        "--trust",
        type=float,
        default=0.0,
        metavar="-1..1",
        help="lines are meant exactly (1) or loosely (-1); 0: as the model thinks (default)",
    )


def add_model(command: argparse.ArgumentParser) -> None:
    """The arguments that choose the model and where it runs."""
    command.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where the model runs")
    command.add_argument("--runtime", default="auto", choices=RUNTIMES, help="what calculates it")
    command.add_argument("--weights", type=Path, metavar="FILE", help="other weights than the bundled ones")


def generate(args: argparse.Namespace) -> int:
    """Generate every sketch; a bad file is reported and the others go on. Returns the exit code."""
    sketches = args.sketches or [EXAMPLE]
    targets = targets_for(args.sketches, args.out)
    if args.attention and len(sketches) > 1:
        raise DfpError("--attention draws one picture: give one sketch.")
    trust = Trust(args.trust, np.asarray(read_sketch(args.trust_mask).convert("L")) if args.trust_mask else None)
    generator = FaceGenerator.load(args.weights, args.device, args.runtime)
    failed = 0
    for sketch, target in zip(sketches, targets, strict=True):
        try:
            face = generator.generate(read_sketch(sketch), trust=trust)
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


def batch(args: argparse.Namespace) -> int:
    """Make the faces of a folder; Ctrl-C lets those that are drawn be written. Returns the exit code."""
    stopped = threading.Event()
    asked = Options(args.recursive, args.attention, args.overwrite, Trust(args.trust).number)
    generator = FaceGenerator.load(args.weights, args.device, args.runtime)
    before = signal.signal(signal.SIGINT, lambda *_: stopped.set())
    try:
        tally = Batch(generator, args.sketches, args.out, asked, stopped.is_set).run()
    finally:
        signal.signal(signal.SIGINT, before)
    counts = ((tally.made, "made"), (tally.ready, "up to date"), (tally.failed, "failed"))
    said = ", ".join(f"{count} {what}" for count, what in counts if count) or "none made"
    if tally.left and stopped.is_set():
        print(f"Stopped. Faces: {said}, {tally.left} left: the same command goes on from here.")
        return 130
    print(f"Faces: {said}.")
    return 3 if tally.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
