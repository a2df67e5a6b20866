"""Where on a sheet heads are drawn, how they are turned, and how certain that is."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image

from dfp.model.finder import SIDE, load_finder
from dfp.model.small_network import STRIDE
from dfp.sketch.binarise import binarise
from dfp.sketch.frame import Frame, square
from dfp.sketch.pixels import pixels_of
from dfp.sketch.pooling import reduction_for
from dfp.sketch.reduction import Reduction, looked_at, reduced

FIND_SIDE = 1024  # the drawing is looked for on a reduction to at most this many pixels a side
SURE = 0.55  # certainty from which on a drawing is taken for a face from the front
APART = 0.45  # of the mean side: two centres nearer than that are one head's
# A head that is small on its sheet, or turned, is looked at again, upright and with so much around it (of its side).
SMALL = 0.6
UPRIGHT = math.radians(8)
AROUND = 1.5
NEAR = 0.25  # of the frame's side: how far off the second look may find it


@dataclass(frozen=True)
class Head:
    """A head on a sheet.

    frame: the square that becomes the picture, before it is turned around its middle, in the sheet's pixels. turn: by
    how many degrees, clockwise, from -180 to 180. certainty: 0 to 1, how surely it is one face from the front.
    """

    frame: Frame
    turn: float
    certainty: float


@dataclass(frozen=True)
class Spot:
    """A head by the middle and side of its frame in pixels; the turn in radians."""

    x: float
    y: float
    side: float
    turn: float
    certainty: float

    def enlarged(self, factor: int) -> "Spot":
        """The same on a sketch that was not reduced by a factor."""
        return replace(self, x=self.x * factor, y=self.y * factor, side=self.side * factor)

    def head(self) -> Head:
        """The same in whole pixels."""
        left, top = self.x - self.side / 2, self.y - self.side / 2
        frame = square(left, top, self.side, self.side)
        return Head(frame, round(math.degrees(self.turn), 1), round(self.certainty, 3))


def find_heads(sketch: "np.ndarray | Image.Image") -> list[Head]:
    """The heads on a sketch, the surest first; none where nothing looks like a face from the front.

    `sketch`: as `FaceRequest` has it. Raises SketchError for a sketch that cannot be read.
    """
    pixels = pixels_of(sketch)
    factor = reduction_for(max(pixels.shape[:2]), FIND_SIDE)
    ink = binarise(pixels, factor)
    spots = spots_of(ink) if ink.any() else []
    return [spot.enlarged(factor).head() for spot in spots if spot.certainty >= SURE]


def spots_of(ink: np.ndarray) -> list[Spot]:
    """The heads that the ink (bool H x W) shows, the surest first: the likeliest, and all that are sure beside it."""
    kept: list[Spot] = []
    for spot in _spots(reduced(ink)):
        if kept and spot.certainty < SURE:
            break
        again = _looked_at_again(ink, spot)
        if all(_distance(again, other) > APART for other in kept):
            kept.append(again)
    return sorted(kept, key=lambda spot: -spot.certainty)


def spot_with_room(ink: np.ndarray, spot: Spot) -> Spot:
    """An upright head on a sheet (bool H x W) as it would be found if the sheet went on around it."""
    view = looked_at(ink, (spot.x, spot.y), spot.side * AROUND, 0.0)
    view.cells[1] = 1
    return replace(_seen_again(spot, view) or spot, certainty=spot.certainty)


def _looked_at_again(ink: np.ndarray, spot: Spot) -> Spot:
    upright = abs(spot.turn) < UPRIGHT
    if upright and spot.side > SMALL * max(ink.shape):
        return spot
    view = looked_at(ink, (spot.x, spot.y), spot.side * AROUND, 0.0 if upright else spot.turn)
    best = _seen_again(spot, view)
    if best is None:
        return spot
    return Spot(best.x, best.y, best.side, best.turn, (best.certainty + spot.certainty) / 2)


def _seen_again(spot: Spot, view: Reduction) -> Spot | None:
    """The surest head of a view that may be the same as one that is known."""
    return next((again for again in _spots(view) if _distance(spot, again) < NEAR), None)


def _spots(view: Reduction) -> Iterator[Spot]:
    """All that may be heads, the surest first, each calculated when somebody asks for it: most are never looked at."""
    answer = load_finder()(view.cells)
    heat = answer[0]
    rows, columns = np.nonzero(heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8)))
    for at in np.argsort(-heat[rows, columns], kind="stable").tolist():
        row, column = rows.item(at), columns.item(at)
        logit, across, down, size, sine, cosine = answer[:, row, column].tolist()
        x, y = view.on_ink((column + 0.5 + across) * STRIDE, (row + 0.5 + down) * STRIDE)
        side = min(math.exp(min(size, 10)) * STRIDE, 4.0 * SIDE) * view.scale
        turn = math.remainder(math.atan2(sine, cosine) + view.turn, 2 * math.pi)
        yield Spot(x, y, side, turn, 1 / (1 + math.exp(-max(logit, -50))))


def _distance(one: Spot, other: Spot) -> float:
    """Between two frames' middles, in shares of their mean side."""
    return math.hypot(one.x - other.x, one.y - other.y) / (0.5 * (one.side + other.side))
