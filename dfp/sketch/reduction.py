"""A sheet's ink, or a part of it, as the finder reads it: few cells, each drawn on or not."""

import functools
import math
from dataclasses import dataclass

import cv2
import numpy as np

from dfp.model.finder import INPUTS, SIDE

# A line of one pixel covers a thirtieth of a cell at least on a sheet that was reduced to a thousand pixels.
COVERED = 1 / 30


@dataclass(frozen=True)
class Reduction:
    """cells: float32 INPUTS x SIDE x SIDE. A place in cells times `scale`, turned by `turn` (radians, clockwise), plus
    `left` and `top`, is that of the ink in pixels."""

    cells: np.ndarray
    scale: float
    left: float
    top: float
    turn: float = 0.0

    def on_ink(self, x: float, y: float) -> tuple[float, float]:
        """A place in cells as one in the ink's pixels."""
        cos, sin = math.cos(self.turn) * self.scale, math.sin(self.turn) * self.scale
        return cos * x - sin * y + self.left, sin * x + cos * y + self.top

    def in_cells(self, x: float, y: float) -> tuple[float, float]:
        """A place in the ink's pixels as one in cells."""
        cos, sin = math.cos(self.turn) / self.scale, math.sin(self.turn) / self.scale
        x, y = x - self.left, y - self.top
        return cos * x + sin * y, cos * y - sin * x


def reduced(ink: np.ndarray) -> Reduction:
    """Where the ink (bool H x W) has any, cell by cell, and where the sheet is; the sheet lies in the cells' middle."""
    height, width = ink.shape
    longer = max(height, width)
    columns, rows = (max(1, round(side * SIDE / longer)) for side in (width, height))
    left, top = (SIDE - columns) // 2, (SIDE - rows) // 2
    cells = np.zeros((INPUTS, SIDE, SIDE), np.float32)
    cells[0, top : top + rows, left : left + columns] = _drawn(ink, rows, columns)
    cells[1, top : top + rows, left : left + columns] = 1
    scale = longer / SIDE
    return Reduction(cells, scale, -left * scale, -top * scale)


def _drawn(ink: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Which cells of a sheet (bool H x W) are drawn on, rows x columns."""
    if max(ink.shape) <= SIDE:
        return np.asarray(cv2.resize(ink.view(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST))
    # OpenCV's own means over parts of pixels take twice as long. Whole numbers are exact up to 2**24.
    integral = cv2.integral(ink.view(np.uint8), sdepth=cv2.CV_32F)
    covered = _bands(cv2.transpose(_bands(integral, rows)), columns)
    return cv2.transpose(covered) > COVERED * (ink.size / (rows * columns))


def _bands(sums: np.ndarray, count: int) -> np.ndarray:
    """(H + 1) x W sums over all rows above, to count x W: what each of so many bands of equal height adds to them."""
    rows, shares = _edges(len(sums) - 1, count)
    above, part = sums[rows], sums[rows + 1]
    part -= above
    part *= shares
    # Differences of whole rows come first, for their parts would be lost in sums as large.
    bands = above[1:] - above[:-1]
    bands += part[1:]
    bands -= part[:-1]
    return bands


@functools.lru_cache(16)
def _edges(side: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The row on which each edge of `count` bands lies, and how much of it is above, (count + 1) x 1."""
    places = np.arange(count + 1) * (side / count)
    rows = np.minimum(places.astype(np.intp), side - 1)
    return rows, (places - rows).astype(np.float32)[:, None]


def looked_at(ink: np.ndarray, middle: tuple[float, float], side: float, turn: float) -> Reduction:
    """As `reduced`, of a square of the sheet alone: its middle (x, y) and side in pixels, and its turn."""
    scale = side / SIDE
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    left, top = middle[0] - (cos - sin) * SIDE / 2, middle[1] - (sin + cos) * SIDE / 2
    view = Reduction(np.zeros((INPUTS, SIDE, SIDE), np.float32), scale, left, top, turn)
    height, width = ink.shape
    reach = side * 0.5 * (abs(np.cos(turn)) + abs(np.sin(turn))) + 1
    x, y = max(0, int(middle[0] - reach)), max(0, int(middle[1] - reach))
    part = ink[y : max(y, int(middle[1] + reach) + 1), x : max(x, int(middle[0] + reach) + 1)]
    if scale >= 1:
        rows, columns = np.nonzero(part)
        across, down = columns + (x + 0.5 - left), rows + (y + 0.5 - top)
        column = ((cos * across + sin * down) / scale**2).astype(np.intp)
        row = ((cos * down - sin * across) / scale**2).astype(np.intp)
        inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
        view.cells[0][row[inside], column[inside]] = 1
    elif part.size:
        # Places of pixels' centres: half of one is taken off on either side.
        matrix = np.array([[cos, -sin, 0], [sin, cos, 0]])
        matrix[:, 2] = [left - x, top - y] + matrix[:, :2] @ [0.5, 0.5] - 0.5
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        view.cells[0] = cv2.warpAffine(np.ascontiguousarray(part).view(np.uint8), matrix, (SIDE, SIDE), flags=flags)
    corners = [view.in_cells(*corner) for corner in ((0, 0), (width, 0), (width, height), (0, height))]
    sheet = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(sheet, np.rint(corners).astype(np.int32), 1)
    view.cells[1] = sheet
    return view
