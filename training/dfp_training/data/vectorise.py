"""Boundary pixels as strokes: chains of cubic Bézier curves that keep sharing their joints (§3.1)."""

from dataclasses import dataclass

import numpy as np

from dfp_training.data.boundary import Path, trace

TOLERANCE = 1.0  # largest distance of a fitted curve from its pixels
MIN_POINTS = 3  # shorter paths are skeleton spurs


@dataclass(frozen=True)
class Strokes:
    """A vectorised sketch.

    points: p x 2 float32 (x, y), in units of the frame's side (0..1), shared by the curves that meet there.
    curves: c x 4 int32, indices of each cubic's end, control, control and end point.
    path: c int32, which path (stroke) the curve belongs to.
    tag: c uint8, what the curve shows (`dfp_training.data.parts.Part`).
    """

    points: np.ndarray
    curves: np.ndarray
    path: np.ndarray
    tag: np.ndarray


def bernstein(t: np.ndarray) -> np.ndarray:
    """n parameters in [0, 1] -> n x 4 cubic Bernstein weights."""
    s = 1 - t
    return np.stack([s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t], 1)


def fit_paths(paths: list[np.ndarray], tolerance: float = TOLERANCE) -> tuple[np.ndarray, np.ndarray]:
    """Paths of n x 2 pixels in order -> cubics end to end, each within `tolerance` of its pixels.

    Returns c x 4 x 2 control polygons in the paths' order and, for each, the number of its path. All pieces of
    one depth of the halving are fitted at once: a face has hundreds, of a dozen pixels each.
    """
    if not paths:
        return np.zeros((0, 4, 2)), np.zeros(0, np.intp)
    ends = np.cumsum([len(path) for path in paths])
    starts = np.concatenate([[0], ends[:-1]])
    pixels = np.concatenate(paths).astype(float)
    smooth = np.empty_like(pixels)
    smooth[1:-1] = (pixels[:-2] + 2 * pixels[1:-1] + pixels[2:]) / 4  # staircase to line
    smooth[starts], smooth[ends - 1] = pixels[starts], pixels[ends - 1]
    first, last = starts, ends - 1
    along = lengths(smooth)
    found, begins = [], []
    while len(first):
        polygons, worst, where = fit_cubics(smooth, first, last, along)
        good = (last - first < 6) | (worst <= tolerance)
        found.append(polygons[good])
        begins.append(first[good])
        first, last, where = first[~good], last[~good], where[~good]
        middle = where.clip(first + 3, last - 3)
        first, last = np.concatenate([first, middle]), np.concatenate([middle, last])
    order = np.argsort(begin := np.concatenate(begins))
    return np.concatenate(found)[order], np.searchsorted(ends, begin[order], "right")


def lengths(points: np.ndarray) -> np.ndarray:
    """n x 2 points -> the way along them to each."""
    steps = np.diff(points.T)
    return np.concatenate([[0], np.cumsum(np.sqrt((steps * steps).sum(0)))])


def fit_cubics(
    points: np.ndarray, first: np.ndarray, last: np.ndarray, length: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Least-squares cubics through the first and last of points[first..last] (n x 2), chord-length parameters.

    `first` and `last` are k indices each, both included; `length` are the points' `lengths`. Returns k x 4 x 2 control
    polygons, the largest distance of a point from the curve at its parameter, and the index of that point.
    """
    counts = last - first + 1
    offsets = np.cumsum(counts) - counts

    def spread(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, counts, axis=-1)

    index = np.arange(counts.sum()) + spread(first - offsets)
    t = (length[index] - spread(length[first])) / spread(np.maximum(length[last] - length[first], 1e-9))
    s = 1 - t
    # Coordinates come first from here on: long rows are what numpy is quick at.
    start, end = points[first].T, points[last].T
    rest = np.stack([points[index, axis] for axis in (0, 1)])
    rest -= s * s * s * spread(start)
    rest -= t * t * t * spread(end)
    inner = (3 * s * s * t, 3 * s * t * t)
    products = np.empty((7, len(t)))
    for row, (i, j) in enumerate(((0, 0), (0, 1), (1, 1))):
        np.multiply(inner[i], inner[j], out=products[row])
    np.multiply(inner[0], rest, out=products[3:5])
    np.multiply(inner[1], rest, out=products[5:7])
    sums = np.add.reduceat(products, offsets, axis=1)
    (a, b, c), one, two = sums[:3], sums[3:5], sums[5:]
    determinant = a * c - b * b
    # Too few points to decide two control points: a straight piece.
    sure = (counts >= 4) & (determinant >= 1e-9)
    divisor = np.where(sure, determinant, 1)
    controls = [
        np.where(sure, solved / divisor, start + (end - start) * share)
        for solved, share in ((c * one - b * two, 1 / 3), (a * two - b * one, 2 / 3))
    ]
    gaps = rest - inner[0] * spread(controls[0]) - inner[1] * spread(controls[1])
    gaps *= gaps
    squared = gaps[0] + gaps[1]
    worst = np.maximum.reduceat(squared, offsets)
    where = np.minimum.reduceat(np.where(squared == spread(worst), index, len(points)), offsets)
    return np.stack([start, *controls, end]).transpose(2, 0, 1), np.sqrt(worst), where


def vectorise(mask: np.ndarray) -> Strokes:
    """One pixel wide H x W bool mask -> strokes; junctions become points that their strokes share.

    Coordinates are pixel centres over the side: pixel (x, y) lies at ((x + 0.5) / W, (y + 0.5) / H).
    """
    paths, places = trace(mask)
    return strokes_of([path for path in paths if len(path.points) >= MIN_POINTS], places, mask.shape)


def strokes_of(paths: list[Path], places: np.ndarray, shape: tuple[int, ...]) -> Strokes:
    """Paths and the k x 2 places of their junctions, (x, y) pixels of an H x W picture -> strokes without tags."""
    cubics, owner = fit_paths([path.points for path in paths])
    heads = np.array([path.start for path in paths], np.intp)[owner]
    tails = np.array([path.end for path in paths], np.intp)[owner]
    loops = np.array([path.closed for path in paths], bool)[owner]
    opens = np.diff(owner, prepend=-1) > 0
    closes = np.diff(owner, append=len(paths)) > 0
    # Points of their own: both controls, the start of a path that hangs on no junction, ends likewise.
    own_start = opens & (heads < 0)
    own_end = ~closes | ((tails < 0) & ~loops)
    control = len(places) + np.cumsum(2 + own_start.astype(np.intp) + own_end) - 2 - own_end
    begin = np.where(own_start, control - 1, heads)
    inside = np.flatnonzero(~opens)
    begin[inside] = control[inside - 1] + 2
    path_begin = begin[np.maximum.accumulate(np.where(opens, np.arange(len(owner)), 0))]
    end = np.where(own_end, control + 2, np.where(loops, path_begin, tails))
    curves = np.stack([begin, control, control + 1, end], 1)
    points = np.zeros((curves.max(initial=len(places) - 1) + 1, 2))
    points[curves] = cubics
    points[: len(places)] = places
    scale = np.array(shape[1::-1], float)
    return Strokes(
        ((points + 0.5) / scale).astype(np.float32),
        curves.astype(np.int32),
        owner.astype(np.int32),
        np.zeros(len(curves), np.uint8),
    )


def sample(polygons: np.ndarray, count: int) -> np.ndarray:
    """c x 4 x 2 control polygons -> c x count x 2 points along the curves."""
    return bernstein(np.linspace(0, 1, count)) @ polygons
