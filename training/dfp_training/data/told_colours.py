"""The colours that G_m is told while it learns: read off the photo as a painter would say them, or lay them down."""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from dfp.model.classes import CLASSES_OF_REGIONS, REGIONS
from dfp.model.inputs import COLOURS, PAINTED_CHANNELS, PAINTED_SIDE
from dfp_training.data.datasets import CLASSES

LEAST = 30  # pixels of a region that has a colour
JITTER = 0.03  # spread of what is told around what is seen: painters choose by eye
PAINTED = 0.45  # share of sketches on which colours are painted
FLAT = 0.6  # of those, share in which each class has one colour, else they vary as in the photo
OVERRULED = 0.5  # chance that a region which is painted is told another colour, which must not count
MOSTLY = 0.5
BLOBS = 6  # across the frame
# Behind the last region where a class has none.
REGION_OF_CLASS = np.full(len(CLASSES), len(REGIONS))
for _region, _classes in enumerate(CLASSES_OF_REGIONS):
    REGION_OF_CLASS[[*_classes]] = _region


class Appearance(NamedTuple):
    """palette: COLOURS float32; painted: PAINTED_CHANNELS x PAINTED_SIDE x PAINTED_SIDE float32."""

    palette: np.ndarray
    painted: np.ndarray


NOTHING = Appearance(
    np.zeros(COLOURS, np.float32), np.zeros((PAINTED_CHANNELS, PAINTED_SIDE, PAINTED_SIDE), np.float32)
)


def means_by(classes: np.ndarray, colours: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """H x W numbers below `count` and H x W x 3 colours -> mean colour of each, count x 3, and pixels of each."""
    index = classes.ravel()
    areas = np.bincount(index, minlength=count)
    sums = [np.bincount(index, colours[..., c].ravel(), count) for c in range(3)]
    return (np.stack(sums, 1) / areas.clip(1)[:, None]).astype(np.float32), areas


def palette_of(photo: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """S x S x 3 uint8 photo and its L x L label map -> mean colour of each region, 6 x 3 in [-1, 1]; whether it is
    there, 6 bool."""
    seen = _at(photo, len(labels))
    means, areas = means_by(REGION_OF_CLASS[labels], seen, len(REGIONS) + 1)
    return means[:-1], areas[:-1] >= LEAST


# Reads what a face is told off its photo, its label map and a generator that draws what is left to chance.
Tell = Callable[[np.ndarray, np.ndarray, np.random.Generator], Appearance]


def plain(photo: np.ndarray, labels: np.ndarray, _: np.random.Generator) -> Appearance:
    """The photo's own palette and nothing painted; gray for what the face does not have."""
    means, there = palette_of(photo, labels)
    return Appearance(_flat(means * there[:, None]), NOTHING.painted)


def told(photo: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Appearance:
    """What G_m is told of a face. A region that the face does not have may have any colour."""
    means, there = palette_of(photo, labels)
    palette = np.where(there[:, None], means + rng.normal(0, JITTER, means.shape), rng.uniform(-1, 1, means.shape))
    if rng.random() >= PAINTED:
        return Appearance(_flat(palette), NOTHING.painted)
    painted, mask = _painted(photo, labels, rng)
    regions = REGION_OF_CLASS[_small(labels)]
    for region in range(len(REGIONS)):
        inside = regions == region
        if inside.any() and mask[inside].mean() > MOSTLY and rng.random() < OVERRULED:
            palette[region] = rng.uniform(-1, 1, 3)
    return Appearance(_flat(palette), painted)


def _flat(palette: np.ndarray) -> np.ndarray:
    return palette.clip(-1, 1).astype(np.float32).ravel()


def _small(labels: np.ndarray) -> np.ndarray:
    """The label map at PAINTED_SIDE."""
    small = cv2.resize(labels, (PAINTED_SIDE, PAINTED_SIDE), interpolation=cv2.INTER_NEAREST)
    return np.asarray(small, np.intp)


def _at(photo: np.ndarray, side: int) -> np.ndarray:
    """The photo at another side, float32 in [-1, 1]."""
    how = cv2.INTER_AREA if side <= len(photo) else cv2.INTER_LINEAR
    return cv2.resize(photo, (side, side), interpolation=how).astype(np.float32) / 127.5 - 1


def _painted(photo: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Colours as a painter lays them down, here and there; and where, PAINTED_SIDE x PAINTED_SIDE bool."""
    small = _small(labels)
    colours = _at(photo, PAINTED_SIDE)
    if rng.random() < FLAT:
        means, _ = means_by(labels, _at(photo, len(labels)), len(CLASSES))
        colours = means[small]
    colours = (colours + rng.normal(0, JITTER, 3)).clip(-1, 1)
    kept = rng.random(len(CLASSES)) < rng.random()
    blobs = cv2.resize(rng.normal(size=(BLOBS, BLOBS)), (PAINTED_SIDE,) * 2, interpolation=cv2.INTER_CUBIC)
    mask = kept[small] & (blobs > rng.uniform(-1.0, 0.6))
    return np.concatenate([colours.transpose(2, 0, 1) * mask, mask[None]]).astype(np.float32), mask
