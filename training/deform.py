"""From strokes to sketches: S_syn as they are, S_dfm with every point moved (§3.1)."""

from dataclasses import dataclass

import cv2
import numpy as np

from dfp.lines import thin
from training.parts import Part
from training.vectorise import Strokes, sample

LABEL_SIDE = 512  # the side of the label maps, in whose pixels d is given
SAMPLES = 12  # points along a curve; curves are about 35 px long at 512
OPTIONAL = (Part.EAR, Part.NECK, Part.CLOTH, Part.ACCESSORY)


@dataclass(frozen=True)
class Deformation:
    """How S_syn becomes S_dfm. The defaults are the paper's; the rest are ways of freehand drawing.

    d: largest offset of a control or end point in x and y, pixels of 512.
    least: where above zero, d is drawn for each sketch from [least * d, d].
    missing: probability that a stroke is not drawn.
    omitted: probability that a part is not drawn: ears, neck, cloth, accessories, each on its own.
    doubled: probability that a stroke is drawn twice.
    irises, strands: probability that these are drawn at all.
    shift, zoom: how far photo and sketch together are moved (share of the side) and scaled (1 +- zoom), since a
    painter's frame is never placed quite as the training faces' are.
    """

    d: float = 11.0
    least: float = 0.0
    missing: float = 0.0
    omitted: float = 0.0
    doubled: float = 0.0
    irises: float = 0.0
    strands: float = 0.0
    shift: float = 0.0
    zoom: float = 0.0


FREEHAND = Deformation(
    least=0.25, missing=0.04, omitted=0.15, doubled=0.06, irises=0.5, strands=0.4, shift=0.05, zoom=0.12
)


def rasterise(points: np.ndarray, curves: np.ndarray, size: int) -> np.ndarray:
    """p x 2 points (frame = 0..1) and c x 4 indices -> size x size bool mask of one-pixel lines."""
    canvas = np.zeros((size, size), np.uint8)
    if len(curves):
        pixels = np.rint((sample(points[curves], SAMPLES) * size - 0.5) * 16).astype(np.int32)
        cv2.polylines(canvas, list(pixels), False, 1, 1, cv2.LINE_8, 4)
    return thin(canvas.astype(bool), size)


def aligned(strokes: Strokes, size: int) -> np.ndarray:
    """S_syn: the label map's boundaries and nothing else, size x size bool."""
    return rasterise(strokes.points, strokes.curves[strokes.tag < Part.IRIS], size)


def deformed(strokes: Strokes, size: int, how: Deformation, rng: np.random.Generator) -> np.ndarray:
    """S_dfm: size x size bool; the same generator state gives the same sketch."""
    kept = _kept_curves(strokes, how, rng)
    d = how.d * (rng.uniform(how.least, 1.0) if how.least else 1.0) / LABEL_SIDE
    points = strokes.points + rng.uniform(-d, d, strokes.points.shape)
    curves = strokes.curves[kept]
    if how.doubled:
        again = rng.random(strokes.path.max(initial=0) + 1) < how.doubled
        twice = strokes.curves[kept & again[strokes.path]]
        second = strokes.points + rng.uniform(-d, d, strokes.points.shape)
        curves = np.concatenate([curves, twice + len(points)])
        points = np.concatenate([points, second])
    return rasterise(points, curves, size)


def _kept_curves(strokes: Strokes, how: Deformation, rng: np.random.Generator) -> np.ndarray:
    chance = np.zeros(len(Part))
    chance[[*OPTIONAL]] = how.omitted
    chance[[Part.IRIS, Part.STRAND]] = 1 - how.irises, 1 - how.strands
    left_out = rng.random(len(Part)) < chance
    lost = rng.random(strokes.path.max(initial=0) + 1) < how.missing
    # Of the strands that were found a painter draws a random share.
    dense = rng.random()
    thinned = (strokes.tag == Part.STRAND) & (rng.random(strokes.path.max(initial=0) + 1) > dense)[strokes.path]
    return ~left_out[strokes.tag] & ~lost[strokes.path] & ~thinned
