"""Faces bent as a whole: strokes and photo alike, and the photo only when lines are meant exactly."""

from dataclasses import replace

import numpy as np
import pytest
from dfp_training.data.bend import Bend
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Triplets
from dfp_training.data.pack import Pack, build
from dfp_training.data.told_colours import told
from dfp_training.data.vectorise import Strokes
from training_data import write_data

SIDE, PACK_SIDE = 256, 128
STILL = Deformation(d=0.0)


@pytest.mark.parametrize("seed", range(3))
def test_strokes_go_where_the_picture_goes(seed: int):
    bend = Bend.draw(np.random.default_rng(seed))
    places = np.array([[60, 70], [128, 128], [190, 100], [90, 200]])
    points = ((places + 0.5) / SIDE).astype(np.float32)
    curve = np.array([[0, 1, 2, 3]])
    bent = bend.strokes(Strokes(points, curve, np.zeros(1, np.intp), np.zeros(1, np.uint8))).points
    assert np.abs(bent - points).max() * SIDE > 3
    for (x, y), expected in zip(places, bent, strict=True):
        picture = np.zeros((SIDE, SIDE), np.float32)
        picture[y - 2 : y + 3, x - 2 : x + 3] = 1
        moved = bend.picture(picture)
        rows, columns = np.mgrid[:SIDE, :SIDE]
        found = np.array([(moved * columns).sum(), (moved * rows).sum()]) / moved.sum()
        assert np.abs(found + 0.5 - expected * SIDE).max() < 1


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    root = tmp_path_factory.mktemp("bend")
    build([write_data(root / "faces")], root / "pack", PACK_SIDE, 1)
    return Pack(root / "pack")


def test_lines_that_are_meant_exactly_bend_the_photo_with_them(pack: Pack):
    bent = Triplets(pack, PACK_SIDE, replace(STILL, bent=1.0), mirror=False, tell=told)
    still = Triplets(pack, PACK_SIDE, STILL, mirror=False, tell=told)
    seen = set()
    for seed in range(12):
        one, other = bent[(0, seed)], still[(0, seed)]
        trust = float(one.trust[0, 0])
        seen.add(trust)
        assert np.all(one.trust == trust)
        assert (one.deformed != other.deformed).any()
        assert np.array_equal(one.photo, other.photo) == (trust == -1)
        assert np.array_equal(one.labels, other.labels) == (trust == -1)
    assert seen == {-1.0, 1.0}
