"""Heads as people draw them on a sheet: those of the training sketches, with buns, tails, hats and busts."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from dfp_training.data import artist
from dfp_training.data.bend import Bend
from dfp_training.data.deform import FREEHAND, displaced, looseness
from dfp_training.data.loader import mirrored
from dfp_training.data.pack import Pack
from dfp_training.data.parts import Part
from dfp_training.data.vectorise import Strokes, sample

SAMPLES = 7  # points along a curve
HOW = replace(FREEHAND, d=9.0, lines=0.45, replaced=0.4, missing=0.06, hatched=0.3)
HAIR = 13  # class of the label map
EDGE = 0.012  # of the frame's side: a stroke that ends so near to its edge goes on outside


@dataclass(frozen=True)
class Drawing:
    """Lines and filled areas on a head's own frame, 0..1 across and down, reaching outside of it.

    lines: each n x 2. areas: each n x 2, filled. whole: all that makes it a face is there.
    """

    lines: list[np.ndarray]
    areas: list[np.ndarray]
    whole: bool = True


def head(pack: Pack, index: int, rng: np.random.Generator) -> Drawing:
    """A drawing of one face of a pack."""
    strokes, inner = pack.strokes(index), pack.lines(index)
    if rng.random() < 0.5:
        strokes, inner = mirrored(strokes), mirrored(inner)
    if rng.random() < 0.3:
        bend = Bend.draw(rng)
        strokes, inner = bend.strokes(strokes), bend.strokes(inner)
    areas = _filled_hair(pack, index, rng) if rng.random() < 0.12 else []
    loose = looseness(HOW, rng)
    inner = artist.shifted(artist.chosen(inner, HOW, rng), HOW, rng, loose)
    bald = rng.random() < 0.15
    outlines = _without_hair(strokes) if bald else strokes
    lines = _lines(displaced(outlines, HOW, rng, loose))
    if bald:
        lines.append(_skull(strokes))
    else:
        lines += _lines(inner)
        lines += _hairdo(strokes, rng)
    lines = _ended(lines, rng)
    lines += _bust(lines, rng) if rng.random() < 0.4 else []
    lines, areas = _stretched(lines, areas, rng)
    return Drawing(lines, areas)


def unfinished(pack: Pack, index: int, rng: np.random.Generator) -> Drawing:
    """A head without its features, as somebody begins: where it lies is known, a face it is not yet."""
    strokes = pack.strokes(index)
    middles = strokes.points[strokes.curves].mean(1)
    inside = (np.abs(middles - [0.5, 0.57]) < [0.2, 0.22]).all(1)
    kept = (strokes.tag < Part.EAR) & ~inside
    drawn = replace(strokes, curves=strokes.curves[kept], path=strokes.path[kept], tag=strokes.tag[kept])
    return Drawing(_lines(displaced(drawn, HOW, rng)), [], whole=False)


def scrambled(pack: Pack, index: int, rng: np.random.Generator) -> Drawing:
    """Pieces of a face that make none: some of its strokes, each turned and anywhere."""
    lines = _lines(displaced(pack.strokes(index), HOW, rng))
    kept = [line for line in lines if rng.random() < 0.5]
    out = []
    for line in kept:
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        out.append((line - line.mean(0)) @ turn.T * rng.uniform(0.5, 1.6) + rng.uniform(0.1, 0.9, 2))
    return Drawing(out, [], whole=False)


def feature(pack: Pack, index: int, rng: np.random.Generator) -> Drawing:
    """A study of one feature, an eye, a nose or a mouth, as large as a head."""
    middle, reach = [([0.38, 0.47], 0.1), ([0.5, 0.6], 0.1), ([0.5, 0.75], 0.13)][rng.integers(3)]
    lines = []
    for line in _lines(displaced(pack.strokes(index), HOW, rng)):
        inside = np.asarray((np.abs(line - middle) < reach).all(1))
        lines += [(part - middle) * 0.4 / reach + 0.5 for part in _runs(line, inside)]
    return Drawing(lines, [], whole=False)


def _lines(strokes: Strokes) -> list[np.ndarray]:
    """Each run of joined curves as one line."""
    if not len(strokes.curves):
        return []
    points = sample(strokes.points[strokes.curves], SAMPLES)
    joined = (strokes.path[1:] == strokes.path[:-1]) & (strokes.curves[1:, 0] == strokes.curves[:-1, 3])
    starts = np.flatnonzero(np.concatenate([[True], ~joined]))
    ends = np.append(starts[1:], len(points))
    return [points[a:b].reshape(-1, 2) for a, b in zip(starts, ends, strict=True)]


def _without_hair(strokes: Strokes) -> Strokes:
    kept = np.isin(strokes.tag, (Part.FACE, Part.EAR, Part.NECK, Part.IRIS))
    return replace(strokes, curves=strokes.curves[kept], path=strokes.path[kept], tag=strokes.tag[kept])


def _skull(strokes: Strokes) -> np.ndarray:
    """The upper half of an oval above the face's outline."""
    face = strokes.points[strokes.curves[strokes.tag == Part.FACE]].reshape(-1, 2)
    if not len(face):
        return np.zeros((0, 2))
    low, high = np.quantile(face, (0.01, 0.99), axis=0)
    brow = low[1] + 0.2 * (high[1] - low[1])
    reach = (high - low) / 2
    angle = np.linspace(-np.pi, 0, 24)
    return np.stack([(low[0] + high[0]) / 2 + reach[0] * np.cos(angle), brow + reach[0] * 1.1 * np.sin(angle)], 1)


