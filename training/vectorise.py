"""Boundary pixels as strokes: chains of cubic Bézier curves that keep sharing their joints (§3.1)."""

from dataclasses import dataclass

import numpy as np

from training.boundary import trace

TOLERANCE = 1.0  # largest distance of a fitted curve from its pixels
MIN_POINTS = 3  # shorter paths are skeleton spurs


@dataclass(frozen=True)
class Strokes:
    """A vectorised sketch.

    points: p x 2 float32 (x, y), in units of the frame's side (0..1), shared by the curves that meet there.
    curves: c x 4 int32, indices of each cubic's end, control, control and end point.
    path: c int32, which path (stroke) the curve belongs to.
    tag: c uint8, what the curve shows (`training.parts.Part`).
    """

    points: np.ndarray
    curves: np.ndarray
    path: np.ndarray
    tag: np.ndarray


def bernstein(t: np.ndarray) -> np.ndarray:
    """n parameters in [0, 1] -> n x 4 cubic Bernstein weights."""
    s = 1 - t
    return np.stack([s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t], 1)


def fit_cubic(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares cubic through the first and last of n x 2 points, chord-length parameters.

    Returns its 4 x 2 control polygon and the distance of each point from the curve at its parameter.
    """
    chords = np.hypot(*np.diff(points, axis=0).T)
    t = np.concatenate([[0], np.cumsum(chords)]) / chords.sum()
    weights = bernstein(t)
    ends = points[[0, -1]]
    inner = weights[:, 1:3]
    rest = points - weights[:, [0, 3]] @ ends
    normal = inner.T @ inner
    determinant = normal[0, 0] * normal[1, 1] - normal[0, 1] ** 2
    if len(points) < 4 or determinant < 1e-9:
        controls = ends[0] + (ends[1] - ends[0]) * np.array([[1 / 3], [2 / 3]])
    else:
        controls = np.linalg.solve(normal, inner.T @ rest)
    polygon = np.concatenate([ends[:1], controls, ends[1:]])
    return polygon, np.hypot(*(weights @ polygon - points).T)


def fit_path(points: np.ndarray, tolerance: float = TOLERANCE) -> list[np.ndarray]:
    """n x 2 pixels in order -> cubics (4 x 2) end to end, each within `tolerance` of its pixels."""
    smooth = points.copy()
    smooth[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4  # staircase to line
    cubics, todo = [], [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        polygon, distance = fit_cubic(smooth[first : last + 1])
        if last - first < 6 or distance.max() <= tolerance:
            cubics.append(polygon)
        else:
            middle = first + int(np.clip(distance.argmax(), 3, last - first - 3))
            todo += [(middle, last), (first, middle)]
    return cubics


def vectorise(mask: np.ndarray) -> Strokes:
    """One pixel wide H x W bool mask -> strokes; junctions become points that their strokes share.

    Coordinates are pixel centres over the side: pixel (x, y) lies at ((x + 0.5) / W, (y + 0.5) / H).
    """
    paths, places = trace(mask)
    points: list[np.ndarray] = list(places)
    curves: list[tuple[int, ...]] = []
    owner: list[int] = []
    for number, path in enumerate(p for p in paths if len(p.points) >= MIN_POINTS):
        closed = path.start < 0 and path.end < 0 and bool((path.points[0] == path.points[-1]).all())
        cubics = fit_path(path.points)
        joint = path.start if path.start >= 0 else len(points)
        first = joint
        if path.start < 0:
            points.append(cubics[0][0])
        for i, cubic in enumerate(cubics):
            index = len(points)
            points += [cubic[1], cubic[2]]
            if i < len(cubics) - 1 or (path.end < 0 and not closed):
                points.append(cubic[3])
                end = index + 2
            else:
                end = first if closed else path.end
            curves.append((joint, index, index + 1, end))
            owner.append(number)
            joint = end
    height, width = mask.shape
    scale = np.array([width, height], float)
    return Strokes(
        ((np.array(points, float).reshape(-1, 2) + 0.5) / scale).astype(np.float32),
        np.array(curves, np.int32).reshape(-1, 4),
        np.array(owner, np.int32),
        np.zeros(len(curves), np.uint8),
    )


def sample(polygons: np.ndarray, count: int) -> np.ndarray:
    """c x 4 x 2 control polygons -> c x count x 2 points along the curves."""
    return bernstein(np.linspace(0, 1, count)) @ polygons
