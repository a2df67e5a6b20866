"""Faces bent as a whole: what tells a model the difference that trust makes.

A crooked drawing means a crooked face when its lines are meant exactly, and a regular one when they are meant loosely.
Lines that are each moved on their own say nothing of a face that all of them show; here all are bent alike, and the
photo with them or not.
"""

from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from dfp.sketch.bending import FIELD, came_from
from dfp_training.data.vectorise import Strokes

KNOTS = 5  # each way: between them the bend is smooth
FARTHEST = 0.05  # of the side: so far a knot is moved at most


@dataclass(frozen=True)
class Bend:
    """field: FIELD x FIELD x 2 float32, how far from a place of the bent picture its colours were, in shares."""

    field: np.ndarray

    @classmethod
    def draw(cls, rng: np.random.Generator, each_way: int = KNOTS, farthest: float = FARTHEST) -> "Bend":
        """Any one."""
        knots = rng.uniform(-farthest, farthest, (each_way, each_way, 2)).astype(np.float32)
        return cls(np.asarray(cv2.resize(knots, (FIELD, FIELD), interpolation=cv2.INTER_CUBIC)))

    def strokes(self, strokes: Strokes) -> Strokes:
        """The strokes, bent."""
        if not len(strokes.points):
            return strokes
        return replace(strokes, points=came_from(self.field, strokes.points.astype(np.float32)))

    def picture(self, picture: np.ndarray, flags: int = cv2.INTER_LINEAR) -> np.ndarray:
        """A square picture, bent; what comes into view mirrors what was there."""
        side = len(picture)
        field = np.asarray(cv2.resize(self.field, (side, side), interpolation=cv2.INTER_LINEAR)) * side
        places = np.arange(side, dtype=np.float32)
        across, down = field[..., 0] + places, field[..., 1] + places[:, None]
        return cv2.remap(picture, across, down, flags, borderMode=cv2.BORDER_REFLECT_101)


class Placed(Protocol):
    """A face as it is shown and drawn: outlines, lines that the photo shows, photo, label map."""

    def strokes(self) -> Strokes: ...
    def lines(self) -> Strokes: ...
    def photo(self) -> np.ndarray: ...
    def labels(self) -> np.ndarray: ...


class Bent:
    """The same face, bent."""

    def __init__(self, face: Placed, bend: Bend):
        self._face, self._bend = face, bend

    def strokes(self) -> Strokes:
        return self._bend.strokes(self._face.strokes())

    def lines(self) -> Strokes:
        return self._bend.strokes(self._face.lines())

    def photo(self) -> np.ndarray:
        return self._bend.picture(self._face.photo())

    def labels(self) -> np.ndarray:
        return self._bend.picture(self._face.labels(), cv2.INTER_NEAREST)
