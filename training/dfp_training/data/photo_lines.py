"""Lines that a photo shows inside hair, skin and clothes: what artists draw beside the outlines of regions.

A difference of Gaussians, averaged along the direction in which lines run (Kang et al. 2007, "Coherent Line Drawing"),
tells dark lines from shades. The strongest become strokes.
"""

from dataclasses import replace
from enum import IntEnum

import cv2
import numpy as np

from dfp.sketch.skeleton import skeleton
from dfp_training.data.boundary import boundary
from dfp_training.data.datasets import classes
from dfp_training.data.vectorise import Strokes, vectorise

SIDE = 512  # of the photo and the label map that are looked at; lengths below are its pixels
SIGMA, WIDER, LESS = 1.2, 1.6, 0.985  # of the narrow Gaussian, of the wide one in its units, and the wide one's share
REACH, FADING = 5, 3.0  # steps along a line, and the spread of their weights
TENSOR = 2.5  # over which the direction of lines is averaged
NEARBY = 20.0  # over which strength is compared: hair in the dark has lines, too
BESIDE_OUTLINE, AROUND_FEATURE = 9, 11  # where outlines run no second line is drawn; lids lie outside eyes


class Line(IntEnum):
    """What a line of the photo belongs to; the tags of its strokes."""

    HAIR = 0
    SKIN = 1  # wrinkles, folds, shadows' edges
    CLOTH = 2
    FEATURE = 3  # lids, irises, nostrils, lips, their outlines included


FEATURES = classes("nose eye_g l_eye r_eye l_brow r_brow mouth u_lip l_lip")
CLASSES_OF_LINE = {
    Line.HAIR: classes("hair"),
    Line.SKIN: (*FEATURES, *classes("skin l_ear r_ear neck")),
    Line.CLOTH: classes("hat cloth"),
}
SHARES = {Line.HAIR: 0.13, Line.SKIN: 0.05, Line.CLOTH: 0.05, Line.FEATURE: 0.11}  # of an area that is line, at most
LEAST = {Line.HAIR: 0.25, Line.SKIN: 1.2, Line.CLOTH: 0.8, Line.FEATURE: 1.2}  # strength: flat skin shows no lines
SHORTEST = {Line.HAIR: 14, Line.SKIN: 16, Line.CLOTH: 18, Line.FEATURE: 8}
MOST = {Line.HAIR: 220, Line.SKIN: 110, Line.CLOTH: 60, Line.FEATURE: 70}  # strokes, the strongest
LEAST_AREA = 200
# Hysteresis: lines are as strong as the strongest HARD of the share somewhere, and nowhere weaker than those of SOFT.
HARD, SOFT, FAINT = 0.6, 1.5, 0.6


def photo_lines(photo: np.ndarray, labels: np.ndarray) -> Strokes:
    """SIDE x SIDE x 3 uint8 photo and SIDE x SIDE label map -> its lines, of each kind (`Line`) the strongest first."""
    gray = cv2.bilateralFilter(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32), 7, 14, 3)
    strength = _strength(gray)
    areas = _areas(labels)
    mask = np.zeros(labels.shape, bool)
    for kind, area in areas.items():
        mask |= _strongest(strength, area, kind)
    strokes = vectorise(skeleton(mask))
    return _ranked(strokes, strength, areas[Line.FEATURE], labels) if len(strokes.curves) else strokes


