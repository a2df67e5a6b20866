"""What a run will take, found out before it begins.

Nothing is decoded and no file is read whole for the number of faces and their bytes: what a folder's manifest, sizes
and times say is enough. For the time a few faces are drawn that nobody keeps.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean

from dfp.batch.drawing import Bad, Drawer, Stop, Wanted
from dfp.batch.estimate import Estimate
from dfp.batch.jobs import Job
from dfp.batch.manifest import Made
from dfp.batch.options import BatchOptions, JsonValue
from dfp.errors import SketchError
from dfp.pictures.reading import opened

LOOKED_AT = 64  # files whose size stands for all others'
MEASURED = 5.0  # seconds that faces are drawn for a measure
BURST = 0.05  # faces that come so soon after the first were drawn with it


@dataclass(frozen=True)
class Known:
    """What a face has to be made of to be up to date: `model`, and `asked` of every sketch beside its colours.

    latest: the manifest's line for a face. output: what the face of a sketch is called there.
    """

    source: Path
    out: Path
    model: str
    asked: dict[str, JsonValue]
    layers: Mapping[str, Path]
    latest: Callable[[str], Made | None]
    output: Callable[[Job], str] = lambda job: job.face

    def ready(self, job: Job) -> bool:
        """Whether a face seems to be there and made of this sketch as it is: no file of both is opened.

        A sketch that is older than its face is taken for the one that the face was made of.
        """
        made, layer = self.latest(self.output(job)), self.layers.get(job.name)
        if made is None or (made.input, made.model) != (job.name, self.model):
            return False
        options = dict(made.options)
        painted = options.pop("colours_sha256", None) is not None
        if options != self.asked or painted != (layer is not None):
            return False
        try:
            until = datetime.fromisoformat(made.date).timestamp() + 1  # it has no fractions
            sources = [self.source / job.name, *([layer] if layer else [])]
            return all((self.out / name).exists() for name in made.files()) and all(
                path.stat().st_mtime < until for path in sources
            )
        except (OSError, ValueError):
            return False


@dataclass(frozen=True)
class Measure:
    """Faces per second, and bytes per face; 0 where none was drawn."""

    rate: float = 0.0
    bytes: float = 0.0


def estimate(jobs: Sequence[Job], known: Known) -> tuple[Estimate, list[Job]]:
    """What a run over these sketches will take, but for its time, and the sketches that seem to need a face."""
    todo = [job for job in jobs if not known.ready(job)]
    made = [line for job in jobs if (line := known.latest(job.face))]
    need = round(len(todo) * _face_bytes(todo, made, known)) if todo else 0
    return Estimate(len(jobs), len(todo), need, free(known.out)), todo


def measure(drawer: Drawer, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Measure:
    """Draw faces for some seconds and forget them. Raises DfpError when that cannot go on."""
    came: list[float] = []
    sizes: list[int] = []
    began = time.monotonic()

    def enough() -> bool:
        return stop() or bool(came and time.monotonic() - came[0] > MEASURED)

    for _, outcome in drawer.draw(wanted, options, enough):
        if not isinstance(outcome, Bad):
            came.append(time.monotonic())
            sizes.append(len(outcome.face) + len(outcome.attention or b""))
    if not came:
        return Measure()
    # Before the first one comes much is only begun; those that were drawn with it do not tell of time, either.
    later = sum(when > came[0] + BURST for when in came)
    rate = later / (came[-1] - came[0]) if later else len(came) / (came[-1] - began)
    return Measure(rate, mean(sizes))


def free(folder: Path) -> int:
    """Bytes that are free on the disk of a folder, which may not be there yet."""
    folder = folder.resolve()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _face_bytes(todo: list[Job], made: list[Made], known: Known) -> float:
    """How many a face takes with what lies beside it: as those that are there, or as is usual for such sketches."""
    there = [taken for line in _sample(made) if (taken := _bytes_of([known.out / name for name in line.files()]))]
    if there:
        return mean(there)
    usual = [usual_bytes(pixels) for job in _sample(todo) if (pixels := _pixels(known.source / job.name))]
    heat = usual_bytes(256 * 256) if known.asked.get("attention") else 0
    return heat + (mean(usual) if usual else 0)


def usual_bytes(pixels: int) -> float:
    """Bytes of a face's PNG, by its pixels: 107 kB at 256 x 256, 580 kB at 768 x 768, 2.8 MB at 2048 x 2048."""
    return 28 * pixels**0.75


def _pixels(sketch: Path) -> int:
    try:
        with opened(sketch) as (picture, _):
            return picture.width * picture.height
    except (SketchError, MemoryError):
        return 0


def _bytes_of(files: list[Path]) -> int:
    try:
        return sum(os.path.getsize(file) for file in files)
    except OSError:
        return 0


def _sample(some: list) -> list:
    """Some of a list, from all over it."""
    return some[:: max(1, len(some) // LOOKED_AT)][:LOOKED_AT]
