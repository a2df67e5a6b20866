"""The palettes of real faces that weights bring along: what nobody says of a face's colours is filled in from them."""

import cv2
import numpy as np

from dfp_training.data.pack import Pack
from dfp_training.data.told_colours import palette_of

COUNT = 256
USUAL = 0.85  # share of faces whose colours anybody may get


def palettes_of(pack: Pack, count: int = COUNT) -> np.ndarray:
    """k x 6 x 3 uint8, at most `count`, of training faces that have every region; the usual one first.

    Faces in coloured light and other rare ones, those farthest from the middle (in Lab), are left out.
    """
    found = []
    for face in pack.indices("train"):
        means, there = palette_of(pack.photo(int(face)), pack.labels(int(face)))
        if there.all():
            found.append(np.rint((means + 1) * 127.5).astype(np.uint8))
    if not found:
        return np.zeros((0, 6, 3), np.uint8)
    palettes = np.stack(found)
    lab = cv2.cvtColor(palettes, cv2.COLOR_RGB2LAB).astype(np.float32).reshape(len(palettes), -1)
    middle = np.median(lab, 0)
    far = np.square(lab - middle).sum(1)
    usual = np.argsort(far, kind="stable")[: max(round(USUAL * len(far)), 1)]
    drawn = np.random.default_rng(0).permutation(usual[1:])[: count - 1]
    return palettes[[usual[0], *drawn]]
