"""What is done for a face before and after the model: by other processes, too, so nothing here imports torch."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np

from dfp.batch.colour_layers import ColourFile
from dfp.batch.drawing import Pictures, Wanted
from dfp.batch.drawn import Drawn
from dfp.batch.options import BatchOptions
from dfp.pictures.marks import encode
from dfp.pictures.reading import pixels_in, read
from dfp.sketch.prepare import Prepared, prepare_each
from dfp.sketch.request import FaceRequest


@dataclass(frozen=True)
class Ready:
    """A sketch that waits for the model.

    prepared: its heads. extent: its width and height. paged: it has several pages and only the first is taken.
    """

    prepared: list[Prepared]
    extent: tuple[int, int]
    paged: bool


@dataclass(frozen=True)
class Steps:
    """What is the same for all sketches of a run.

    size: the model's side in pixels. palettes: of real faces, where it knows colours (`prepare`).
    """

    options: BatchOptions
    size: int
    palettes: np.ndarray | None

    def prepare(self, data: bytes, colours: ColourFile | None) -> Ready:
        """Make a sketch, the bytes of a file, ready for the model. Raises SketchError, MemoryError."""
        found = read(BytesIO(data), self.options.face.page)
        painted = colours.decoded() if colours else None
        prepared = self.options.face.prepare(self._heads, found, painted=painted)
        return Ready(prepared, found.image.size, found.page < found.pages and found.page == 1)

    def pictures(self, drawn: Drawn, mark: str, paged: bool) -> Pictures:
        """The files of what was drawn. Raises MemoryError."""
        face = encode(self.options.face.picture(drawn), ".png", mark)
        attention = encode(drawn.attention(), ".png", mark) if self.options.attention else None
        return Pictures(face, attention, drawn.frame, drawn.doubt, paged)

    def _heads(self, request: FaceRequest, most: int | None) -> list[Prepared]:
        return prepare_each(request, self.size, self.palettes, most)


def pixels_of(wanted: Wanted) -> int:
    """How many pixels a sketch or its colours have, by their headers. Raises SketchError."""
    return max(pixels_in(wanted.data), wanted.colours.pixels() if wanted.colours else 0)
