"""Painted colours in files: one layer for a sketch, or a folder with a layer for each sketch of a batch."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from dfp.batch.jobs import Job
from dfp.errors import DfpError, SketchError
from dfp.pictures.bounds import open_bounded
from dfp.pictures.formats import ENDINGS
from dfp.pictures.reading import pixels_in, read_sketch
from dfp.sketch.appearance import Appearance


def read_colours(source: Path | BytesIO, name: Path) -> np.ndarray:
    """A layer of painted colours, uint8 h x w x 4 RGBA. Raises SketchError that names the file."""
    try:
        pixels = np.asarray(read_sketch(source).convert("RGBA"))
        Appearance(painted=pixels)  # says so when nothing is painted
    except SketchError as error:
        raise SketchError(f"{name}: {error}") from error
    return pixels


@dataclass(frozen=True)
class ColourFile:
    """A colour layer's file, read but not decoded."""

    path: Path
    data: bytes

    @classmethod
    def open(cls, path: Path) -> "ColourFile":
        """Read it. Raises SketchError that names the file."""
        try:
            with open_bounded(path) as file:
                return cls(path, file.read())
        except SketchError as error:
            raise SketchError(f"{path}: {error}") from error
        except OSError as error:
            raise SketchError(f"{path}: this file cannot be read: {error.strerror or error}.") from error

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.data).hexdigest()

    def pixels(self) -> int:
        """How many it has, by its header. Raises SketchError that names the file."""
        try:
            return pixels_in(self.data)
        except SketchError as error:
            raise SketchError(f"{self.path}: {error}") from error

    def decoded(self) -> np.ndarray:
        """As `read_colours`."""
        return read_colours(BytesIO(self.data), self.path)


class NoLayer(DfpError):
    """No sketch has a layer in a folder of them."""


class ColourFolder:
    """A folder whose layers have the names of sketches: sub/anna.png, or with another ending, for sub/anna.jpg."""

    def __init__(self, folder: Path, sketches: Path):
        """Raises DfpError when that is no folder, or the one of the sketches, which would be their own colours."""
        self.folder = folder
        if not folder.is_dir():
            raise DfpError(f"There is no folder {folder}: give the one with the colour layers.")
        if folder.resolve() == sketches.resolve():
            raise DfpError(f"{folder} holds the sketches: put the colour layers into a folder of their own.")

    def find(self, jobs: list[Job]) -> dict[str, Path]:
        """The layer of each sketch that has one, by the sketch's name. Raises NoLayer when none has."""
        found = {job.name: path for job in jobs if (path := self._of(job)) is not None}
        if not found:
            raise NoLayer(f"No colour layer in {self.folder} has the name of a sketch: name them alike.")
        return found

    def _of(self, job: Job) -> Path | None:
        names = [job.name, *(job.base + ending for ending in ENDINGS)]
        return next((path for name in names if (path := self.folder / name).exists()), None)