def _filled_hair(pack: Pack, index: int, rng: np.random.Generator) -> list[np.ndarray]:
    labels = pack.labels(index)
    hair = cv2.erode((labels == HAIR).view(np.uint8), np.ones((3, 3), np.uint8))
    found, _ = cv2.findContours(hair, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [c[:, 0] / len(labels) for c in found if len(c) > 8 and rng.random() < 0.9]


def _hairdo(strokes: Strokes, rng: np.random.Generator) -> list[np.ndarray]:
    """Sometimes a bun, tails or a hat."""
    hair = strokes.points[strokes.curves[strokes.tag == Part.HAIR]].reshape(-1, 2)
    if len(hair) < 50 or rng.random() < 0.6:
        return []
    top, (left, right) = float(np.quantile(hair[:, 1], 0.01)), np.quantile(hair[:, 0], (0.02, 0.98))
    kind = rng.integers(4)
    if kind == 0:
        radius = rng.uniform(0.07, 0.2, 2)
        middle = 0.5 + rng.uniform(-0.25, 0.25), top - radius[1] * rng.uniform(0.4, 0.9)
        return [oval(middle, radius * share, rng) for share in (1, *rng.uniform(0.3, 0.8, rng.integers(0, 3)))]
    if kind == 1:
        sides = [[-1], [1], [-1, 1]][rng.integers(3)]
        length = rng.uniform(0.3, 1.0)
        height = top + rng.uniform(0.05, 0.5)
        return [line for sign in sides for line in _tail(left if sign < 0 else right, height, sign, length, rng)]
    if kind == 2:
        width, height = rng.uniform(0.3, 0.65), rng.uniform(0.1, 0.4)
        brim = top + rng.uniform(0.05, 0.25)
        angle = np.linspace(np.pi, 2 * np.pi, 20)
        crown = 0.5 * rng.uniform(0.7, 1.0) * (right - left)
        dome = np.stack([0.5 + crown * np.cos(angle), brim + (height + brim - top) * np.sin(angle)], 1)
        return [dome, oval((0.5, brim), np.array([width, rng.uniform(0.02, 0.08)]), rng)]
    count = rng.integers(3, 14)
    starts = np.stack([rng.uniform(left, right, count), np.full(count, top + 0.05)], 1)
    return [_curl(start, rng.uniform(0.08, 0.35), rng.uniform(np.pi, 2 * np.pi), rng) for start in starts]


def _tail(x: float, y: float, sign: int, length: float, rng: np.random.Generator) -> list[np.ndarray]:
    t = np.linspace(0, 1, 16)[:, None]
    swing, width = rng.uniform(0.05, 0.5), rng.uniform(0.06, 0.2)
    middle = np.hstack([x + sign * swing * np.sin(t * rng.uniform(1.5, 3)), y + length * (t - 0.1 * np.sin(3 * t))])
    spread = width * np.sin(np.pi * (0.08 + 0.92 * t)) / 2
    strands = rng.uniform(-0.8, 0.8, rng.integers(0, 4))
    return [middle + spread * np.array([share, 0]) for share in (-1, 1, *strands)]


def _curl(start: np.ndarray, length: float, angle: float, rng: np.random.Generator) -> np.ndarray:
    t = np.linspace(0, 1, 10)
    bent = angle + rng.uniform(-1.5, 1.5) * t
    return start + np.cumsum(np.stack([np.cos(bent), np.sin(bent)], 1), 0) * length / len(t)


def oval(middle: tuple[float, float], radius: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A closed round line, not quite regular."""
    angle = np.linspace(0, 2 * np.pi, 30)
    wobble = 1 + rng.uniform(-0.08, 0.08) * np.sin(angle * rng.integers(2, 5) + rng.uniform(0, 6))
    return np.array(middle) + np.stack([np.cos(angle), np.sin(angle)], 1) * radius * wobble[:, None]


def _ended(lines: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Sometimes the drawing ends before the frame does, in an oval or below a height."""
    kind = rng.random()
    if kind < 0.35:
        return lines
    low = rng.uniform(0.86, 1.0)
    tilt = rng.uniform(-0.15, 0.15)
    rounds = rng.uniform(0.46, 0.62, 2) if kind > 0.7 else np.array([9.0, 9.0])
    out = []
    for line in lines:
        x, y = line[:, 0] - 0.5, line[:, 1] - 0.5
        inside = (line[:, 1] < low + tilt * x) & ((x / rounds[0]) ** 2 + (y / rounds[1]) ** 2 < 1)
        out += _runs(line, inside)
    return out


def _runs(line: np.ndarray, inside: np.ndarray) -> list[np.ndarray]:
    """The parts of a line that are inside, each of two points at least."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    return [line[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > 1]


def _bust(lines: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Lines that end at the frame's edge, going on outside: shoulders, arms, long hair, clothes."""
    out = []
    spread, length = rng.uniform(0.3, 1.5), rng.uniform(0.1, 1.4)
    for line in lines:
        for end, before in ((line[-1], line[-min(6, len(line))]), (line[0], line[min(5, len(line) - 1)])):
            if end[1] < 1 - EDGE and not (abs(end[0] - 0.5) > 0.5 - EDGE and end[1] > 0.3):
                continue
            way = end - before
            way = way / max(float(np.hypot(*way)), 1e-6)
            t = np.linspace(0, 1, 12)[:, None]
            outward = np.array([np.sign(end[0] - 0.5) * spread * rng.uniform(0.2, 1), 1.0])
            out.append(end + length * rng.uniform(0.5, 1) * (t * way * (1 - t) + t * t * outward))
    return out


def _stretched(
    lines: list[np.ndarray], areas: list[np.ndarray], rng: np.random.Generator
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Wider or narrower heads than photographs have, around the frame's middle."""
    by = np.array([np.exp(rng.normal(0, 0.05)), 1.0])
    return [(line - 0.5) * by + 0.5 for line in lines], [(area - 0.5) * by + 0.5 for area in areas]
