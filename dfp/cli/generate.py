"""`dfp generate`: single sketches in files become faces in files."""

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from dfp.batch.colour_layers import read_colours
from dfp.batch.drawn import Drawn
from dfp.batch.jobs import PassedOver
from dfp.batch.options import FaceOptions
from dfp.errors import DfpError, SketchError
from dfp.generator import FaceGenerator
from dfp.pictures.marks import can_be_saved, encode, holds_alpha, mark_of, sketch_id
from dfp.pictures.outputs import Outputs, Place
from dfp.pictures.reading import read, read_sketch
from dfp.pictures.together import opaque
from dfp.pictures.writing import no_format
from dfp.runtime.base import is_out_of_memory
from dfp.sketch.frame import Frame

EXAMPLE = Path(__file__).parents[1] / "examples" / "example_sketch.png"
DOUBTFUL = 4  # exit code: all were made, and one at least hardly shows a face
EXAMPLE_ID = "example"  # wherever this program is installed


@dataclass(frozen=True)
class GenerateOptions:
    """What `dfp generate` was asked for.

    sketches: none means the bundled one. out: a file, a folder, or None for here. attention: where the heat map goes.
    layers: the face's layers are written beside it.
    mask: a picture of trust. colours: a layer of painted colours. inputs: other files that are read. overwrite: what is
    in a face's way may be lost.
    """

    sketches: list[Path] = field(default_factory=list)
    out: Path | None = None
    attention: Path | None = None
    layers: bool = False
    mask: Path | None = None
    colours: Path | None = None
    inputs: tuple[Path, ...] = ()
    frame: Frame | None = None
    overwrite: bool = False
    face: FaceOptions = field(default_factory=FaceOptions)


@dataclass(frozen=True)
class Task:
    """A sketch, the places of its face, its heat map and its layers, and what its mark says (`sketch_id`).

    named: the painter has said the face's own name, so that it may take the place of another sketch's face.
    """

    sketch: Path
    face: Place
    attention: Place | None
    layers: Place | None
    id: str
    named: bool


def generate(asked: GenerateOptions, weights: Path | None, device: str, runtime: str) -> int:
    """Make every face; a bad sketch is reported and the others go on. Returns the exit code. Raises DfpError."""
    if asked.attention and len(asked.sketches) > 1:
        raise DfpError("--attention draws one picture: give one sketch.")
    asked, passed = _without_faces(asked)
    targets = targets_for(asked.sketches, asked.out)
    read_too = (path for path in (asked.mask, asked.colours, weights, *asked.inputs) if path)
    outputs = Outputs([*(asked.sketches or [EXAMPLE]), *read_too], asked.overwrite)
    tasks = _tasks(asked, targets, outputs)
    mask = None if asked.mask is None else read_mask(asked.mask)
    painted = None if asked.colours is None else read_colours(asked.colours, asked.colours)
    generator = FaceGenerator.load(weights, device, runtime)
    asked.face.check(generator, painted is not None)
    if asked.layers:
        generator.require_regions()
    failed = doubtful = 0
    for task in tasks:
        try:
            drawn = _make(task, asked, mask, painted, generator, outputs)
        except SketchError as error:
            print(f"dfp: {task.sketch}: {error}", file=sys.stderr)
            failed += 1
            continue
        many = f"{len(drawn.faces)} faces, " if len(drawn.faces) > 1 else ""
        size, ms = f"{drawn.frame.width} x {drawn.frame.height}", sum(face.ms for face in drawn.faces)
        print(f"{task.face.name}  ({many}{size}, model {ms:.0f} ms)")
        if drawn.doubt:
            print(f"dfp: {task.sketch}: {drawn.doubt}", file=sys.stderr)
            doubtful += 1
    if str(passed):
        print(f"Passed over: {passed}.")
    if failed:
        return 3 if len(tasks) > 1 else 1
    return DOUBTFUL if doubtful else 0


