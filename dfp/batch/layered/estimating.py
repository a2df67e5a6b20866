"""What a run over files of layers will take, found out before it begins.

A file that has no faces yet is asked for its list of layers alone, and one of Krita's is never opened, which takes it
seconds: of one that has changed all layers count as changed. An OpenRaster file that has changed is looked at, layer by
layer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from dfp.batch.estimate import Estimate
from dfp.batch.estimating import Known, free, usual_bytes
from dfp.batch.jobs import BACKUP, Job
from dfp.batch.layered.file import Ask, Record
from dfp.batch.layered.kept import KeptFaces
from dfp.batch.layered.opening import KRITA, OPEN_RASTER, listing, open_layers, suffix_of
from dfp.batch.layered.task import Asked, key_of_sketch
from dfp.errors import SketchError

# A face lies on its layer and in the flattened picture; Krita's layers are packed for speed, not to be small.
TIMES = {OPEN_RASTER: 2.0, KRITA: 3.0}


@dataclass(frozen=True)
class Looked:
    """What a file seems to need. face: bytes of a face's PNG file; copied: bytes of the rest of a new file."""

    job: Job
    sketches: int
    todo: int = 0
    face: float = 0.0
    copied: int = 0

    @property
    def times(self) -> float:
        """How many times the bytes of their PNG files all its new faces take."""
        return self.todo * TIMES[suffix_of(self.job.name)]


@dataclass(frozen=True)
class Survey:
    """Looks at files, given what is known of their faces."""

    known: Known
    asked: Asked
    kept: KeptFaces

    def look(self, job: Job) -> Looked:
        """What one file seems to need."""
        output = self.known.output(job)
        made = self.known.latest(output)
        records = self.asked.records(made)
        if self.known.ready(job):
            return Looked(job, len(records))
        path = self.known.source / job.name
        said = listing(path)
        if said is None:
            return Looked(job, 1, 1)  # how many layers it has is not known
        count = todo = said.count(self.asked.patterns)
        if suffix_of(job.name) == OPEN_RASTER and (records or self.kept.folder.exists()):
            same = made is not None and made.input == job.name and self.asked.is_same(made)
            earlier = None if self.asked.in_place else self.known.out / output
            todo = self._todo(path, Ask(self.asked.patterns, records, same, earlier, self.kept.folder), count)
        if not todo:
            return Looked(job, count)
        there = path.with_name(path.name + BACKUP) if self.asked.in_place else self.known.out / output
        face = _face_bytes(said.size, records.values())
        return Looked(job, count, todo, face, 0 if there.exists() else _size(path))

    def _todo(self, path: Path, ask: Ask, unknown: int) -> int:
        """How many faces are to be drawn; `unknown` when the file cannot be read."""
        try:
            sketches = open_layers(path, ask).sketches
        except SketchError:
            return unknown
        without = [sketch for sketch in sketches if not (sketch.why or ask.has(sketch) or ask.had(sketch))]
        kept = sum(self.kept.find(key_of_sketch(sketch, self.asked)) is not None for sketch in without)
        return max(len(without) - kept, 1 if kept else 0)  # faces that are drawn are not in the file yet


def estimate(looked: list[Looked], out: Path) -> tuple[Estimate, list[Job]]:
    """What a run over these files will take, but for its time, and the files that seem to need a face."""
    todo = [one for one in looked if one.todo]
    copied = sum(one.copied for one in todo)
    need = round(sum(one.times * one.face for one in todo)) + copied
    sketches, faces = sum(one.sketches for one in looked), sum(one.todo for one in todo)
    times = sum(one.times for one in todo) / max(1, faces)
    files = sum(one.sketches > 0 for one in looked)
    found = Estimate(sketches, faces, need, free(out), files=files, copied=copied, times=times)
    return found, [one.job for one in todo]


def _face_bytes(size: tuple[int, int], records: Iterable[Record]) -> float:
    """How many a face takes: as those that are there, or as if it were as large as the image."""
    there = [record.frame[2] * record.frame[3] for record in records if record.face]
    return mean(map(usual_bytes, there)) if there else usual_bytes(size[0] * size[1])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
