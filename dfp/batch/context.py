"""What all steps of one run over a folder share, and what they hand on."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from dfp.batch.jobs import Job
from dfp.batch.manifest import Manifest
from dfp.batch.options import BatchOptions, JsonValue
from dfp.generator import FaceGenerator
from dfp.pictures.marks import sketch_id
from dfp.pictures.outputs import Outputs, Place
from dfp.sketch.prepare import Prepared

# Pixels or bytes from which pictures are read one at a time: several at once could fill the memory.
LARGE = 1 << 24


@dataclass(frozen=True)
class Context:
    """One run over the folder `source`, with faces in `out`.

    layers: the file of painted colours of each sketch that has one, by the sketch's name.
    """

    generator: FaceGenerator
    source: Path
    out: Path
    options: BatchOptions
    manifest: Manifest
    outputs: Outputs
    layers: dict[str, Path]
    _large: Lock = field(default_factory=Lock)

    def sketch_id(self, job: Job) -> str:
        """What the mark of a sketch's face says."""
        return sketch_id(self.source / job.name, self.out / job.face)

    def turn(self, pixels: int) -> AbstractContextManager[object]:
        """To be held while a picture of so many pixels is worked on."""
        return self._large if pixels > LARGE else nullcontext()


@dataclass(frozen=True)
class Ready:
    """A sketch that waits for the model, and where its face and its heat map go.

    prepared: its heads. extent: its width and height. asked: what the manifest says of the options. paged: it has
    several pages and only the first is taken.
    """

    job: Job
    sha256: str
    asked: dict[str, JsonValue]
    prepared: list[Prepared]
    extent: tuple[int, int]
    places: list[Place]
    paged: bool


@dataclass(frozen=True)
class Bad:
    """A sketch that cannot be used, and the sentence that says why."""

    job: Job
    why: str
