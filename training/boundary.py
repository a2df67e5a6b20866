"""Boundaries of a label map: the edge-aligned sketch S_syn as pixels (§3.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.measure import label
from skimage.morphology import skeletonize

EIGHT = np.ones((3, 3), np.uint8)


def boundary(labels: np.ndarray) -> np.ndarray:
    """H x W class indices -> H x W bool, one pixel wide lines where two classes meet."""
    mask = np.zeros(labels.shape, bool)
    mask[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    mask[1:, :] |= labels[1:, :] != labels[:-1, :]
    return skeletonize(mask)


@dataclass(frozen=True)
class Path:
    """A chain of boundary pixels between two ends; `points` n x 2 float (x, y).

    `start` and `end` name the junctions it hangs on, -1 for an open end; a closed loop has both -1
    and begins where it ends.
    """

    points: np.ndarray
    start: int
    end: int


def trace(mask: np.ndarray) -> tuple[list[Path], np.ndarray]:
    """Walk a one pixel wide mask as a graph.

    Returns its paths and the junctions' places, k x 2 float (x, y). A junction is a cluster of pixels
    with three and more neighbours; paths that touch it start or end exactly there, so they stay joined.
    """
    neighbours = ndimage.convolve(mask.astype(np.uint8), EIGHT, mode="constant") - 1
    clusters = np.asarray(label(mask & (neighbours >= 3), connectivity=2))
    count = int(clusters.max())
    places = np.array(ndimage.center_of_mass(clusters > 0, clusters, range(1, count + 1))).reshape(-1, 2)[:, ::-1]
    alone = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask & (clusters == 0)), strict=True)}
    return list(_walk(alone, np.pad(clusters, 1), places)), places


def _around(y: int, x: int) -> Iterator[tuple[int, int]]:
    # Straight neighbours first, so that a walk does not cut the corner of a staircase.
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1)):
        yield y + dy, x + dx


def _walk(alone: set[tuple[int, int]], clusters: np.ndarray, places: np.ndarray) -> Iterator[Path]:
    def junction(y: int, x: int) -> int:
        window = clusters[y : y + 3, x : x + 3]
        return int(window.max()) - 1

    def extend(chain: list[tuple[int, int]]) -> None:
        while True:
            step = next((p for p in _around(*chain[-1]) if p in alone), None)
            if step is None:
                return
            alone.remove(step)
            chain.append(step)

    while alone:
        first = alone.pop()
        chain = [first]
        extend(chain)
        chain.reverse()
        extend(chain)
        points = np.array(chain, float)[:, ::-1]
        start, end = junction(*chain[0]), junction(*chain[-1])
        if start < 0 and end < 0 and len(chain) > 3 and np.abs(points[0] - points[-1]).max() <= 1:
            points = np.concatenate([points, points[:1]])
        if start >= 0 and len(chain) == 1:
            end = -1  # a single pixel beside a junction is a spur, not a loop
        if start >= 0:
            points = np.concatenate([places[start][None], points])
        if end >= 0:
            points = np.concatenate([points, places[end][None]])
        yield Path(points, start, end)
