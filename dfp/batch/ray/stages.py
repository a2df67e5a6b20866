"""The stages of the pipeline, as they run on the machines of a cluster: read, prepare, draw."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from dfp.batch.colour_layers import ColourFile
from dfp.batch.drawing import Pictures
from dfp.batch.drawn import Drawn
from dfp.batch.ray.rows import NUMBER, Errand, Rows, Sorry, payloads_of, rows_of
from dfp.batch.reading import NO_MEMORY
from dfp.batch.steps import Ready, Steps
from dfp.errors import DfpError, SketchError
from dfp.generator import Face, FaceGenerator
from dfp.pictures.bounds import open_bounded
from dfp.runtime.base import is_out_of_memory
from dfp.sketch.prepare import Prepared

CHANGED = "this file was changed while it waited, or is another one on another machine: give the same command again."
ABSENT = "a machine of the cluster does not find it: the folder must be at the same place on all of them."


@dataclass(frozen=True)
class Model:
    """What every machine loads. checksum: what it must be."""

    weights: Path | None
    device: str
    runtime: str
    checksum: str

    def load(self) -> FaceGenerator:
        """Raises DfpError, also for other weights than those of the machine that writes."""
        generator = FaceGenerator.load(self.weights, self.device, self.runtime)
        if generator.checksum != self.checksum:
            raise DfpError("A machine of the cluster has other weights than this one: install the same on all of them.")
        return generator


def read_rows(rows: Rows) -> dict[str, Any]:
    """Errands -> the bytes of their files, or Sorry."""
    return rows_of(rows[NUMBER], [_read(errand) for errand in payloads_of(rows)])


def _read(errand: Errand) -> "tuple[bytes, ColourFile | None, str] | Sorry":
    try:
        with open_bounded(errand.sketch) as file:
            data = file.read()
        colours = None if errand.colours is None else ColourFile.open(errand.colours)
    except FileNotFoundError:
        return Sorry(ABSENT)
    except OSError as error:
        return Sorry(f"this file cannot be read: {error.strerror or error}.")
    except SketchError as error:
        return Sorry(str(error))
    same = hashlib.sha256(data).hexdigest() == errand.sha256
    if not same or (colours is not None and colours.sha256 != errand.colours_sha256):
        return Sorry(CHANGED)
    return data, colours, errand.mark


def prepare_rows(rows: Rows, steps: Steps) -> dict[str, Any]:
    """The bytes of files -> sketches that wait for the model, or Sorry."""
    return rows_of(rows[NUMBER], [_prepared(read, steps) for read in payloads_of(rows)])


def _prepared(read: "tuple[bytes, ColourFile | None, str] | Sorry", steps: Steps) -> "tuple[Ready, str] | Sorry":
    if isinstance(read, Sorry):
        return read
    data, colours, mark = read
    try:
        return steps.prepare(data, colours), mark
    except SketchError as error:
        return Sorry(str(error))
    except MemoryError:
        return Sorry(NO_MEMORY)


class Draw:
    """Sketches that wait for the model -> the files of their faces, or Sorry. Each worker loads the model once."""

    def __init__(self, model: Model, steps: Steps):
        self._steps = steps
        self._generator = model.load()

    def __call__(self, rows: Rows) -> dict[str, Any]:
        """Draw a batch of rows together."""
        waiting = payloads_of(rows)
        heads = [head for one in waiting if not isinstance(one, Sorry) for head in one[0].prepared]
        faces = iter(self._faces(heads))
        return rows_of(rows[NUMBER], [self._files(one, faces) for one in waiting])

    def _files(self, one: "tuple[Ready, str] | Sorry", faces: "Any") -> Pictures | Sorry:
        if isinstance(one, Sorry):
            return one
        ready, mark = one
        mine = [face for face in islice(faces, len(ready.prepared)) if face is not None]
        if len(mine) < len(ready.prepared):
            return Sorry("there is not enough memory on a machine of the cluster for this face.")
        try:
            return self._steps.pictures(Drawn(mine, ready.extent), mark, ready.paged)
        except MemoryError:
            return Sorry(NO_MEMORY)

    def _faces(self, heads: Sequence[Prepared]) -> list[Face | None]:
        """A face for each; in smaller batches when memory runs out, None where it is too little for one alone."""
        try:
            return [*self._generator.draw(heads)]
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        self._generator.release()
        if len(heads) == 1:
            return [None]
        half = len(heads) // 2
        return self._faces(heads[:half]) + self._faces(heads[half:])
