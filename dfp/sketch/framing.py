"""The square of a sketch that becomes the picture, placed around the drawing as training faces are in theirs.

Bounds alone do not say how much of a person was drawn (a bald head, hair to the shoulders, a bust), so the frame is
the one under which the drawn lines lie where training faces have theirs: a maximum-likelihood fit of place and
scale. Where lines run off the picture its edge is the frame's, as it is for a photograph.
"""

from functools import cache

import cv2
import numpy as np

from dfp.sketch.components import components_of
from dfp.sketch.frame import Frame, square
from dfp.sketch.pooling import max_pool

# How dense lines are in the pictures that the network is trained with: the logarithm of the density over that of
# evenly spread lines, as LINE_BASE + LINE_STEP * digit, left half (the right half mirrors it). Measured on 2,538
# training label maps (every third of CelebAMask-HQ's, all of OMI's), each with its mirror image: boundaries on
# 128 x 128 cells, blurred by 6 / 512. Heads: once of everything, once without clothes, twice without clothes and
# neck. Faces: without hair too, as somebody draws who starts with an oval.
HEADS = (
    "0112334555555544",
    "0122345555554433",
    "1123445555543322",
    "1223455555443322",
    "1234455555445544",
    "2234555555566665",
    "2334555556666665",
    "2344555566665554",
    "2344555566654444",
    "2345555666544433",
    "2345555676544433",
    "3345556676666543",
    "3445566778888875",
    "3455566789889986",
    "3455667787889888",
    "3455667776899987",
    "3455667765456687",
    "3455667765322686",
    "3455667765324785",
    "3455567764215873",
    "3445567765215886",
    "3445566775324688",
    "3444556775447888",
    "3344556676458998",
    "3344455677557988",
    "3334455677655777",
    "3334445667765455",
    "3333445567776542",
    "3333344556777764",
    "3333344455667776",
    "3333344445555665",
    "3334444445545554",
)
FACES = (
    "0000000000000000",
    "0000000000000000",
    "0000000000000000",
    "0000000000112222",
    "0000000012345555",
    "0000000134567776",
    "0000000246777776",
    "0000001467776665",
    "0000002467765554",
    "0000002577655544",
    "0000013677655544",
    "0000135777777654",
    "0001346789999985",
    "0123456899999997",
    "1234567888999999",
    "1234677877999998",
    "1234677876566798",
    "1234677876433797",
    "1234677875435895",
    "1234567875326984",
    "0134567876325997",
    "0123566776435788",
    "0012456776458999",
    "0001345777569999",
    "0000235677668999",
    "0000124577766888",
    "0000013467876555",
    "0000001356787643",
    "0000000135678875",
    "0000000012467777",
    "0000000000135666",
    "0000000000002343",
)
LINE_BASE = -2.2
LINE_STEP = 0.4
# Ink that a frame leaves out is this unlikely (logarithm of density over evenly spread on the drawn bounds).
LEFT_OUT = -8.0

# The fit reads the ink as occupied cells, this many along the bounds' longer side, so that hatching counts once.
FIT_CELLS = 64
COARSE_POINTS = 150
COARSE_SCALES = np.geomspace(0.65, 1.6, 9)  # frame side over the bounds' longer side
COARSE_SHIFTS = np.linspace(-0.24, 0.24, 7)  # frame centre from the bounds' centre, in frame sides
FINEST_STEP = 0.006

# The drawing is looked at on a reduction to less than twice this many pixels a side.
LOOK_SIDE = 384

# A component of the ink smaller than this share of the whole drawing's extent does not say where the drawing ends.
SPECK = 0.03
# A line ends at the picture's edge when it comes this near to it (share of the longer side).
TOUCH = 0.015
# A fitted side this near to a touched edge of the picture (share of the frame) is that edge.
SNAP = 0.2
# A square picture with lines at its edge is the frame when it overlaps the fitted one at least so much (IoU).
WHOLE_OVERLAP = 0.85
WHOLE_ASPECT = 1.04


