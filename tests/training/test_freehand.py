"""What painters add or leave open: gaps, pupils, hatching; and that sketches without them stay as they were."""

from dataclasses import replace

import numpy as np
import pytest
from dfp_training.data.boundary import boundary
from dfp_training.data.deform import Deformation, displaced
from dfp_training.data.freehand import LENGTHS, LONGEST_GAP, PUPIL, unopened, with_hatching, with_pupils
from dfp_training.data.parts import Part, tagged, with_extras
from dfp_training.data.vectorise import Strokes, vectorise
from training_data import whole_face


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_gap_is_one_run_of_a_stroke_that_leaves_some_of_it():
    path = np.repeat([0, 1, 2], [10, 1, 5])
    for seed in range(30):
        kept = unopened(path, 1.0, rng(seed))
        for number, count in ((0, 10), (1, 1), (2, 5)):
            own = kept[path == number]
            assert 1 <= (~own).sum() <= max(round(LONGEST_GAP * count), 1)
            # Around the stroke, drawing stops once and starts once.
            assert (own != np.roll(own, 1)).sum() == (2 if own.any() else 0)
    assert unopened(path, 0.0, rng()).all()
    assert unopened(np.zeros(0, np.int32), 1.0, rng()).all()
    shares = [(~unopened(np.arange(1000), 0.3, rng(seed))).mean() for seed in range(5)]
    assert 0.25 < np.mean(shares) < 0.35


@pytest.fixture(scope="module")
def strokes() -> Strokes:
    labels = whole_face()
    return with_extras(tagged(vectorise(boundary(labels)), labels), labels, seed=3)


def ends(strokes: Strokes) -> np.ndarray:
    """c x 2 x 2: where every curve begins and ends."""
    return strokes.points[strokes.curves[:, [0, 3]]]


def test_gaps_lie_along_a_real_stroke(strokes: Strokes):
    drawn = displaced(strokes, Deformation(d=0, opened=1.0, irises=1.0), rng())
    assert set(drawn.path) < set(strokes.path) | {-1}
    long = [
        n for n in np.unique(strokes.path) if (strokes.path == n).sum() >= 8 and strokes.tag[strokes.path == n][0] == 0
    ]
    assert long
    for number in long:
        gaps = np.diff(ends(drawn)[drawn.path == number].reshape(-1, 2)[1:-1].reshape(-1, 2, 2), axis=1)
        assert (np.abs(gaps).max((1, 2)) > 1e-4).sum() <= 1
        assert (drawn.path == number).sum() < (strokes.path == number).sum()


def test_every_iris_gets_a_pupil_inside(strokes: Strokes):
    drawn = with_pupils(strokes, rng())
    irises = np.unique(strokes.path[strokes.tag == Part.IRIS])
    pupils = np.setdiff1d(drawn.path, strokes.path)
    assert len(irises) == len(pupils) == 2
    assert np.array_equal(drawn.points[: len(strokes.points)], strokes.points)
    for iris, pupil in zip(irises, pupils, strict=True):
        outer, inner = (drawn.points[drawn.curves[drawn.path == number]].reshape(-1, 2) for number in (iris, pupil))
        np.testing.assert_allclose(outer.mean(0), inner.mean(0), atol=0.003)
        assert PUPIL[0] - 0.01 < np.ptp(inner, 0)[0] / np.ptp(outer, 0)[0] < PUPIL[1] + 0.01
        assert (drawn.tag[drawn.path == pupil] == Part.IRIS).all()
    eyeless = strokes.tag != Part.IRIS
    blind = replace(strokes, curves=strokes.curves[eyeless], path=strokes.path[eyeless], tag=strokes.tag[eyeless])
    assert with_pupils(blind, rng()) is blind


def test_hatching_is_lines_side_by_side_and_moves_nothing_else(strokes: Strokes):
    both_sides = 0
    for seed in range(20):
        drawn = with_hatching(strokes, rng(seed))
        count = len(strokes.curves)
        assert np.array_equal(drawn.curves[:count], strokes.curves)
        added = ends(drawn)[count:]
        lengths = np.linalg.norm(added[:, 1] - added[:, 0], axis=1)
        assert LENGTHS[0] * 0.69 < lengths.min()
        assert lengths.max() < LENGTHS[1] * 1.31
        assert (drawn.tag[count:] == Part.STRAND).all()
        assert len(np.unique(drawn.path)) == len(np.unique(strokes.path)) + len(added)
        starts = added[:, 0]
        both_sides += any(np.abs(starts - (s * [-1, 1] + [1, 0])).max(1).min() < 1e-5 for s in starts)
    assert 5 < both_sides <= 20


def test_sketches_without_freehand_augmentation_are_what_they_were(strokes: Strokes):
    plain = Deformation(least=0.25, missing=0.04, omitted=0.15, doubled=0.06, irises=0.5, strands=0.4)
    before = displaced(strokes, plain, rng(7))
    after = displaced(strokes, replace(plain, pupils=1.0, hatched=1.0), rng(7))
    count = len(before.curves)
    assert len(after.curves) > count
    np.testing.assert_allclose(ends(after)[:count], ends(before), atol=1e-6)
