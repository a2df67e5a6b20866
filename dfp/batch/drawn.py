"""The faces of one sketch, and the pictures that are made of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dfp.generator import Face
from dfp.pictures.ora import ora
from dfp.pictures.together import together
from dfp.sketch.frame import Frame, place
from dfp.sketch.heatmap import heatmap


@dataclass(frozen=True)
class Drawn:
    """One face or several, the surest first, of a sketch of `extent` (width, height) pixels.

    A single one is a picture of its frame's size; several lie, each in its place, on one of the sketch's.
    """

    faces: list[Face]
    extent: tuple[int, int]

    @property
    def frame(self) -> Frame:
        """Where the picture lies in the sketch."""
        return self.faces[0].frame if len(self.faces) == 1 else Frame(0, 0, *self.extent)

    @property
    def doubt(self) -> str:
        """A sentence where the sketch hardly shows a face; else empty."""
        return self.faces[0].doubt

    def picture(self, of: Callable[[Face], np.ndarray] = Face.placed) -> np.ndarray:
        """What `of` makes of each face, at its frame's size: uint8 H x W x 3 RGB or x 4 RGBA."""
        if len(self.faces) == 1:
            return of(self.faces[0])
        return together([(face.frame, of(face)) for face in self.faces], self.extent)

    def attention(self) -> np.ndarray:
        """The heat map: of a single face of its own size, of several at their frames' sizes."""
        return self.picture(_heat if len(self.faces) == 1 else _heat_placed)

    def layers(self, sketch: str) -> bytes:
        """An OpenRaster file with the layers, marked as made of a sketch. Raises SketchError without regions."""
        made = [face.layers() for face in self.faces]
        if len(made) == 1:
            return ora(made[0], self.picture(), sketch)
        frames = [face.frame for face in self.faces]
        planes = {
            name: together(list(zip(frames, [m[name] for m in made], strict=True)), self.extent) for name in made[0]
        }
        return ora(planes, self.picture(), sketch)


def _heat(face: Face) -> np.ndarray:
    heat = heatmap(face.attention, face.image)
    return heat if face.cover is None else np.dstack([heat, face.cover])


def _heat_placed(face: Face) -> np.ndarray:
    return place(_heat(face), face.frame)