def frame_of(ink: np.ndarray) -> Frame:
    """The square frame of a drawing.

    `ink`: bool H x W, where a stroke was drawn. Raises ValueError when there is none.
    """
    if not ink.any():
        raise ValueError("a frame needs ink")
    height, width = ink.shape
    factor = max(1, max(height, width) // LOOK_SIDE)
    small = max_pool(ink.view(np.uint8), factor).view(bool)
    across, down = _without_specks(small)
    points, extent = _cells(across, down)
    x, y, side = (value * factor for value in _fit(points, extent))
    touched = _touched(across, down, small.shape)
    whole = max(height, width)
    if any(touched) and whole <= WHOLE_ASPECT * min(height, width):
        left, top = (width - whole) / 2, (height - whole) / 2
        if _overlap((x, y, side), (left, top, whole)) >= WHOLE_OVERLAP:
            return square(0, 0, width, height)
    x, y, side = _snapped((x, y, side), (width, height), touched)
    return square(x, y, side, side)


def _without_specks(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows of the ink (bool H x W) without components so small that they may be stray dots."""
    components = components_of(ink)
    whole = (components.bounds[:, 2:].max(0) - components.bounds[:, :2].min(0)).max()
    keep = (components.extents >= SPECK * whole)[components.label]
    return (components.x[keep], components.y[keep]) if keep.any() else (components.x, components.y)


def _cells(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Centres of the cells that ink at columns `x` and rows `y` occupies, and the bounds' centre and longer side.

    The centres are float32 N x 2, x then y.
    """
    left, top = int(x.min()), int(y.min())
    spread_x, spread_y = int(x.max()) + 1 - left, int(y.max()) + 1 - top
    side = float(max(spread_x, spread_y))
    cell = side / FIT_CELLS
    of_place = (np.arange(int(side)) / cell).astype(np.intp)
    occupied = np.zeros((FIT_CELLS, FIT_CELLS), bool)
    occupied.ravel()[of_place[y - top] * FIT_CELLS + of_place[x - left]] = True
    # The network's pictures hold outlines: the inside of black hair or dense hatching says nothing about place.
    inside = cv2.erode(occupied.view(np.uint8), np.ones((3, 3), np.uint8), borderValue=0)
    rows, columns = np.nonzero(occupied & np.equal(inside, 0))
    points = np.stack([(columns + 0.5) * cell + left, (rows + 0.5) * cell + top], 1).astype(np.float32)
    return points, (left + spread_x / 2, top + spread_y / 2, side)


@cache
def _line_density(table: tuple[str, ...]) -> np.ndarray:
    """Log density of training lines over the frame, n x n, inside a rim that stands for everything outside."""
    half = np.array([[int(digit) for digit in row] for row in table], np.float32) * LINE_STEP + LINE_BASE
    return np.pad(np.hstack([half, half[:, ::-1]]), 1, constant_values=LEFT_OUT * 2)


def _likelihood(
    density: np.ndarray, points: np.ndarray, frames: tuple[np.ndarray, np.ndarray, np.ndarray], extent: float
) -> np.ndarray:
    """Mean log likelihood of the points (N x 2) under each frame.

    `density`: as `_line_density` returns it. `frames`: centres x and y and sides, three arrays that together make
    the answer's shape; it is as fast as they alone are small. `extent`: the longer side of the drawn bounds.
    """
    x, y, side = frames
    cells = len(density) - 2
    scale = (cells / side).astype(np.float32)[..., None]
    columns, rows = (
        np.clip((points[:, axis] - centre.astype(np.float32)[..., None]) * scale + (cells / 2 + 1), 0, cells + 1)
        for axis, centre in enumerate((x, y))
    )
    logs = density.ravel() - 2 * np.log(side / extent).astype(np.float32)[..., None]
    # Each side has a table of its own, so that the many points need but one look-up.
    tables = np.arange(side.size).reshape(side.shape)[..., None] * density.size
    index = (tables + rows.astype(np.intp) * (cells + 2)) + columns.astype(np.intp)
    return np.maximum(logs, LEFT_OUT).take(index).mean(-1)


def _fit(points: np.ndarray, extent: tuple[float, float, float]) -> tuple[float, float, float]:
    """Left, top and side of the frame that explains the points best, as a head or as a face without hair."""
    _, (x, y, side) = max(_climbed(_line_density(table), points, extent) for table in (HEADS, FACES))
    return x - side / 2, y - side / 2, side


def _climbed(
    density: np.ndarray, points: np.ndarray, extent: tuple[float, float, float]
) -> tuple[float, tuple[float, float, float]]:
    """The best frame's likelihood and its centre and side: a coarse search, then ever smaller steps."""
    x, y, side = extent
    few = points[:: max(1, len(points) // COARSE_POINTS)]
    sides = COARSE_SCALES[None, :, None]
    shifts = COARSE_SHIFTS[:, None, None] * sides * side, COARSE_SHIFTS * sides * side
    _, best = _likeliest(density, few, (x + shifts[0], y + shifts[1], sides * side), side)
    step, likely = 0.05, -np.inf
    while step > FINEST_STEP:
        near = best[:, None] + np.array([-1, 0, 1]) * step * best[2]
        likely, found = _likeliest(density, points, (near[0, None, :, None], near[1, :, None, None], near[2]), side)
        if np.array_equal(found, best):
            step /= 2
        best = found
    return likely, (float(best[0]), float(best[1]), float(best[2]))


def _likeliest(
    density: np.ndarray, points: np.ndarray, frames: tuple[np.ndarray, np.ndarray, np.ndarray], extent: float
) -> tuple[float, np.ndarray]:
    """The likelihood, and centre and side, of the frame that explains the points best; see `_likelihood`."""
    values = _likelihood(density, points, frames, extent)
    best = np.unravel_index(values.argmax(), values.shape)
    return float(values[best]), np.array([np.broadcast_to(value, values.shape)[best] for value in frames])


def _touched(x: np.ndarray, y: np.ndarray, shape: tuple[int, ...]) -> tuple[bool, bool, bool, bool]:
    """Whether ink at columns `x` and rows `y` ends at the left, top, right and bottom edge of H x W pixels."""
    near = max(1, round(max(shape) * TOUCH))
    return x.min() < near, y.min() < near, x.max() >= shape[1] - near, y.max() >= shape[0] - near


def _overlap(a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
    """Intersection over union of two squares (left, top, side)."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[2], b[1] + b[2]) - max(a[1], b[1])
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a[2] ** 2 + b[2] ** 2 - shared)


def _snapped(
    frame: tuple[float, float, float], picture: tuple[int, int], touched: tuple[bool, bool, bool, bool]
) -> tuple[float, float, float]:
    """The fitted square with its sides moved to those edges of the picture that lines run off near to it."""
    low = [frame[0], frame[1]]
    high = [frame[0] + frame[2], frame[1] + frame[2]]
    moved = [[False, False], [False, False]]
    for axis in (0, 1):
        if touched[axis] and abs(low[axis]) <= SNAP * frame[2]:
            low[axis], moved[axis][0] = 0.0, True
        if touched[axis + 2] and abs(high[axis] - picture[axis]) <= SNAP * frame[2]:
            high[axis], moved[axis][1] = float(picture[axis]), True
    # An axis that runs off at both ends knows the side for certain, one that runs off once only roughly.
    sure = [high[axis] - low[axis] for axis in (0, 1) if all(moved[axis])]
    rough = [high[axis] - low[axis] for axis in (0, 1) if any(moved[axis])]
    side = max(sure) if sure else sum(rough) / len(rough) if rough else frame[2]
    start = []
    for axis in (0, 1):
        if moved[axis][0] == moved[axis][1]:
            start.append((low[axis] + high[axis] - side) / 2)
        else:
            start.append(low[axis] if moved[axis][0] else high[axis] - side)
    return start[0], start[1], side