def targets_for(sketches: list[Path], out: Path | None) -> list[Path]:
    """The file of each face: `out` itself for one sketch, else NAME_face.png in the folder `out` or here.

    Raises DfpError when two sketches would share a file or a folder is missing.
    """
    names = [Path(f"{sketch.stem}_face.png") for sketch in sketches] or [Path("face.png")]
    one_file = out is not None and not out.is_dir() and bool(out.suffix)
    if one_file and len(names) > 1:
        raise DfpError(f"{out} is one file, but there are {len(names)} sketches: give a folder.")
    targets = [out] if one_file and out else [(out or Path()) / name for name in names]
    twice = {str(t) for t in targets if targets.count(t) > 1}
    if twice:
        raise DfpError(f"Two sketches would both become {min(twice)}: rename one of them.")
    for folder in {t.parent for t in targets}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return targets


def read_mask(path: Path) -> np.ndarray:
    """A picture of trust, uint8 H x W. Raises SketchError that names the file."""
    try:
        return np.asarray(read_sketch(path).convert("L"))
    except SketchError as error:
        raise SketchError(f"{path}: {error}") from error


def _without_faces(asked: GenerateOptions) -> tuple[GenerateOptions, PassedOver]:
    """Of several sketches those that are none but faces made before, as *.png names them; one alone is meant."""
    if len(asked.sketches) < 2:
        return asked, PassedOver()
    made = [sketch for sketch in asked.sketches if mark_of(sketch) is not None]
    left = [sketch for sketch in asked.sketches if sketch not in made]
    if not left:
        raise DfpError("All of these are faces that dfp made: give the sketches, or one of the faces alone.")
    return replace(asked, sketches=left), PassedOver(made=[str(sketch) for sketch in made])


def _tasks(asked: GenerateOptions, targets: list[Path], outputs: Outputs) -> list[Task]:
    """What there is to do, with every name looked at before anything is made."""
    for name in [*targets, *([asked.attention] if asked.attention else [])]:
        if not can_be_saved(name.suffix or ".png"):
            raise DfpError(no_format(name))
    for name in targets if asked.face.cut_out else []:
        if not holds_alpha(name.suffix or ".png"):
            raise DfpError(f"{name.suffix} files are never transparent: give {name} the ending .png for --cut-out.")
    attention = outputs.claim(asked.attention) if asked.attention else None
    tasks = []
    for sketch, target in zip(asked.sketches or [EXAMPLE], targets, strict=True):
        of = sketch_id(sketch, target) if asked.sketches else EXAMPLE_ID
        face = outputs.claim(target)
        layers = outputs.claim(target.with_suffix(".ora")) if asked.layers else None
        tasks.append(Task(sketch, face, attention, layers, of, named=target == asked.out))
    return tasks


def _make(
    task: Task,
    asked: GenerateOptions,
    mask: np.ndarray | None,
    painted: np.ndarray | None,
    generator: FaceGenerator,
    outputs: Outputs,
) -> Drawn:
    """Make the faces of one sketch. Raises SketchError when its sketch cannot be used or something in its way stays."""
    for place in (task.face, task.layers):
        if place:
            outputs.check(place, outputs.standing(place, sketch="" if task.named else task.id))
    if task.attention:
        outputs.check(task.attention, outputs.standing(task.attention))
    try:
        found = read(task.sketch, asked.face.page)
        heads = asked.face.prepare(generator.prepare_heads, found, asked.frame, mask, painted)
        drawn = Drawn([generator.draw([head])[0] for head in heads], found.image.size)
        files = {task.face: _encoded(asked.face.picture(drawn), task.face, task.id)}
        if task.attention:
            files[task.attention] = _encoded(drawn.attention(), task.attention, task.id)
        if task.layers:
            files[task.layers] = drawn.layers(task.id)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise SketchError("this picture needs more memory than there is: make it smaller and try again.") from None
    outputs.write(files)
    if found.pages > 1 and found.page == 1:
        print(f"dfp: {task.sketch}: page 1 of {found.pages} was taken; --page takes another.", file=sys.stderr)
    return drawn


def _encoded(picture: np.ndarray, place: Place, sketch: str) -> bytes:
    ending = place.path.suffix or ".png"
    return encode(picture if holds_alpha(ending) else opaque(picture), ending, sketch)
