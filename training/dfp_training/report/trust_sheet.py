"""Does trust do what it says? The same sketches with their lines meant loosely, as the model thinks, and exactly."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from dfp.errors import SketchError
from dfp.generator import Face, FaceGenerator
from dfp.pictures.reading import read_sketch
from dfp.sketch.frame import Frame
from dfp.sketch.heatmap import heatmap, relaxation
from dfp.sketch.trust import NEUTRAL, Trust
from dfp_training.loop.sheets import grid

ENDS = (-1.0, 0.0, 1.0)
# The left half of an eye band, shares of the frame: one eye is meant exactly, all else loosely.
EYE = (0.25, 0.40, 0.50, 0.56)  # left, top, right, bottom


def trust_sheet(generator: FaceGenerator, files: Sequence[Path]) -> tuple[Image.Image, list[str]]:
    """A row for each sketch: its lines, the faces and heat maps at trust -1, 0 and 1, the face with one eye trusted.

    Returns the picture, and for each trust how far lines were relaxed and how far the face is from the one at 0 (mean
    absolute difference of 255), over all sketches. Raises SketchError, DfpError.
    """
    rows, relaxed, moved = [], [], []
    for file in files:
        sketch = read_sketch(file)
        prepared = generator.prepare(sketch)
        faces = [generator.generate(sketch, trust=Trust(end)) for end in ENDS]
        masked = generator.generate(sketch, trust=Trust(0.0, eye_mask(prepared.frame, sketch.size)))
        row = [paper(prepared.lines), *(part for face in faces for part in shown(face)), *shown(masked)]
        rows.append(np.stack(row))
        on_lines = np.asarray(prepared.lines[0] > 0)
        relaxed.append([mean_relaxation(face, on_lines) for face in faces])
        moved.append([float(np.abs(face.image.astype(int) - faces[1].image).mean()) for face in faces])
    if not rows:
        raise SketchError("There are no sketches.")
    figures = zip(ENDS, np.mean(relaxed, 0), np.mean(moved, 0), strict=True)
    return grid(rows), [f"trust {end:+.0f}: relaxed {far:.3f}, face moved {by:.2f}" for end, far, by in figures]


def eye_mask(frame: Frame, size: tuple[int, int]) -> np.ndarray:
    """A mask over a sketch of `size` (width, height): 255 over one eye of the frame, 1 over the rest of it."""
    mask = np.full((size[1], size[0]), NEUTRAL, np.uint8)

    def part(left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        across = [max(0, round(frame.left + x * frame.width)) for x in (left, right)]
        down = [max(0, round(frame.top + y * frame.height)) for y in (top, bottom)]
        return slice(*down), slice(*across)

    mask[part(0, 0, 1, 1)] = 1
    mask[part(*EYE)] = 255
    return mask


def paper(lines: np.ndarray) -> np.ndarray:
    """1 x H x W, 1 on lines -> H x W x 3 uint8, black on white."""
    return np.repeat(((1 - lines[0]) * 255).astype(np.uint8)[:, :, None], 3, 2)


def shown(face: Face) -> list[np.ndarray]:
    """The face and how its lines were read."""
    return [face.image, heatmap(face.attention, face.image)]


def mean_relaxation(face: Face, on_lines: np.ndarray) -> float:
    """How far lines were relaxed on average: 0 the narrowest branch alone, 1 the widest."""
    by = on_lines.shape[0] // face.attention.shape[1]
    places = on_lines.reshape(face.attention.shape[1], by, face.attention.shape[2], by).any((1, 3))
    return float(relaxation(face.attention)[places].mean())
