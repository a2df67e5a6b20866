"""Sheets of paper to learn from where heads are drawn: any number of heads, and whatever else people have on theirs."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from dfp_training.data import sheet_clutter as clutter
from dfp_training.data.pack import Pack
from dfp_training.data.sheet_heads import Drawing, feature, head, scrambled, unfinished
from dfp_training.data.sheet_profiles import profile

SHEET = 384  # the longer side of a sheet in pixels
MOST = 8  # heads
COUNTS = (0.24, 0.46, 0.09, 0.06, 0.05, 0.03, 0.03, 0.02, 0.02)  # how often there are so many
APART = 0.75  # of the mean side between the centres of two heads, at least
LOOSE, TILTED = 4.0, 45.0  # degrees: how far upright heads lean, and how far those are turned that are


@dataclass(frozen=True)
class Placed:
    """Where a head lies: the centre and side of its frame in the sheet's pixels, and its turn in radians, clockwise.

    sure: False for one that says where it is and not whether it is a face.
    """

    x: float
    y: float
    side: float
    turn: float
    sure: bool = True

    def on_sheet(self, points: np.ndarray) -> np.ndarray:
        """Points of the frame, 0..1, as pixels of the sheet."""
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return (points - 0.5) @ np.array([[cos, sin], [-sin, cos]]) * self.side + [self.x, self.y]


@dataclass(frozen=True)
class Sheet:
    """ink: bool H x W, where something is drawn. heads: what is to be found on it."""

    ink: np.ndarray
    heads: list[Placed] = field(default_factory=list)


def sheet(pack: Pack, faces: np.ndarray, rng: np.random.Generator, clean: float = 0.3) -> Sheet:
    """A sheet with heads of some of a pack's `faces`; the same generator gives the same sheet.

    `clean`: how many have nothing else on them.
    """
    shape = _shape(rng)
    ink = np.zeros(shape, np.uint8)
    count = int(rng.choice(len(COUNTS), p=COUNTS))
    bare = rng.random() < clean and count > 0
    if not bare:
        _around(ink, rng, alone=count == 0)
    pen = np.exp(rng.uniform(np.log(0.002), np.log(0.06)))  # width by a head's side
    heads = []
    for place in _places(shape, count, rng):
        drawn = head if rng.random() > 0.06 else unfinished
        drawing = drawn(pack, int(rng.choice(faces)), rng)
        place = Placed(place.x, place.y, place.side, place.turn, drawing.whole)
        _draw(ink, drawing, place, pen)
        heads.append(place)
    if not bare and rng.random() < (0.35 if count == 0 else 0.1):
        place = next(_places(shape, 1, rng))
        _draw_beside(ink, (scrambled, feature)[rng.integers(2)](pack, int(rng.choice(faces)), rng), place, heads, pen)
    if not bare and rng.random() < (0.45 if count == 0 else 0.12):
        _draw_beside(ink, profile(rng), next(_places(shape, 1, rng)), heads, pen)
    if not bare:
        _over(ink, rng)
    return Sheet(ink.view(bool), heads)


def _shape(rng: np.random.Generator) -> tuple[int, int]:
    kind = rng.random()
    aspect = 1.0 if kind < 0.4 else float(rng.choice([0.75, 0.707, 0.5625, 0.8])) if kind < 0.8 else rng.uniform(0.4, 1)
    short = round(SHEET * aspect)
    return (SHEET, short) if rng.random() < 0.5 else (short, SHEET)


def _places(shape: tuple[int, int], count: int, rng: np.random.Generator) -> Iterator[Placed]:
    height, width = shape
    near = min(shape)
    if count == 1:
        yield _single(shape, rng)
        return
    done: list[Placed] = []
    largest = near * rng.uniform(0.5, 1.0) / max(1.0, np.sqrt(count * near / max(shape)))
    for _ in range(40 * count):
        if len(done) == count:
            return
        side = largest * rng.uniform(0.6, 1.0)
        reach = 0.4 * side
        place = Placed(rng.uniform(reach, width - reach), rng.uniform(reach, height - reach), side, _turn(rng))
        if all(_apart(place, other) for other in done):
            done.append(place)
            yield place


def _single(shape: tuple[int, int], rng: np.random.Generator) -> Placed:
    height, width = shape
    near = min(shape)
    kind = rng.random()
    if kind < 0.3:  # the sheet is the frame, or nearly
        side = near * rng.uniform(0.95, 1.05)
        jitter = rng.uniform(-0.04, 0.04, 2) * near
        turn = 0.0 if rng.random() < 0.8 else _turn(rng)
        x, y = (near / 2 + rng.random() * (extent - near) for extent in (width, height))
        return Placed(x + jitter[0], y + jitter[1], side, turn)
    side = near * rng.uniform(0.2, 1.1)
    reach = min(0.46 * side, near / 2)
    return Placed(rng.uniform(reach, width - reach), rng.uniform(reach, height - reach), side, _turn(rng))


def _turn(rng: np.random.Generator) -> float:
    kind = rng.random()
    if kind < 0.5:
        return np.radians(rng.normal(0, LOOSE / 2))
    if kind < 0.88:
        return np.radians(rng.uniform(-TILTED, TILTED))
    return rng.uniform(-np.pi, np.pi)


def _apart(one: Placed, other: Placed) -> bool:
    return np.hypot(one.x - other.x, one.y - other.y) > APART * (one.side + other.side) / 2


def _draw(ink: np.ndarray, drawing: Drawing, place: Placed, pen: float) -> None:
    width = max(1, round(pen * place.side))
    clutter.fill(ink, [place.on_sheet(area) for area in drawing.areas])
    clutter.draw_lines(ink, [place.on_sheet(line) for line in drawing.lines], width)


def _draw_beside(ink: np.ndarray, drawing: Drawing, place: Placed, heads: list[Placed], pen: float) -> None:
    """What is no face from the front, where it covers no head."""
    if all(_apart(place, other) for other in heads):
        _draw(ink, drawing, place, pen)


def _around(ink: np.ndarray, rng: np.random.Generator, alone: bool) -> None:
    """What is on the sheet beside heads; `alone`: there are none."""
    others = rng.integers(0, 5) if alone else rng.integers(0, 3) * (rng.random() < 0.5)
    for _ in range(others):
        clutter.other_drawing(ink, rng)
    for draw, chance in (
        (clutter.writing, 0.3),
        (clutter.writing, 0.15),
        (clutter.ruling, 0.15),
        (clutter.edges, 0.15),
        (clutter.shadow, 0.12),
    ):
        if rng.random() < chance:
            draw(ink, rng)


def _over(ink: np.ndarray, rng: np.random.Generator) -> None:
    """What paper and pen do to lines."""
    if rng.random() < 0.3:
        clutter.dust(ink, rng)
    if rng.random() < 0.12:
        ink &= clutter.patches(ink.shape, rng, rng.uniform(0.6, 0.95))
