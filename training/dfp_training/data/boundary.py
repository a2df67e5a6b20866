"""Boundaries of a label map: the edge-aligned sketch S_syn as pixels (§3.1)."""

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.morphology import skeletonize

# A pixel's neighbours: (row, column).
AROUND = ((-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1))


def boundary(labels: np.ndarray) -> np.ndarray:
    """H x W class indices -> H x W bool, one pixel wide lines where two classes meet."""
    mask = np.zeros(labels.shape, bool)
    mask[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    mask[1:, :] |= labels[1:, :] != labels[:-1, :]
    return skeletonize(mask)


@dataclass(frozen=True)
class Path:
    """A chain of boundary pixels between two ends; `points` n x 2 float (x, y).

    `start` and `end` name the junctions it hangs on, -1 for an open end. A closed loop hangs on none and
    begins where it ends.
    """

    points: np.ndarray
    start: int
    end: int
    closed: bool


def trace(mask: np.ndarray) -> tuple[list[Path], np.ndarray]:
    """Walk a one pixel wide mask as a graph.

    Returns its paths and the junctions' places, k x 2 float (x, y). A junction is a cluster of pixels
    with three and more neighbours; paths that touch it start or end exactly there, so they stay joined.
    """
    ink = mask.astype(np.uint8)
    around = cv2.boxFilter(ink, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    crossing = ink * (around > 3)
    clusters, places = _junctions(crossing)
    # What is left has at most two neighbours a pixel, so outlines run along each chain there and back.
    outlines, tree = cv2.findContours(ink - crossing, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return [], places
    chains = _once([outline[:, 0] for outline, node in zip(outlines, tree[0], strict=True) if node[3] < 0])
    near = _near_junctions(clusters, np.array([chain[[0, -1]] for chain, _ in chains])).tolist()
    return [_path(chain, loop, ends, places) for (chain, loop), ends in zip(chains, near, strict=True)], places


def _junctions(crossing: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """H x W uint8 -> (H + 2) x (W + 2) cluster numbers from 1 on inside a rim of 0, and k x 2 centres (x, y)."""
    clusters = np.zeros((crossing.shape[0] + 2, crossing.shape[1] + 2), np.int32)
    outlines, _ = cv2.findContours(crossing, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return clusters, np.zeros((0, 2))
    pixels = np.concatenate(outlines)[:, 0].astype(np.intp)
    clusters[pixels[:, 1] + 1, pixels[:, 0] + 1] = np.repeat(np.arange(len(outlines)), [len(o) for o in outlines]) + 1
    rows, columns = np.divmod(np.flatnonzero(clusters), clusters.shape[1])
    number = clusters[rows, columns] - 1
    sums = [np.bincount(number, axis, len(outlines)) for axis in (columns - 1, rows - 1)]
    return clusters, np.stack(sums, 1) / np.bincount(number, minlength=len(outlines))[:, None]


def _once(outlines: list[np.ndarray]) -> list[tuple[np.ndarray, bool]]:
    """Outlines of one pixel wide chains, m x 2 -> their pixels in order, and whether they are closed loops."""
    lengths = np.array([len(outline) for outline in outlines])
    ends = np.cumsum(lengths)
    starts = ends - lengths
    pixels = np.concatenate(outlines)
    before, after = np.arange(-1, len(pixels) - 1), np.arange(1, len(pixels) + 1)
    before[starts], after[ends - 1] = ends - 1, starts
    # A chain's ends are where its outline turns back; a loop has none.
    turning = np.append(np.flatnonzero((pixels[after] == pixels[before]).all(1)), len(pixels))
    turns = turning[np.searchsorted(turning, starts)]
    chains = []
    for outline, turn, length, loop in zip(outlines, turns - starts, lengths, turns >= ends, strict=True):
        twice = np.concatenate([outline, outline])
        chains.append((twice[: length + 1] if loop else twice[turn : turn + length // 2 + 1], bool(loop)))
    return chains


def _near_junctions(clusters: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """n x 2 x 2 first and last pixels (x, y) -> n x 2 numbers of the junctions beside them, -1 without one."""
    rows, columns = ends[..., 1] + 1, ends[..., 0] + 1
    beside = np.stack([clusters[rows + row, columns + column] for row, column in AROUND]) - 1
    near = beside.max(0)
    # One pixel alone is a bridge when it lies between two junctions, and a spur beside one.
    single = (ends[:, 0] == ends[:, 1]).all(1)
    other = np.where((beside >= 0) & (beside < near), beside, -1).max(0)
    near[single, 1] = other[single, 1]
    return near


def _path(chain: np.ndarray, loop: bool, ends: list[int], places: np.ndarray) -> Path:
    start, end = ends
    if loop:
        return Path(chain.astype(float), -1, -1, True)
    parts = [places[start : start + 1]] if start >= 0 else []
    parts += [chain.astype(float)]
    parts += [places[end : end + 1]] if end >= 0 else []
    return Path(np.concatenate(parts), start, end, False)
