"""Crooked drawings of faces, and how far each of their places is from where a regular face has it."""

from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np

from dfp.model.straightener import CELLS, SIDE
from dfp.sketch.pooling import shrink_by_max
from dfp_training.data import artist
from dfp_training.data.beards import shaved
from dfp_training.data.bend import Bend, Bent
from dfp_training.data.deform import FREEHAND, displaced, looseness, rasterise
from dfp_training.data.loader import Move, PlacedFace
from dfp_training.data.pack import Pack

# Painters' hands are seldom as loose as that, and what is bent as a whole is seen best in careful drawings.
HOW = replace(FREEHAND, d=30.0, least=0.05, careful=3.0, lines=0.7, replaced=0.35, shift=0.03, zoom=0.06, beards=1.0)
SHAVED = 0.1  # share of beards that are not drawn
KNOTS = 3, 6  # each way: a head that is bent, or eyes and a mouth each for itself
FARTHEST = 0.075  # of the side, by which knots are moved, at most
OFTEN_LESS = 0.7  # the power of the share of that by which they are
FULL, ALONE = 4, 0.15  # so many points of lines in a cell count fully; what a cell without any counts
DRAWN_SIDE = 2 * SIDE


class Crooked(NamedTuple):
    """lines: 1 x SIDE x SIDE float32, 1 on lines. away: 2 x CELLS x CELLS float32, from the drawing's places to those
    of the regular face, right and down in shares of the side. counts: 1 x CELLS x CELLS float32, how much each of
    these counts. bent: as `away`, without what the hand's looseness adds."""

    lines: np.ndarray
    away: np.ndarray
    counts: np.ndarray
    bent: np.ndarray


def crooked(pack: Pack, face: int, rng: np.random.Generator) -> Crooked:
    """One face of a pack, bent and loosely drawn."""
    shown = PlacedFace(pack, face, rng.random() < 0.5, Move.draw(HOW, rng))
    bend = Bend.draw(rng, int(rng.integers(KNOTS[0], KNOTS[1] + 1)), FARTHEST * rng.random() ** OFTEN_LESS)
    strokes = shaved(shown.strokes()) if rng.random() < SHAVED else shown.strokes()
    lines = artist.chosen(shown.lines(), HOW, rng)
    outlines, inner = bend.strokes(strokes), bend.strokes(lines)
    if artist.can_replace(lines):
        outlines = artist.without_features(outlines, Bent(shown, bend).labels(), HOW, rng)
    loose = looseness(HOW, rng)
    outlines, inner = displaced(outlines, HOW, rng, loose), artist.shifted(inner, HOW, rng, loose)
    points, curves = artist.both(outlines, inner)
    drawn = shrink_by_max(rasterise(points, curves, DRAWN_SIDE), SIDE)
    # Points that a painter adds come behind those that a face has, and belong nowhere.
    added = np.full((len(outlines.points) - len(strokes.points), 2), np.nan, np.float32)
    home = np.concatenate([strokes.points, added, lines.points])
    used = np.zeros(len(points), bool)
    used[curves.ravel()] = True
    bent = np.asarray(cv2.resize(bend.field, (CELLS, CELLS), interpolation=cv2.INTER_AREA)).transpose(2, 0, 1)
    away, counts = _by_cells(points[used], home[used], bent)
    return Crooked(drawn[None].astype(np.float32), away, counts, bent)


def _by_cells(points: np.ndarray, home: np.ndarray, elsewhere: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points and where they belong -> the mean way home in each cell, and how much it counts."""
    cells = np.floor(points * CELLS).astype(np.intp)
    known = np.isfinite(home).all(1) & np.equal(cells, cells.clip(0, CELLS - 1)).all(1)
    index = cells[known, 1] * CELLS + cells[known, 0]
    found = np.bincount(index, minlength=CELLS**2).reshape(CELLS, CELLS)
    ways = (home - points)[known]
    sums = np.stack([np.bincount(index, way, CELLS**2).reshape(CELLS, CELLS) for way in ways.T])
    away = np.where(found > 0, sums / found.clip(1), elsewhere).astype(np.float32)
    counts = np.where(found > 0, 0.25 + 0.75 * found.clip(None, FULL) / FULL, ALONE).astype(np.float32)
    return away, counts[None]
