"""Sketches as artists draw them: besides outlines, or in their place, lines that the photo shows; pens of any width."""

from dataclasses import replace

import cv2
import numpy as np

from dfp.sketch.skeleton import thin
from dfp_training.data.datasets import classes
from dfp_training.data.deform import LABEL_SIDE, SAMPLES, Deformation, Looseness, displaced, rasterise
from dfp_training.data.photo_lines import Line
from dfp_training.data.vectorise import Strokes, sample

# Of each kind of lines, beside Deformation.lines: how often they are drawn at all.
OFTEN = {Line.HAIR: 1.0, Line.SKIN: 0.8, Line.CLOTH: 0.4, Line.FEATURE: 0.75}
LEAST_DRAWN = 0.05  # share of a kind's lines that are drawn, at least
LOTTERY = 0.35  # how far the weaker of two lines may be drawn without the stronger one
# Features that lines of the photo can replace, by the classes that their outlines lie beside: eyes, brows, mouth, nose.
REPLACED = tuple(map(classes, ("l_eye r_eye", "l_brow r_brow", "mouth u_lip l_lip", "nose")))
ENOUGH = 5  # curves of lines of features, without which nothing is replaced
NOSE, BRIDGE, BRIDGELESS = 3, 0.65, 0.5  # the upper part of a nose's sides is seldom drawn, its tip nearly always
TOGETHER, APART = 0.5, 0.2  # shares of d by which a line moves as a whole, and each of its points
PENS = 6  # pixels of twice the size, the widest; lines of the photo are drawn with half of it at most


def drawn(
    strokes: Strokes,
    lines: Strokes,
    labels: np.ndarray,
    size: int,
    how: Deformation,
    rng: np.random.Generator,
    loose: Looseness,
) -> np.ndarray:
    """S_dfm with lines of the photo: size x size bool.

    strokes, lines: of one face, as `dfp_training.data.pack.Pack` gives them; labels: its label map, placed as they are.
    """
    lines = chosen(lines, how, rng)
    if how.replaced and can_replace(lines):
        strokes = without_features(strokes, labels, how, rng)
    outlines, inner = displaced(strokes, how, rng, loose), shifted(lines, how, rng, loose)
    if rng.random() >= how.pens:
        return rasterise(*both(outlines, inner), size)
    canvas = np.zeros((2 * size, 2 * size), np.uint8)
    for part, widest in ((outlines, PENS), (inner, PENS // 2)):
        _draw(canvas, part, int(rng.integers(1, widest + 1)))
    return thin(canvas.astype(bool), size)


def both(first: Strokes, second: Strokes) -> tuple[np.ndarray, np.ndarray]:
    """Points and curves of two vectorised sketches as one, the first one's points first."""
    points = np.concatenate([first.points, second.points])
    return points, np.concatenate([first.curves, second.curves + len(first.points)])


def _draw(canvas: np.ndarray, strokes: Strokes, width: int) -> None:
    if len(strokes.curves):
        pixels = np.rint((sample(strokes.points[strokes.curves], SAMPLES) * len(canvas) - 0.5) * 16).astype(np.int32)
        cv2.polylines(canvas, list(pixels), False, 1, width, cv2.LINE_8, 4)


def can_replace(lines: Strokes) -> bool:
    """Whether there are enough lines of features to draw them in the place of outlines."""
    return bool((lines.tag == Line.FEATURE).sum() >= ENOUGH)


def chosen(lines: Strokes, how: Deformation, rng: np.random.Generator) -> Strokes:
    """The lines that are drawn: of each kind none or a share, the stronger rather than the weaker ones."""
    count = lines.path.max(initial=-1) + 1
    kinds = np.zeros(count, np.uint8)
    kinds[lines.path] = lines.tag
    kept = np.zeros(count, bool)
    for kind in Line:
        own = np.flatnonzero(kinds == kind)
        if rng.random() < how.lines * OFTEN[kind] and len(own):
            rank = np.arange(len(own)) / len(own) + rng.uniform(-LOTTERY, LOTTERY, len(own))
            kept[own] = rank < rng.uniform(LEAST_DRAWN, 1 + LEAST_DRAWN)
    return _curves(lines, kept[lines.path])


def without_features(strokes: Strokes, labels: np.ndarray, how: Deformation, rng: np.random.Generator) -> Strokes:
    """The strokes without the outlines of some of REPLACED, and often without the bridge of the nose."""
    side, near = len(labels), np.arange(-1, 2)
    middles = strokes.points[strokes.curves].mean(1)
    columns, rows = np.rint(middles * side - 0.5).astype(np.intp).T
    rows = (rows[:, None, None] + near[:, None]).clip(0, side - 1)
    columns = (columns[:, None, None] + near).clip(0, side - 1)
    around = labels[rows, columns].reshape(len(strokes.curves), -1)
    left_out, named = np.zeros(len(strokes.curves), bool), strokes.tag != 0
    for number, of_feature in enumerate(REPLACED):
        own = np.isin(around, of_feature).any(1) & ~named
        named |= own
        if rng.random() < how.replaced:
            left_out |= own
        elif number == NOSE and own.any() and rng.random() < BRIDGELESS:
            height = middles[:, 1]
            left_out |= own & (height < height[own].min() + BRIDGE * np.ptp(height[own]))
    return _curves(strokes, ~left_out)


def _curves(strokes: Strokes, kept: np.ndarray) -> Strokes:
    return replace(strokes, curves=strokes.curves[kept], path=strokes.path[kept], tag=strokes.tag[kept])


def shifted(lines: Strokes, how: Deformation, rng: np.random.Generator, loose: Looseness) -> Strokes:
    """Every line moved as a whole and a little in each of its points: short ones would be unmade by offsets of d."""
    if not len(lines.curves):
        return lines
    d = how.d * loose.at(lines.points)[:, None] / LABEL_SIDE
    owner = np.zeros(len(lines.points), np.intp)
    owner[lines.curves.ravel()] = np.repeat(lines.path, 4)
    whole = rng.uniform(-TOGETHER, TOGETHER, (lines.path.max() + 1, 2))[owner]
    apart = rng.uniform(-APART, APART, lines.points.shape)
    return replace(lines, points=(lines.points + d * (whole + apart)).astype(np.float32))