def _strength(gray: np.ndarray) -> np.ndarray:
    """H x W float32 gray -> how dark a line runs through each place, in gray levels; negative beside lines."""
    narrow = cv2.GaussianBlur(gray, (0, 0), SIGMA)
    difference = LESS * cv2.GaussianBlur(gray, (0, 0), SIGMA * WIDER) - narrow
    x, y = cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1)
    xx, xy, yy = (cv2.GaussianBlur(product, (0, 0), TENSOR) for product in (x * x, x * y, y * y))
    along = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2  # across the gradient
    step_x, step_y = np.cos(along), np.sin(along)
    rows, columns = np.mgrid[: gray.shape[0], : gray.shape[1]].astype(np.float32)
    total, weights = difference.copy(), 1.0
    for step in (*range(-REACH, 0), *range(1, REACH + 1)):
        weight = float(np.exp(-0.5 * (step / FADING) ** 2))
        total += weight * cv2.remap(
            difference,
            columns + step * step_x,
            rows + step * step_y,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        weights += weight
    return total / weights


def _areas(labels: np.ndarray) -> dict[Line, np.ndarray]:
    """Where lines of each kind are looked for, H x W bool."""
    near = _grown(boundary(labels), BESIDE_OUTLINE)
    features = _grown(np.isin(labels, FEATURES), AROUND_FEATURE)
    areas = {kind: np.isin(labels, of_line) & ~near for kind, of_line in CLASSES_OF_LINE.items()}
    areas[Line.SKIN] &= ~features
    areas[Line.FEATURE] = features
    return areas


def _grown(mask: np.ndarray, width: int) -> np.ndarray:
    return cv2.dilate(mask.view(np.uint8), np.ones((width, width), np.uint8)) > 0


def _strongest(strength: np.ndarray, area: np.ndarray, kind: Line) -> np.ndarray:
    """The lines of one kind inside its area, some pixels wide, H x W bool."""
    if area.sum() < LEAST_AREA:
        return np.zeros_like(area)
    relative = strength / (cv2.GaussianBlur(np.abs(strength), (0, 0), NEARBY) + 0.6)
    hard, soft = np.quantile(relative[area], (1 - HARD * SHARES[kind], 1 - SOFT * SHARES[kind]))
    sure = area & (relative > hard) & (strength > LEAST[kind])
    weak = area & (relative > soft) & (strength > FAINT * LEAST[kind])
    _, components = cv2.connectedComponents(weak.view(np.uint8), connectivity=8)
    kept = np.zeros(components.max() + 1, bool)
    kept[components[sure & weak]] = True
    kept[0] = False
    return kept[components]


def _ranked(strokes: Strokes, strength: np.ndarray, features: np.ndarray, labels: np.ndarray) -> Strokes:
    """The strokes that are long enough, tagged, by strength and no more than MOST of a kind."""
    polygons = strokes.points[strokes.curves] * len(labels)
    columns, rows = polygons.mean(1).clip(0, len(labels) - 1).astype(np.intp).T
    kinds = np.full(256, Line.SKIN, np.uint8)
    for kind, of_line in CLASSES_OF_LINE.items():
        kinds[[*of_line]] = kind
    of_curve = np.where(features[rows, columns], np.uint8(Line.FEATURE), kinds[labels[rows, columns]])
    size = np.linalg.norm(np.diff(polygons, axis=1), axis=2).sum(1)
    count = strokes.path.max() + 1
    long = np.bincount(strokes.path, size, count)
    power = np.bincount(strokes.path, size * strength[rows, columns], count)
    of_path = np.zeros(count, np.uint8)
    of_path[strokes.path] = of_curve
    chosen: list[np.ndarray] = []
    for kind in Line:
        good = np.flatnonzero((of_path == kind) & (long > SHORTEST[kind]) & (power > 0))
        chosen.append(good[np.argsort(-power[good], kind="stable")][: MOST[kind]])
    return _in_order(replace(strokes, tag=of_path[strokes.path]), np.concatenate(chosen))


def _in_order(strokes: Strokes, paths: np.ndarray) -> Strokes:
    """The strokes of these paths alone, numbered in this order, without the points of the others."""
    place = np.full(strokes.path.max() + 1, -1)
    place[paths] = np.arange(len(paths))
    kept = np.flatnonzero(place[strokes.path] >= 0)
    kept = kept[np.argsort(place[strokes.path[kept]], kind="stable")]
    used, curves = np.unique(strokes.curves[kept], return_inverse=True)
    return Strokes(
        strokes.points[used],
        curves.reshape(-1, 4).astype(np.int32),
        place[strokes.path[kept]].astype(np.int32),
        strokes.tag[kept],
    )
