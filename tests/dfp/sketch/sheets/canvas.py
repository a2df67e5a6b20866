"""A sheet while it is drawn: paper, the strokes on it, and the truth of both."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

import dfp
from dfp.sketch.frame import Frame

from .heads import Stroke, landmarks
from .square import of_example, square_by

EXAMPLES = sorted((Path(dfp.__file__).parent / "examples").glob("*.png"))
# Ink of an example below this share is its pencil's dust.
EXAMPLE_INK = 0.25
SHIFT = 4  # OpenCV's fixed point: sixteenths of a pixel


@dataclass(frozen=True)
class Sheet:
    """A sheet of paper, uint8 H x W (x C), with what is known of it.

    `heads`: the square of each, as a training face lies on its own, before its turn. `turns`: degrees, clockwise.
    `lines`: bool H x W, every line that was drawn (nothing printed, no shadow): as wide as it is for examples, else
    its middle.
    """

    kind: str
    pixels: np.ndarray
    heads: tuple[Frame, ...]
    turns: tuple[float, ...]
    lines: np.ndarray


@cache
def example_ink(number: int) -> np.ndarray:
    """How much ink an example sketch has at each place, float32 H x W, 0 to 1."""
    with Image.open(EXAMPLES[number]) as picture:
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
    gray = np.asarray(paper.convert("L"), np.float32)
    contrast = np.abs(gray - np.median(gray))
    return np.minimum(1, contrast / np.percentile(contrast, 99.8))


class Canvas:
    """Paper in gray, 0 to 255, onto which strokes are laid."""

    def __init__(self, width: int, height: int, paper: float = 240):
        self.page = np.full((height, width, 3), paper, np.float32)
        self.ink = np.zeros((height, width), np.float32)
        self.lines = np.zeros((height, width), np.uint8)
        self.heads: list[Frame] = []
        self.turns: list[float] = []

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.page.shape[0], self.page.shape[1]

    def strokes(self, strokes: list[Stroke], width: float, opacity: float = 1.0) -> None:
        """Lay strokes, in the sheet's pixels, with a round pen."""
        layer = np.zeros(self.shape, np.uint8)
        for stroke in strokes:
            fixed = [np.round(stroke * 2**SHIFT).astype(np.int32)]
            cv2.polylines(layer, fixed, False, 255, max(1, round(width)), cv2.LINE_AA, SHIFT)
            cv2.polylines(self.lines, fixed, False, 1, 1, cv2.LINE_8, SHIFT)
        np.maximum(self.ink, layer.astype(np.float32) * (opacity / 255), out=self.ink)

    def head(
        self,
        strokes: list[Stroke],
        place: Frame,
        width: float,
        opacity: float = 1.0,
        turn: float = 0.0,
        turned: float = 0.0,
    ) -> None:
        """Lay a head's strokes, which fill the unit square, into a place. `turned`: as the head's `Looks` have it."""
        self._known(square_by(landmarks(turned), place, turn), turn)
        self.strokes([placed(stroke, place, turn) for stroke in strokes], width, opacity)

    def example(self, number: int, place: Frame, turn: float = 0.0) -> None:
        """Lay an example sketch into a place."""
        self._known(square_by(of_example(number), place, turn), turn)
        ink = example_ink(number)
        ends = placed(np.array([(0, 0), (1, 0), (0, 1)], float), place, turn).astype(np.float32)
        corners = np.array([(0, 0), (ink.shape[1], 0), (0, ink.shape[0])], np.float32)
        matrix = cv2.getAffineTransform(corners, ends)
        size = self.shape[::-1]
        shrinks = place.width < 0.7 * ink.shape[1]
        source = cv2.GaussianBlur(ink, (0, 0), 0.4 * ink.shape[1] / place.width) if shrinks else ink
        np.maximum(self.ink, cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR), out=self.ink)
        clear = np.minimum(ink * (1 / EXAMPLE_INK / 2), 1)
        self.lines |= (cv2.warpAffine(clear, matrix, size, flags=cv2.INTER_AREA) >= 0.5).view(np.uint8)

    def fill(self, outline: Stroke, colour: tuple[int, int, int], edge: bool = False) -> None:
        """Fill a closed outline, in the sheet's pixels; `edge`: nothing else draws it, so it is a line."""
        fixed = np.round(outline * 2**SHIFT).astype(np.int32)
        cv2.fillPoly(self.page, [fixed], colour, cv2.LINE_AA, SHIFT)
        if edge:
            cv2.polylines(self.lines, [fixed], True, 1, 1, cv2.LINE_8, SHIFT)

    def sheet(self, kind: str, dark: float = 30) -> Sheet:
        """The drawing as it lies there; what is done to the paper before this is under the ink."""
        page = self.page + (dark - self.page) * self.ink[..., None]
        return Sheet(kind, as_bytes(page), tuple(self.heads), tuple(self.turns), self.lines.view(bool))

    def _known(self, square: Frame, turn: float) -> None:
        self.heads.append(square)
        self.turns.append(turn)


def placed(stroke: Stroke, place: Frame, turn: float = 0.0) -> Stroke:
    """A stroke of the unit square in the sheet's pixels."""
    angle = np.radians(turn)
    rotation = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    middle = place.left + place.width / 2, place.top + place.width / 2
    return (stroke - 0.5) @ rotation * place.width + middle


def as_bytes(page: np.ndarray) -> np.ndarray:
    """A picture in numbers with a point as uint8."""
    return np.clip(np.round(page), 0, 255).astype(np.uint8)
