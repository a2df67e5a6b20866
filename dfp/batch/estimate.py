"""What a run will take, told before it begins: how many faces, how long, how much of the disk.

Nothing is decoded and no file is read whole for it: what a folder's manifest, sizes and times say is enough.
"""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import mean

from dfp.batch.jobs import Job
from dfp.batch.manifest import Made
from dfp.batch.options import JsonValue
from dfp.errors import SketchError
from dfp.pictures.reading import opened
from dfp.sketch.pixels import LARGEST

LOOKED_AT = 64  # files whose size stands for all others'
UNITS = "kB", "MB", "GB", "TB"


@dataclass(frozen=True)
class Estimate:
    """sketches: all of the folder. todo: those whose face is missing or no longer theirs. need: bytes that their faces
    take, free: bytes that the disk of the folder of faces has."""

    sketches: int
    todo: int
    need: int
    free: int

    def __str__(self) -> str:
        """A sentence with all of it, but without the time."""
        known = self.sketches - self.todo
        sketches = f"{self.sketches:,} {'sketch' if self.sketches == 1 else 'sketches'}"
        if not self.todo:
            return f"{sketches}, up to date."
        rest = f", {known:,} of them up to date" if known else ""
        faces = "1 face" if self.todo == 1 else f"{self.todo:,} faces"
        return f"{sketches}{rest}: {faces} to draw, about {size(self.need)} of {size(self.free)} free."

    @property
    def fits(self) -> bool:
        """Whether the disk has room for the faces."""
        return self.need <= self.free

    def shortage(self, out: Path) -> str:
        """The sentence for a disk that has no room for them."""
        return (
            f"The faces need about {size(self.need)}, and the disk of {out} has {size(self.free)}: free some space. "
            "What fits is made, and the same command goes on from there."
        )


@dataclass(frozen=True)
class Known:
    """What a face has to be made of to be up to date: `model`, and `asked` of every sketch beside its colours."""

    source: Path
    out: Path
    model: str
    asked: dict[str, JsonValue]
    layers: Mapping[str, Path]

    def ready(self, job: Job, made: Made | None) -> bool:
        """Whether a face seems to be there and made of this sketch as it is: no file of both is opened.

        A sketch that is older than its face is taken for the one that the face was made of.
        """
        layer = self.layers.get(job.name)
        colours = made.options.get("colours_sha256") if made else None
        if made is None or (made.input, made.model) != (job.name, self.model) or (colours is None) != (layer is None):
            return False
        if {name: value for name, value in made.options.items() if name != "colours_sha256"} != self.asked:
            return False
        try:
            since = datetime.fromisoformat(made.date).timestamp() + 1  # it has no fractions
            sources = [self.source / job.name, *([layer] if layer else [])]
            return all((self.out / name).exists() for name in made.files()) and all(
                path.stat().st_mtime < since for path in sources
            )
        except (OSError, ValueError):
            return False


def estimate(jobs: Sequence[Job], latest: Callable[[str], Made | None], known: Known) -> Estimate:
    """What a run over these sketches will take. latest: the manifest's line for a face."""
    todo = [job for job in jobs if not known.ready(job, latest(job.face))]
    made = [line for job in jobs if (line := latest(job.face))]
    return Estimate(len(jobs), len(todo), round(len(todo) * _face_bytes(todo, made, known)), free(known.out))


def free(folder: Path) -> int:
    """Bytes that are free on the disk of a folder, which may not be there yet."""
    folder = folder.resolve()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _face_bytes(todo: list[Job], made: list[Made], known: Known) -> float:
    """How many a face takes with what lies beside it: as those that are there, or as is usual for such sketches."""
    there = [taken for line in _sample(made) if (taken := _bytes_of([known.out / name for name in line.files()]))]
    if there:
        return mean(there)
    usual = [_usual(pixels) for job in _sample(todo) if (pixels := _pixels(known.source / job.name))]
    heat = _usual(256 * 256) if known.asked.get("attention") else 0
    return heat + (mean(usual) if usual else 0)


def _usual(pixels: int) -> float:
    """Bytes of a face's PNG, by its pixels: 107 kB at 256 x 256, 580 kB at 768 x 768, 2.8 MB at 2048 x 2048."""
    return 28 * pixels**0.75


def _pixels(sketch: Path) -> int:
    try:
        with opened(sketch) as (picture, _):
            return min(picture.width * picture.height, LARGEST * LARGEST)
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


def about(seconds: float) -> str:
    """A time as people say it: about 12 minutes."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 10) * 10} seconds"
    if seconds < 90:
        return "about a minute"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    if seconds < 36 * 3600:
        return f"about {round(seconds / 1800) / 2:g} hours"
    return f"about {round(seconds / 86400)} days"


def size(count: float) -> str:
    """Bytes as people say them: 310 MB."""
    for unit in UNITS:
        count /= 1000
        if count < 999.5 or unit == UNITS[-1]:
            return f"{count:.2g} {unit}" if count < 10 else f"{count:.0f} {unit}"
    raise AssertionError("UNITS has a last one")
