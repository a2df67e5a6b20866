"""Thinning, measured against the library's that the training sketches were made with."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from skimage.morphology import skeletonize

from dfp.sketch.skeleton import skeleton


def every_neighbourhood() -> Iterator[np.ndarray]:
    for bits in range(512):
        yield np.unpackbits(np.array([bits >> 8, bits & 255], np.uint8))[7:].reshape(3, 3).view(bool)


def noise() -> Iterator[np.ndarray]:
    rng = np.random.default_rng(0)
    for _ in range(200):
        yield rng.random(rng.integers(1, 60, 2)) < rng.random()


def strokes() -> Iterator[np.ndarray]:
    """Thick and thin, also along the edge; and areas that are filled."""
    rng = np.random.default_rng(1)
    for width in (1, 2, 3, 5, 9, 16, 40):
        page = np.zeros((300, 200), np.uint8)
        for _ in range(6):
            cv2.polylines(page, [rng.integers(-10, 290, (4, 1, 2), np.int32)], False, 1, width)
        yield page.view(bool)
    yield np.ones((90, 60), bool)
    yield np.zeros((20, 30), bool)


@pytest.mark.parametrize("masks", [every_neighbourhood, noise, strokes])
def test_the_same_pixels_stay(masks):
    for mask in masks():
        before = mask.copy()
        assert np.array_equal(skeleton(mask), skeletonize(mask))
        assert np.array_equal(mask, before)
