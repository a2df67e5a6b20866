"""The pictures of a report: faces at growing deformation (Fig. 5), freehand sheets (Fig. 6, 7), attention."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dfp.errors import DfpError
from dfp.pictures.reading import read_sketch
from dfp.runtime.torch import to_pictures
from dfp.sketch.heatmap import heatmap
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Triplets, collate
from dfp_training.loop.sheets import freehand_lines, lines_as_pictures, sketch_files
from dfp_training.metrics.evaluate import TestSet
from dfp_training.report.candidates import Candidate

SIDE = 160  # of a picture on the page
FACES = 2  # that are shown at every deformation
PAPER = ("baseline", "baseline_deform", "ours")


@dataclass(frozen=True)
class Picture:
    """A sheet of the page: its title, what each row is, and the rows, n x SIDE x SIDE x 3 uint8."""

    title: str
    labels: list[str]
    rows: list[np.ndarray]
    columns: list[str]


def draw(
    models: list[Candidate],
    test: TestSet,
    offsets: Sequence[float],
    sketches: Path | None,
    paper: Path | None,
    device: torch.device,
) -> list[Picture]:
    """All sheets. Raises DfpError, with a sentence, for a folder without sketches, or with none that the paper has."""
    sheets = _deformed(models, test, offsets, device)
    if sketches is not None:
        files = sketch_files(sketches)
        published = _published(paper, files) if paper else {}
        lines = freehand_lines(files, test.size)
        sheets.append(_freehand(models, files, lines, published, device))
        sheets += _attention("Attention on freehand sketches", models, lines, [f.stem for f in files], device)
    elif paper is not None:
        raise DfpError("The paper's own pictures stand beside sketches: give --sketches as well.")
    return sheets


def _deformed(models: list[Candidate], test: TestSet, offsets: Sequence[float], device: torch.device) -> list[Picture]:
    """The first faces by name at each d, every model below the sketch; and the attention of the first one."""
    sheets: list[Picture] = []
    columns = [f"d = {d:g}" for d in offsets]
    for face in test.faces()[:FACES]:
        name = test.pack.names[face]
        key = (face, test.seed * 2**32 + zlib.crc32(name.encode()))
        batches = [collate([Triplets(test.pack, test.size, Deformation(d=d), mirror=False)[key]]) for d in offsets]
        lines = torch.cat([batch.deformed for batch in batches])
        rows = [sized(lines_as_pictures(lines)), *(_faces(model, lines, device) for model in models)]
        labels = ["sketch", *(model.name for model in models)]
        sheets.append(Picture(f"The sketch of {name}, deformed further and further", labels, rows, columns))
        if len(sheets) == 1:
            sheets += _attention("Attention on deformed sketches", models, lines, columns, device)
    return sheets


def _freehand(
    models: list[Candidate], files: list[Path], lines: Tensor, published: dict[str, np.ndarray], device: torch.device
) -> Picture:
    rows = [sized(lines_as_pictures(lines)), *(_faces(model, lines, device) for model in models)]
    labels = ["sketch", *(model.name for model in models)]
    labels += [f"paper: {name}" for name in published]
    return Picture("Freehand sketches", labels, [*rows, *published.values()], [file.stem for file in files])


def _published(paper: Path, files: list[Path]) -> dict[str, np.ndarray]:
    """Rows of the paper's own pictures, white where it shows none of the sketch."""
    if not any((paper / f"{file.stem}_{name}.png").is_file() for file in files for name in PAPER):
        raise DfpError(f"{paper} has no pictures for these sketches: they are called like {files[0].stem}_ours.png.")
    rows = {}
    for name in PAPER:
        found = [paper / f"{file.stem}_{name}.png" for file in files]
        rows[name] = np.stack([_read(p) if p.is_file() else np.full((SIDE, SIDE, 3), 255, np.uint8) for p in found])
    return rows


def _read(path: Path) -> np.ndarray:
    try:
        picture = read_sketch(path).convert("RGB")
    except DfpError as error:
        raise DfpError(f"{path}: {error}") from error
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _attention(
    title: str, models: list[Candidate], lines: Tensor, columns: list[str], device: torch.device
) -> list[Picture]:
    """How far each place was relaxed, for the models that have several branches to choose from."""
    labels, rows = [], []
    drawn = sized(lines_as_pictures(lines))
    for model in models:
        maps = model.draw(lines[:1], device).attention
        if maps is None or maps.shape[1] == 1:
            continue
        attention = torch.cat([_maps(model, some, device) for some in lines.split(8)]).cpu().numpy()
        labels.append(model.name)
        rows.append(np.stack([heatmap(a, p) for a, p in zip(attention, drawn, strict=True)]))
    return [Picture(title + ": blue exact, yellow loose", labels, rows, columns)] if rows else []


def _maps(model: Candidate, lines: Tensor, device: torch.device) -> Tensor:
    attention = model.draw(lines, device).attention
    assert attention is not None
    return attention


def _faces(model: Candidate, lines: Tensor, device: torch.device) -> np.ndarray:
    return sized(np.concatenate([to_pictures(model.draw(some, device).image) for some in lines.split(8)]))


def sized(pictures: np.ndarray) -> np.ndarray:
    """N x H x W x 3 uint8 -> N x SIDE x SIDE x 3."""
    kind = Image.Resampling.LANCZOS
    return np.stack([np.asarray(Image.fromarray(p).resize((SIDE, SIDE), kind)) for p in pictures])
