"""Stage by stage: the same sketches as each run's generator sees them, one run below the other."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dfp.model.inputs import PAINTED_CHANNELS, PAINTED_SIDE
from dfp.model.networks import Colours, Generated
from dfp.model.precision import autocast
from dfp.runtime.torch import to_pictures
from dfp_training.loop.sheets import freehand_lines, grid, lines_as_pictures, sketch_files
from dfp_training.tasks.dual import STAGES
from dfp_training.tasks.finetune_config import FINETUNE
from dfp_training.tasks.loaded import DRAWING, Loaded, load_generator

SIDE = 256  # of a picture in the sheet
# sRGB of skin, hair, lips, eyes, background, clothes: of a face in the middle of the training faces
USUAL = ((161, 120, 95), (65, 50, 39), (159, 100, 97), (90, 74, 69), (138, 131, 121), (93, 89, 88))
MARGIN = 180  # to the left, for the labels


@dataclass(frozen=True)
class Trained:
    """A generator out of a run: what to call it, the side it draws, how, and whether it takes `colours`, too."""

    labels: tuple[str, ...]
    size: int
    generator: Callable[..., Generated]
    coloured: bool

    @torch.inference_mode()
    def draw(self, files: list[Path], device: torch.device) -> tuple[np.ndarray, np.ndarray]:
        """Sketches -> their lines as the network gets them and the faces, both N x 256 x 256 x 3 uint8."""
        lines = freehand_lines(files, self.size)
        with autocast(device):
            images = torch.cat([self._drawn(some.to(device)).image for some in lines.split(4)])
        return _sized(lines_as_pictures(lines)), _sized(to_pictures(images))

    def _drawn(self, lines: Tensor) -> Generated:
        return (
            self.generator(lines, colours=usual(len(lines)).to(lines.device))
            if self.coloured
            else self.generator(lines)
        )


def usual(count: int) -> Colours:
    """The usual colours for so many sketches, which a model is told that knows colours and no palettes."""
    palette = torch.tensor(USUAL, dtype=torch.float32).flatten() / 127.5 - 1
    painted = torch.zeros(count, PAINTED_CHANNELS, PAINTED_SIDE, PAINTED_SIDE)
    return Colours(palette.expand(count, -1), painted)


def _sized(pictures: np.ndarray) -> np.ndarray:
    kind = Image.Resampling.LANCZOS
    return np.stack([np.asarray(Image.fromarray(p).resize((SIDE, SIDE), kind)) for p in pictures])


def trained(run: Path, device: torch.device) -> Trained:
    """The generator that a run trained, its average when there is one: G_a of stage 1, a baseline's G, else G_m.

    `run` is a run folder or release weights. Raises CheckpointError or WeightsError with a sentence.
    """
    loaded = load_generator(run, *DRAWING)
    return Trained(_labels(run, loaded), loaded.size, loaded.network.to(device), loaded.coloured)


def _labels(run: Path, loaded: Loaded) -> tuple[str, ...]:
    """Which generator it is, and of release weights the file, of a run the step."""
    generator = "G_m" if loaded.main else "G_a" if loaded.kind in STAGES else "G"
    if loaded.step is None:
        return run.stem, generator
    named = {FINETUNE: "polished", **{stage: f"stage {number}" for number, stage in enumerate(STAGES, 1)}}
    return f"{named.get(loaded.kind, loaded.kind)}: {generator}", f"step {loaded.step}"


def stage_sheet(runs: list[Path], sketches: Path, device: torch.device, columns: int = 10) -> Image.Image:
    """The sketches of a folder, and below them a labelled row for every run; broken after `columns` sketches.

    Raises DfpError, with a sentence, for a folder without sketches, a file that is none, a run that has no generator.
    """
    files = sketch_files(sketches)
    rows: list[tuple[tuple[str, ...], np.ndarray]] = []
    for generator in [trained(run, device) for run in runs]:
        lines, faces = generator.draw(files, device)
        rows += [] if rows else [(("sketch",), lines)]
        rows.append((generator.labels, faces))
    sheet = []
    for start in range(0, len(files), columns):
        for labels, pictures in rows:
            row = pictures[start : start + columns]
            blank = np.full((min(columns, len(files)) - len(row), *row.shape[1:]), 255, np.uint8)
            sheet.append(np.concatenate([_margin(labels), *row, *blank], 1))
    return grid([row[None] for row in sheet])


def _margin(labels: tuple[str, ...]) -> np.ndarray:
    margin = np.full((SIDE, MARGIN, 3), 255, np.uint8)
    for i, text in enumerate(labels):
        cv2.putText(margin, text, (8, SIDE // 2 + 24 * i), cv2.FONT_HERSHEY_SIMPLEX, 0.55, (0, 0, 0), 1, cv2.LINE_AA)
    return margin
