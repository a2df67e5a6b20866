"""Sketches with lines of the photo: which are found, which are drawn, and how they are moved."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from dfp_training.data.artist import REPLACED, chosen, drawn, shifted, without_features
from dfp_training.data.boundary import boundary
from dfp_training.data.deform import Deformation, Looseness, deformed
from dfp_training.data.loader import Triplets
from dfp_training.data.pack import Pack, build
from dfp_training.data.parts import tagged
from dfp_training.data.photo_lines import MOST, SHORTEST, SIDE, Line, photo_lines
from dfp_training.data.vectorise import Strokes, vectorise
from training_data import whole_face, write_data

EXACT = Looseness(0.0, (0.0, 0.0))
HOW = Deformation(d=20, lines=1.0)


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return whole_face()


@pytest.fixture(scope="module")
def photo(labels: np.ndarray) -> np.ndarray:
    """Even regions, with dark strands in the hair."""
    picture = np.full((SIDE, SIDE, 3), 200, np.uint8)
    hair = labels == 13
    rows, columns = np.nonzero(hair)
    for x in range(int(columns.min()) + 12, int(columns.max()), 24):
        cv2.line(picture, (x, int(rows.min())), (x, int(rows.max())), (120, 120, 120), 2, cv2.LINE_AA)
    picture[~hair] = 200
    return picture


@pytest.fixture(scope="module")
def lines(photo: np.ndarray, labels: np.ndarray) -> Strokes:
    return photo_lines(photo, labels)


@pytest.fixture(scope="module")
def outlines(labels: np.ndarray) -> Strokes:
    return tagged(vectorise(boundary(labels)), labels)


def lengths_of(strokes: Strokes) -> np.ndarray:
    sizes = np.linalg.norm(np.diff(strokes.points[strokes.curves] * SIDE, axis=1), axis=2).sum(1)
    return np.bincount(strokes.path, sizes)


def test_strands_are_found_where_they_run_and_flat_skin_has_none(lines: Strokes, labels: np.ndarray) -> None:
    assert (lines.tag == Line.HAIR).sum() > 10
    assert not (lines.tag == Line.SKIN).any()
    middles = (lines.points[lines.curves].mean(1) * SIDE).astype(int)
    inside = labels[middles[:, 1], middles[:, 0]] == 13
    assert inside[lines.tag == Line.HAIR].mean() > 0.95
    ends = lines.points[lines.curves][:, [0, 3]]
    steep = np.abs(np.diff(ends, axis=1)[:, 0])
    assert (steep[:, 1] > steep[:, 0]).mean() > 0.9  # they are drawn downwards


def test_lines_are_long_enough_and_not_too_many(lines: Strokes) -> None:
    sizes = lengths_of(lines)
    kinds = np.zeros(len(sizes), int)
    kinds[lines.path] = lines.tag
    assert (sizes >= np.array([SHORTEST[kind] for kind in Line])[kinds]).all()
    assert all((kinds == kind).sum() <= MOST[kind] for kind in Line)


def test_a_picture_without_lines_gives_none(labels: np.ndarray) -> None:
    found = photo_lines(np.full((SIDE, SIDE, 3), 128, np.uint8), labels)
    assert not len(found.curves)


def many(count: int = 200) -> Strokes:
    """Short lines of hair, the strongest first."""
    rng = np.random.default_rng(1)
    starts = rng.uniform(0.1, 0.9, (count, 1, 2))
    points = (starts + np.linspace(0, 0.05, 4)[:, None]).reshape(-1, 2)
    numbers = np.arange(count)
    return Strokes(
        points.astype(np.float32),
        np.arange(4 * count, dtype=np.int32).reshape(-1, 4),
        numbers.astype(np.int32),
        np.full(count, Line.HAIR, np.uint8),
    )


def test_strong_lines_are_drawn_rather_than_weak_ones() -> None:
    picks = [chosen(many(), HOW, np.random.default_rng(seed)).path for seed in range(40)]
    often = np.bincount(np.concatenate(picks), minlength=200)
    assert often[:40].sum() > 1.5 * often[-40:].sum()
    assert len({len(pick) for pick in picks}) > 10  # and not always as many
    assert not len(chosen(many(), replace(HOW, lines=0.0), np.random.default_rng(1)).curves)


def test_a_line_moves_as_a_whole() -> None:
    lines = many()
    there = shifted(lines, HOW, np.random.default_rng(2), Looseness(1.0, (0.0, 0.0)))
    moves = (there.points - lines.points)[lines.curves] * 512
    assert np.abs(moves).max() <= HOW.d * 0.7 + 1e-3
    assert moves.std(1).mean() < 0.5 * moves.mean(1).std()
    assert np.array_equal(shifted(lines, HOW, np.random.default_rng(2), EXACT).points, lines.points)


def test_outlines_of_replaced_features_are_left_out(outlines: Strokes, labels: np.ndarray) -> None:
    small = cv2.resize(labels, (128, 128), interpolation=cv2.INTER_NEAREST)
    kept = without_features(outlines, small, replace(HOW, replaced=1.0), np.random.default_rng(1))
    classes = [c for group in REPLACED for c in group]

    def beside(strokes: Strokes) -> np.ndarray:
        x, y = (strokes.points[strokes.curves].mean(1) * SIDE).astype(int).T
        around = [
            labels[(y + dy).clip(0, SIDE - 1), (x + dx).clip(0, SIDE - 1)] for dy in (-3, 0, 3) for dx in (-3, 0, 3)
        ]
        return np.asarray(np.isin(np.stack(around), classes).any(0))

    assert beside(outlines).sum() > 10
    assert beside(kept).sum() < 0.1 * beside(outlines).sum()
    assert len(kept.curves) > 0.3 * len(outlines.curves)


def test_wide_pens_give_thin_lines_that_run_together(outlines: Strokes, labels: np.ndarray) -> None:
    small = cv2.resize(labels, (128, 128), interpolation=cv2.INTER_NEAREST)
    args = outlines, many(400), small, 128
    thin, wide = (
        drawn(*args, replace(HOW, d=0, pens=pens), np.random.default_rng(3), EXACT).astype(np.uint8) for pens in (0, 1)
    )
    for sketch in (thin, wide):
        block = cv2.boxFilter(sketch, -1, (2, 2), normalize=False)
        assert (block == 4).mean() < 0.01  # one pixel wide, but for crossings
    assert wide.sum() < thin.sum()


def test_the_papers_setting_knows_no_lines(tmp_path: Path) -> None:
    build([write_data(tmp_path / "faces")], tmp_path / "pack", 128, 1)
    pack = Pack(tmp_path / "pack")
    plain = Triplets(pack, 64, Deformation(), mirror=False)[(1, 5)]
    with_lines = Triplets(pack, 64, Deformation(lines=1.0), mirror=False)[(1, 5)]
    rng = np.random.default_rng(5)
    assert np.array_equal(plain.deformed, deformed(pack.strokes(1), 64, Deformation(), rng))
    assert not np.array_equal(plain.deformed, with_lines.deformed)
    assert np.array_equal(plain.aligned, with_lines.aligned)
    again = Triplets(pack, 64, Deformation(lines=1.0), mirror=False)[(1, 5)]
    assert np.array_equal(again.deformed, with_lines.deformed)
