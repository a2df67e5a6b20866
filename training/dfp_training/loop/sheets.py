"""Sample sheets: what the generators make of fixed sketches, to be looked at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from dfp.errors import DfpError
from dfp.generator import FaceGenerator
from dfp.model.inputs import PAINTED_CHANNELS, PAINTED_SIDE
from dfp.model.networks import Colours, MainGenerator
from dfp.model.precision import autocast
from dfp.pictures.formats import ENDINGS
from dfp.pictures.reading import read_sketch
from dfp.pictures.writing import write_picture
from dfp.runtime.torch import to_pictures
from dfp.sketch.prepare import prepare
from dfp.sketch.request import FaceRequest
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Triplets, collate
from dfp_training.data.pack import Pack
from dfp_training.data.told_colours import plain

PALETTES = 3  # rows of freehand sketches, each told other colours


def sketch_files(folder: Path) -> list[Path]:
    """The pictures of a folder by name. Raises DfpError for a folder without any."""
    if not folder.is_dir():
        raise DfpError(f"There is no folder {folder}.")
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in ENDINGS)
    if not files:
        raise DfpError(f"{folder} has no pictures.")
    return files


def freehand_lines(files: list[Path], size: int) -> Tensor:
    """Painters' sketches as the network's input, N x 1 x size x size. Raises DfpError that names a bad file."""
    return torch.from_numpy(np.stack([_prepared(file, size) for file in files]))


def _prepared(file: Path, size: int) -> np.ndarray:
    with _named(file):
        return prepare(FaceRequest(read_sketch(file)), size).lines


@contextmanager
def _named(file: Path) -> Iterator[None]:
    try:
        yield
    except DfpError as error:
        raise DfpError(f"{file}: {error}") from error


def lines_as_pictures(lines: Tensor) -> np.ndarray:
    """N x 1 x H x W, 1 on lines -> N x H x W x 3 uint8, black on white."""
    return to_pictures(1 - 2 * lines.expand(-1, 3, -1, -1))


def grid(rows: list[np.ndarray]) -> Image.Image:
    """Rows of N x H x W x 3 pictures -> one sheet; each row lies below the one before."""
    return Image.fromarray(np.concatenate([np.concatenate(list(row), 1) for row in rows], 0))


def contact_sheet(generator: FaceGenerator, files: list[Path], columns: int = 5, side: int = 256) -> Image.Image:
    """Each sketch as it was drawn (transparent paper as white), cut to its frame, above the face made of it."""
    cells = []
    for file in files:
        with _named(file):
            drawn = read_sketch(file).convert("RGBA")
            face = generator.generate(drawn)
        frame = face.frame
        seen = Image.new("RGB", (frame.width, frame.height), "white")
        seen.paste(drawn, (-frame.left, -frame.top), drawn)
        made = Image.fromarray(face.image).resize((side, side), Image.Resampling.LANCZOS)
        cells.append((np.asarray(seen.resize(made.size, Image.Resampling.LANCZOS)), np.asarray(made)))
    rows: list[np.ndarray] = []
    for start in range(0, len(cells), columns):
        row = cells[start : start + columns]
        blank = [np.full((side, side, 3), 255, np.uint8)] * (columns - len(row))
        rows += [np.stack([c[i] for c in row] + blank) for i in (0, 1)]
    return grid(rows)


class Sheet:
    """Draws val faces (photo, S_syn, G_a; S_dfm at the stage's d and at 30, G_m) and freehand sketches.

    Where the model is told colours, val faces have their photos', and freehand sketches those of some val faces.
    """

    def __init__(self, pack: Pack, size: int, how: Deformation, freehand: Path | None, count: int = 8):
        faces = pack.indices("val")
        faces = (faces if len(faces) else pack.indices("train"))[:count]
        keys = [(int(face), 7) for face in faces]
        self.batch = collate([Triplets(pack, size, how, mirror=False, tell=plain)[key] for key in keys])
        far = Triplets(pack, size, Deformation(d=30), mirror=False)
        self.far = collate([far[key] for key in keys]).deformed
        self.freehand = freehand_lines(sketch_files(freehand), size) if freehand else None

    @torch.no_grad()
    def draw(self, a: nn.Module, m: nn.Module, path: Path, main: bool) -> None:
        """Write the sheet to `path`; `main` shows G_m, else G_a stands in its place. Both give `Generated`."""
        told = _is_told(m)
        colours = self.batch.colours if told else None
        of_freehand = m if main else a
        rows = [to_pictures(self.batch.photo)]
        for generator, lines in (
            (a, self.batch.aligned),
            (of_freehand, self.batch.deformed),
            (of_freehand, self.far),
        ):
            rows += [lines_as_pictures(lines), _made(generator, lines, colours)]
        write_picture(np.asarray(grid(rows)), path)
        if self.freehand is not None:
            rows = [lines_as_pictures(self.freehand)]
            for palette in colours.palette[:PALETTES] if colours else (None,):
                rows.append(
                    _made(of_freehand, self.freehand, None if palette is None else _alone(palette, self.freehand))
                )
            write_picture(np.asarray(grid(rows)), path.with_name(path.stem + "_freehand.png"))


def _is_told(generator: nn.Module) -> bool:
    return isinstance(generator, MainGenerator) and generator.trunk.appearance is not None


def _alone(palette: Tensor, lines: Tensor) -> Colours:
    """One palette for all sketches, and nothing painted."""
    painted = torch.zeros(len(lines), PAINTED_CHANNELS, PAINTED_SIDE, PAINTED_SIDE)
    return Colours(palette.expand(len(lines), -1), painted)


def _made(generator: nn.Module, lines: Tensor, colours: Colours | None) -> np.ndarray:
    device = next(generator.parameters()).device
    told = {} if colours is None else {"colours": colours.to(device)}
    with autocast(device):
        return to_pictures(generator(lines.to(device), **told).image)
