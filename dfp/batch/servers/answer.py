"""What a server answers: a face's picture, and what it says of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from dfp.sketch.frame import Frame

FRAME, MODEL, COUNT, NOTE, PART = "X-Face-Frame", "X-Face-Model", "X-Face-Count", "X-Face-Note", "X-Face-Part"


class NoAnswerError(ValueError):
    """A server's answer is none that is known here."""


@dataclass(frozen=True)
class Answer:
    """png, heatmap: PNG files, the second where it was asked for. frame: where the picture lies in the sketch. faces:
    how many are on it. note: a sentence where the sketch hardly shows a face. model: the weights' checksum. part: the
    picture is a part of the face's frame alone."""

    png: bytes
    heatmap: bytes | None
    frame: Frame
    faces: int
    note: str
    model: str
    part: bool

    def picture(self) -> np.ndarray:
        """The face or faces, uint8 H x W x 3 RGB or x 4 RGBA. Raises NoAnswerError."""
        return _pixels(self.png)

    def attention(self) -> np.ndarray:
        """The heat map, as `picture`. Raises NoAnswerError."""
        if self.heatmap is None:
            raise NoAnswerError("it has no heat map")
        return _pixels(self.heatmap)


def answer_of(headers: Mapping[str, str], png: bytes, heatmap: bytes | None) -> Answer:
    """The answer that a head and files are. Raises NoAnswerError."""
    try:
        left, top, width, height = map(int, headers[FRAME].split(","))
        faces, model = int(headers[COUNT]), headers[MODEL]
    except (KeyError, ValueError) as error:
        raise NoAnswerError(f"its head does not say {FRAME}, {MODEL} and {COUNT}") from error
    frame = Frame(left, top, width, height)
    return Answer(png, heatmap, frame, faces, headers.get(NOTE, ""), model, headers.get(PART) == "1")


def _pixels(png: bytes) -> np.ndarray:
    try:
        with Image.open(BytesIO(png), formats=["PNG"]) as picture:
            return np.asarray(picture)
    except Exception as error:  # torn files make Pillow's readers fail in any way
        raise NoAnswerError("its picture is torn") from error
