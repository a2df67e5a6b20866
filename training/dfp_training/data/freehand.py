"""What painters add to a face or leave open, and no label map shows: gaps in outlines, pupils, hatching."""

from dataclasses import replace

import numpy as np

from dfp_training.data.parts import Part
from dfp_training.data.vectorise import Strokes

LONGEST_GAP = 0.6  # of a path
PUPIL = (0.2, 0.5)  # sizes, of the iris
MOST_GROUPS, MOST_LINES = 6, 9
LENGTHS, SPACINGS = (0.02, 0.16), (0.012, 0.05)  # of hatching lines, shares of the frame's side
PLACES = np.array([[0.15, 0.05], [0.85, 0.95]])  # where hatching starts, (x, y)
MIRRORED = 0.5  # share of hatching that is drawn on both sides: wrinkles beside both eyes, folds of both cheeks


def unopened(path: np.ndarray, chance: float, rng: np.random.Generator) -> np.ndarray:
    """c numbers of the curves' paths -> c bool, False in the gaps.

    With probability `chance` a path has one: noses are open at the top, a single line is a brow.
    """
    kept = np.ones(len(path), bool)
    for number in np.flatnonzero(rng.random(path.max(initial=-1) + 1) < chance):
        curves = np.flatnonzero(path == number)
        if len(curves):
            gap = rng.integers(1, max(round(LONGEST_GAP * len(curves)), 1) + 1)
            kept[np.roll(curves, rng.integers(len(curves)))[:gap]] = False
    return kept


def with_pupils(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """The same with a smaller circle inside every iris."""
    iris = np.flatnonzero(strokes.tag == Part.IRIS)
    if not len(iris):
        return strokes
    curves, points, size = strokes.curves[iris].copy(), [strokes.points], rng.uniform(*PUPIL)
    count = len(strokes.points)
    for number in np.unique(strokes.path[iris]):
        own = strokes.path[iris] == number
        used, renumbered = np.unique(curves[own], return_inverse=True)
        middle = strokes.points[used].mean(0)
        points.append(middle + size * (strokes.points[used] - middle))
        curves[own] = count + renumbered.reshape(-1, 4)
        count += len(used)
    return Strokes(
        np.concatenate(points).astype(np.float32),
        np.concatenate([strokes.curves, curves]),
        np.concatenate([strokes.path, strokes.path[iris] + strokes.path.max() + 1]),
        np.concatenate([strokes.tag, strokes.tag[iris]]),
    )


def with_hatching(strokes: Strokes, rng: np.random.Generator) -> Strokes:
    """The same with groups of short lines side by side anywhere: wrinkles, folds, stubble, strands, shadows."""
    groups = [_group(rng) for _ in range(rng.integers(1, MOST_GROUPS + 1))]
    groups += [group * [-1, 1] + [1, 0] for group in groups if rng.random() < MIRRORED]
    lines = np.concatenate(groups)
    numbers = np.arange(len(lines))
    return replace(
        strokes,
        points=np.concatenate([strokes.points, lines.reshape(-1, 2)]).astype(np.float32),
        curves=np.concatenate([strokes.curves, len(strokes.points) + np.arange(4 * len(lines)).reshape(-1, 4)]),
        path=np.concatenate([strokes.path, strokes.path.max(initial=-1) + 1 + numbers]),
        tag=np.concatenate([strokes.tag, np.full(len(lines), Part.STRAND, np.uint8)]),
    )


def _group(rng: np.random.Generator) -> np.ndarray:
    """n x 4 x 2 cubics of like direction, length and bend, each beside the one before."""
    count = rng.integers(1, MOST_LINES + 1)
    angle, spread = rng.uniform(0, 2 * np.pi), rng.uniform(-0.5, 0.5)
    length = np.exp(rng.uniform(*np.log(LENGTHS))) * rng.uniform(0.7, 1.3, (count, 1))
    along, across = _direction(angle), _direction(angle + np.pi / 2 + spread)
    starts = rng.uniform(*PLACES) + np.arange(count)[:, None] * rng.uniform(*SPACINGS) * across
    bend = length * rng.uniform(-0.3, 0.3) * _direction(angle + np.pi / 2)
    lines = [starts + share * length * along + sag * bend for share, sag in ((0, 0), (0.33, 1), (0.67, 1), (1, 0))]
    return np.stack(lines, 1)


def _direction(angle: float) -> np.ndarray:
    return np.array([np.cos(angle), np.sin(angle)])
