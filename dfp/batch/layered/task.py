"""One file of layers on its way through a run: which of its faces are there, which are to be drawn, and its end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path

from PIL import Image

from dfp.batch.drawing import Bad, Pictures, Wanted
from dfp.batch.jobs import Job
from dfp.batch.layered.file import Ask, Earlier, LayeredFile, Placed, Record, Sketch
from dfp.batch.layered.kept import KeptFace, KeptFaces, key_of
from dfp.batch.layered.opening import open_layers, suffix_of
from dfp.batch.layered.places import Target
from dfp.batch.layered.telling import picture_of, told_of
from dfp.batch.listener import Done, Small, State
from dfp.batch.manifest import IN_PLACE, LAYERS, Made
from dfp.batch.options import BatchOptions, JsonValue
from dfp.errors import DfpError
from dfp.files import unwritten
from dfp.pictures.marks import QUICK, encode
from dfp.sketch.frame import Frame

Options = dict[str, JsonValue]


class Asked:
    """What is wanted of all files of a run."""

    def __init__(self, model: str, options: BatchOptions):
        """model: the checksum of whoever draws."""
        self.model, self.in_place = model, options.in_place
        self.patterns = list(options.layers)
        self.face: Options = options.face.to_json()

    def written(self) -> Options:
        """As the manifest has it."""
        return {**self.face, LAYERS: self.patterns, **({IN_PLACE: True} if self.in_place else {})}

    def records(self, made: Made | None) -> dict[str, Record]:
        """What is known of a file's faces, by the ids of its sketches."""
        try:
            return {record.id: record for record in map(Record.of, made.layers or [])} if made else {}
        except (TypeError, KeyError, ValueError):
            return {}

    def is_same(self, made: Made) -> bool:
        """Whether faces that were made then would be made just so again."""
        others = {name: text for name, text in made.options.items() if name not in (LAYERS, IN_PLACE)}
        return made.model == self.model and others == self.face


def key_of_sketch(sketch: Sketch, asked: Asked) -> str:
    """What the face of a sketch is kept by."""
    return key_of(sketch.pixels, asked.model, asked.face)


