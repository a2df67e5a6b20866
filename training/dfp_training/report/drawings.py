"""Drawings and the photos that they were drawn from, and what a model makes of them, side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dfp.errors import DfpError, SketchError
from dfp.pictures.reading import read_sketch
from dfp.sketch.frame import Frame
from dfp_training.loop.sheets import grid, sketch_files

SKETCHES, PHOTOS = "sketch", "photo"


@dataclass(frozen=True)
class Pair:
    """A drawing as its file has it, and the photo it was drawn from, RGB; both square, the face fills them."""

    name: str
    sketch: Image.Image
    photo: Image.Image

    @property
    def drawn(self) -> Image.Image:
        """The drawing as one sees it: RGB, transparent paper white."""
        layer = self.sketch.convert("RGBA")
        seen = Image.new("RGB", layer.size, "white")
        seen.paste(layer, (0, 0), layer)
        return seen


# A drawing and the frame its face lies in (None: to be found) -> the face, size x size x 3 uint8.
Draw = Callable[[Pair, Frame | None], np.ndarray]


def read_pairs(folder: Path) -> list[Pair]:
    """The pairs of `sketch/` and `photo/` by name: files that are called the same but for their endings.

    Raises DfpError for a folder without them, a picture without its other, or one that is not square or not readable.
    """
    sketches, photos = (_by_name(folder / kind) for kind in (SKETCHES, PHOTOS))
    for some, others, other in ((sketches, photos, PHOTOS), (photos, sketches, SKETCHES)):
        if alone := sorted(set(some) - set(others)):
            raise DfpError(
                f"{some[alone[0]]} has no picture of its name in {folder / other}: add it, or take both out."
            )
    return [Pair(name, _square(sketches[name]), _square(photos[name]).convert("RGB")) for name in sorted(sketches)]


def _by_name(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in sketch_files(folder):
        if file.stem in found:
            raise DfpError(f"{folder} has two pictures called {file.stem}: take one of them out.")
        found[file.stem] = file
    return found


def _square(file: Path) -> Image.Image:
    try:
        picture = read_sketch(file)
    except SketchError as error:
        raise DfpError(f"{file}: {error}") from error
    if picture.width != picture.height:
        raise DfpError(f"{file} is {picture.width} x {picture.height}: cut it to a square that the face fills.")
    return picture


def faces_made(pairs: Sequence[Pair], draw: Draw, found: bool = False) -> list[np.ndarray]:
    """The face of each drawing: of the whole picture, or of the frame that is `found` in it.

    Raises DfpError with the name of a drawing that nothing can be made of.
    """
    made = []
    for pair in pairs:
        try:
            made.append(draw(pair, None if found else Frame(0, 0, *pair.sketch.size)))
        except SketchError as error:
            raise DfpError(f"{pair.name}: {error}") from error
    return made


def pairs_sheet(pairs: Sequence[Pair], faces: Sequence[Sequence[np.ndarray]], side: int = 192) -> Image.Image:
    """A row for each pair: drawing, photo and the face of each model; rows of few pictures stand side by side."""
    rows = []
    for i, pair in enumerate(pairs):
        pictures = [pair.drawn, pair.photo, *(Image.fromarray(made[i]) for made in faces)]
        rows.append(np.stack([np.asarray(p.resize((side, side), Image.Resampling.LANCZOS)) for p in pictures]))
    beside = max(1, 9 // len(rows[0]))
    rows += [np.full_like(rows[0], 255)] * (-len(rows) % beside)
    return grid([np.concatenate(rows[i : i + beside]) for i in range(0, len(rows), beside)])
