"""What each stroke of a face shows, and strokes that people draw but label maps lack."""

from dataclasses import replace
from enum import IntEnum

import cv2
import numpy as np

from training.vectorise import Strokes, bernstein, fit_path

STRAND_DEPTHS = (9, 20, 34, 52)  # distances from the hair's edge at which strands run, pixels of 512
BEYOND = 64  # pixels by which hair is continued outside the label map


class Part(IntEnum):
    """Groups of strokes that a painter draws or leaves out together."""

    FACE = 0  # face outline, brows, eyes, nose, mouth: never left out as a group
    HAIR = 1
    EAR = 2
    NECK = 3
    CLOTH = 4
    ACCESSORY = 5  # glasses, hat, earring, necklace
    IRIS = 6  # from here on: not in any label map
    STRAND = 7


# The first of these whose classes touch a stroke names it.
_BY_CLASS = (
    (Part.ACCESSORY, (3, 14, 15, 16)),
    (Part.EAR, (8, 9)),
    (Part.CLOTH, (18,)),
    (Part.HAIR, (13,)),
    (Part.NECK, (17,)),
)


def part_at(labels: np.ndarray, x: float, y: float) -> Part:
    """The part of a boundary at pixel (x, y) of an H x W label map, by the classes around it."""
    row, column = round(y), round(x)
    near = set(np.unique(labels[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]).tolist())
    return next((part for part, classes in _BY_CLASS if near.intersection(classes)), Part.FACE)


def tagged(strokes: Strokes, labels: np.ndarray) -> Strokes:
    """The same strokes with the part of every curve read off the label map at the curve's middle."""
    middles = (bernstein(np.array([0.5])) @ strokes.points[strokes.curves])[:, 0] * labels.shape[0] - 0.5
    tags = [part_at(labels, x, y) for x, y in middles]
    return replace(strokes, tag=np.array(tags, np.uint8))


def irises(labels: np.ndarray) -> list[np.ndarray]:
    """A circle inside each eye, as m x 2 (x, y) pixels."""
    circles = []
    for eye in (4, 5):
        rows, columns = np.nonzero(labels == eye)
        if len(rows) < 40:
            continue
        radius = 0.45 * (np.quantile(rows, 0.98) - np.quantile(rows, 0.02))
        angle = np.linspace(0, 2 * np.pi, 24)
        circles.append(np.stack([columns.mean() + radius * np.cos(angle), rows.mean() + radius * np.sin(angle)], 1))
    return circles


def strands(labels: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Pieces of lines that run inside the hair along its outline, as m x 2 (x, y) pixels each."""
    # A frame's edge cuts hair off without being its outline, so hair goes on beyond it.
    hair = np.pad((labels == 13).astype(np.uint8), BEYOND, mode="edge")
    depth = cv2.distanceTransform(hair, cv2.DIST_L2, 5)
    pieces = []
    for level in STRAND_DEPTHS:
        inside = (depth > level).astype(np.uint8)
        contours, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            line = contour[:, 0] - float(BEYOND)
            start = int(rng.integers(0, 60))
            while start + 30 < len(line):
                length = int(rng.integers(40, 160))
                pieces.append(line[start : start + length])
                start += length + int(rng.integers(30, 160))
    return pieces


def with_extras(strokes: Strokes, labels: np.ndarray, seed: int) -> Strokes:
    """Add irises and hair strands as tagged strokes; whether one is drawn is decided when drawing."""
    rng = np.random.default_rng(seed)
    chains = [(Part.IRIS, c) for c in irises(labels)] + [(Part.STRAND, c) for c in strands(labels, rng)]
    points, curves = list(strokes.points), list(strokes.curves)
    path, tag = list(strokes.path), list(strokes.tag)
    for part, chain in chains:
        number = (path[-1] if path else -1) + 1
        polygons = fit_path(chain)
        joint = len(points)
        points.append((polygons[0][0] + 0.5) / labels.shape[0])
        for polygon in polygons:
            points += list((polygon[1:] + 0.5) / labels.shape[0])
            curves.append(np.array([joint, len(points) - 3, len(points) - 2, len(points) - 1]))
            joint = len(points) - 1
            path.append(number)
            tag.append(part)
    return Strokes(
        np.array(points, np.float32),
        np.array(curves, np.int32),
        np.array(path, np.int32),
        np.array(tag, np.uint8),
    )
