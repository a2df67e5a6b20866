"""Spurs: branches of a skeleton that end inside the stroke they hang on. They say nothing but a rough edge."""

import math

import cv2
import numpy as np

from dfp.sketch.thickness import width_of

# Lines up to this many pixels wide have no spurs to prune.
THIN = 3.0
# A spur runs from the centre line to a bump of the stroke's edge: so many half widths, and so many pixels, at most.
REACH = 1.35
SLACK = 1.5
UNITS = 2  # parts of a pixel in which a byte says how deep a place is


def pruned(lines: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """The skeleton of strokes, bool N x M, without its spurs.

    `depth`: float32 N x M, how far it is from each of the strokes' pixels to the nearest unset one.
    """
    skeleton = cv2.copyMakeBorder(lines.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    deepest = _deepest_around(depth)
    width = skeleton.shape[1]
    around = [width * y + x for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
    # The walks below look at one pixel at a time, for which bytes are several times as fast as an array.
    pixels = bytearray(skeleton)
    seen = np.frombuffer(pixels, np.uint8).reshape(skeleton.shape)
    walked: dict[int, list[int]] = {}
    changed: set[int] = set()  # what has lost a neighbour: elsewhere a second walk would find what the first did
    for _ in range(2):
        ends = _ends(seen)
        for end, deep in zip(ends.tolist(), (deepest.take(ends) / UNITS).tolist(), strict=True):
            # Most ends are of thin lines.
            if width_of(deep) <= THIN or (end in walked and changed.isdisjoint(walked[end])):
                continue
            path, onward, longest = [end], [], _longest(deep)
            while len(path) <= longest:
                spot, behind = path[-1], path[-3:]
                onward = [near for step in around if pixels[near := spot + step] and near not in behind]
                if len(onward) != 1:
                    break
                path.append(onward[0])
            walked[end] = path
            row, column = divmod(path[-1], width)
            deep = depth.item(row - 1, column - 1)
            if len(onward) > 1 and width_of(deep) > THIN and len(path) <= _longest(deep):
                for spot in path[:-1]:
                    pixels[spot] = 0
                    changed.update(spot + step for step in around)
        if not changed:
            break
    return seen[1:-1, 1:-1].view(bool)


def _longest(depth: float) -> float:
    """How many pixels a spur may have that hangs on a place of such a depth."""
    return REACH * (depth - 0.5) + SLACK


def _ends(lines: np.ndarray) -> np.ndarray:
    """Where lines of one pixel's width end, uint8 N x M, as places in the flattened array."""
    counts = cv2.boxFilter(lines, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.flatnonzero((counts == 2) & lines.view(bool))


def _deepest_around(depth: np.ndarray) -> np.ndarray:
    """How deep the strokes are where a spur may hang that ends on a pixel: in UNITS of a pixel, or a little more.

    `depth`: float32 N x M. Returns uint8 (N + 2) x (M + 2), with an edge of one pixel.
    """
    # Bytes are compared in a third of the time.
    units = cv2.convertScaleAbs(depth, alpha=UNITS, beta=0.5)
    side = 2 * math.ceil(_longest(float(depth.max()))) + 1
    edged = cv2.copyMakeBorder(units, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return cv2.dilate(edged, np.ones((side, side), np.uint8))