@dataclass
class FileTask:
    """A file that is open. target: where the file with faces goes."""

    job: Job
    asked: Asked
    target: Target
    kept: KeptFaces
    file: LayeredFile
    ask: Ask
    _drawn: set[str] = field(default_factory=set)
    _records: dict[str, Record] = field(default_factory=dict)
    _placed: dict[str, KeptFace] = field(default_factory=dict)
    _waiting: dict[str, list[Sketch]] = field(default_factory=dict)

    @classmethod
    def open(cls, job: Job, asked: Asked, target: Target, kept: KeptFaces, ask: Ask) -> "FileTask":
        """Open a file and see what there is to do. Raises SketchError, DfpError."""
        task = cls(job, asked, target, kept, open_layers(target.source, ask), ask)
        for sketch in task.file.sketches:
            task._sort(sketch)
        return task

    @property
    def left(self) -> int:
        """How many faces are still to be drawn."""
        return sum(map(len, self._waiting.values()))

    @property
    def drawn(self) -> int:
        """How many faces were made for it."""
        return len(self._drawn)

    def wanted(self) -> Iterator[Wanted]:
        """The drawings that wait, each once. Raises SketchError."""
        for key, sketches in list(self._waiting.items()):
            data = BytesIO()
            Image.fromarray(self.file.drawing(sketches[0])).save(data, "PNG", compress_level=QUICK)
            job = Job(f"{self.job.name}, {sketches[0].path}", self.job.base)
            yield Wanted(job, data.getvalue(), None, key[:16], key, self.asked.face, [])

    def arrived(self, key: str, outcome: Pictures | Bad) -> None:
        """A drawing's face, or why there is none; whether this file waits for it or not. Raises DfpError."""
        for sketch in self._waiting.pop(key, []):
            if isinstance(outcome, Bad):
                self._fail(sketch, outcome.why)
            else:
                face = self.kept.find(key) or self.kept.keep(key, outcome.face, outcome.frame, outcome.doubt)
                self._take(sketch, face)

    def finish(self, end: Callable[[Made], None]) -> None:
        """Write the file; `end` is given the manifest's line before it is put in its place.

        Raises Kept when something else has come to its place, SketchError, DfpError.
        """
        if not self._placed:
            if self.asked.in_place and any(not record.why for record in self._records.values()):
                end(self._line(self.target.sha256))
            return
        by_id = {sketch.id: sketch for sketch in self.file.sketches}
        placed = [Placed(by_id[id], face.picture, face.frame.left, face.frame.top) for id, face in self._placed.items()]
        part = self.target.part(suffix_of(self.job.name))
        try:
            done = self.file.write(placed, part)
        except OSError as error:
            raise DfpError(unwritten(Path(self.target.place.name), error)) from error
        for id, written in done.items():
            self._records[id] = replace(self._records[id], face_id=written.id, face=written.face)
        self.target.put(part, lambda sha256: end(self._line(sha256)))

    def told(self, sees: bool) -> list[Done]:
        """What becomes of its sketches when it is written. sees: with small pictures, which are made before that."""
        sketches = self.file.sketches
        states = [State.MADE if sketch.id in self._drawn else State.READY for sketch in sketches]
        pictures = {sketch.id: self._picture(sketch) for sketch in sketches} if sees else {}
        layers = zip((self._records[sketch.id] for sketch in sketches), states, strict=True)
        return told_of(self.job.name, self.target.output, layers, pictures)

    def unwritten(self, told: list[Done], why: str) -> list[Done]:
        """What became of its sketches when it could not be written, instead of what was to be told."""
        lost = {sketch.id for sketch in self.file.sketches} & set(self._placed)
        return [
            replace(done, state=State.FAILED, face="", sentence=why, about=self.job.name) if sketch.id in lost else done
            for sketch, done in zip(self.file.sketches, told, strict=True)
        ]

    def faces(self) -> set[str]:
        """Of the faces that were kept for this file."""
        return {face.picture.stem for face in self._placed.values()} | set(self._waiting)

    def _sort(self, sketch: Sketch) -> None:
        """See what there is to do for a sketch."""
        if sketch.why:
            self._fail(sketch, sketch.why)
        elif (record := self.ask.has(sketch)) is not None:
            self._records[sketch.id] = record
        elif (record := self.ask.had(sketch)) is not None and sketch.earlier is not None:
            self._place(sketch, self._brought(sketch.earlier, key_of_sketch(sketch, self.asked), record.doubt))
        elif (kept := self.kept.find(key_of_sketch(sketch, self.asked))) is not None:
            self._take(sketch, kept)
        else:
            self._waiting.setdefault(key_of_sketch(sketch, self.asked), []).append(sketch)

    def _brought(self, earlier: Earlier, key: str, doubt: str) -> KeptFace:
        """The face of an earlier copy, as if it had been drawn now."""
        height, width = earlier.picture.shape[:2]
        frame = Frame(earlier.left, earlier.top, width, height)
        return self.kept.keep(key, encode(earlier.picture, ".png", key[:16]), frame, doubt)

    def _take(self, sketch: Sketch, face: KeptFace) -> None:
        """Count a face that was drawn, by this run or by one that was killed."""
        self._place(sketch, face)
        self._drawn.add(sketch.id)

    def _place(self, sketch: Sketch, face: KeptFace) -> None:
        self._placed[sketch.id] = face
        frame = face.frame.left, face.frame.top, face.frame.width, face.frame.height
        self._records[sketch.id] = Record(sketch.path, sketch.id, sketch.pixels, frame=frame, doubt=face.doubt)

    def _fail(self, sketch: Sketch, why: str) -> None:
        self._records[sketch.id] = Record(sketch.path, sketch.id, sketch.pixels, why=why)

    def _picture(self, sketch: Sketch) -> Small:
        placed = self._placed.get(sketch.id)
        picture = None if placed is None else placed.picture
        return picture_of(self.file, self.ask, sketch, self._records[sketch.id].frame, picture)

    def _line(self, sha256: str) -> Made:
        return Made(
            input=self.job.name,
            input_sha256=self.target.sha256,
            output=self.target.output,
            output_sha256=sha256,
            attention=None,
            attention_sha256=None,
            model=self.asked.model,
            options=self.asked.written(),
            frame=(0, 0, *self.file.size),
            date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            layers=[self._records[sketch.id].to_json() for sketch in self.file.sketches],
            before=self.target.before,
        )
