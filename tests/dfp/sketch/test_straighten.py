"""Lines that are meant loosely become those of a regular face; those that are meant exactly stay where they are."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from face_drawing import draw_face

from dfp import FaceRequest, Frame, Trust
from dfp.errors import WeightsError
from dfp.model.straightener import CELLS, SIDE, load_straightener
from dfp.sketch.prepare import prepare
from dfp.sketch.straighten import straightened

DRAWN = 512
WHOLE = Frame(0, 0, DRAWN, DRAWN)


def crooked_face(farthest: float = 0.05, seed: int = 3) -> np.ndarray:
    """A drawn face, bent by up to `farthest` of its side."""
    knots = np.random.default_rng(seed).uniform(-farthest, farthest, (5, 5, 2)).astype(np.float32) * DRAWN
    field = cv2.resize(knots, (DRAWN, DRAWN), interpolation=cv2.INTER_CUBIC)
    places = np.arange(DRAWN, dtype=np.float32)
    across, down = field[..., 0] + places, field[..., 1] + places[:, None]
    return np.asarray(cv2.remap(draw_face(DRAWN), across, down, cv2.INTER_LINEAR, borderValue=(255,)))


def lines_of(sketch: np.ndarray, trust: Trust, size: int = 256) -> np.ndarray:
    return prepare(FaceRequest(sketch, WHOLE, trust), size).lines[0] > 0


def distance(lines: np.ndarray, wanted: np.ndarray) -> float:
    """Mean distance of lines from wanted ones in pixels."""
    return float(cv2.distanceTransform((~wanted).astype(np.uint8), cv2.DIST_L2, 5)[lines].mean())


def test_a_crooked_face_becomes_straighter_where_its_lines_are_meant_loosely() -> None:
    straight = lines_of(draw_face(DRAWN), Trust(0.0))
    before, after = [], []
    for seed in range(8):
        sketch = crooked_face(seed=seed)
        before.append(distance(lines_of(sketch, Trust(0.0)), straight))
        after.append(distance(lines_of(sketch, Trust(-1.0)), straight))
    assert np.mean(after) < 0.9 * np.mean(before), (before, after)


@pytest.mark.parametrize("trust", [0.0, 0.4, 1.0])
def test_lines_that_are_meant_stay_where_they_are(trust: float) -> None:
    lines = lines_of(crooked_face(), Trust(0.0))
    assert straightened(lines, np.full((1, 16, 16), trust, np.float32)) is lines


def test_a_mask_says_where_they_stay() -> None:
    sketch = crooked_face(0.08)
    mask = np.full((DRAWN, DRAWN), 255, np.uint8)
    mask[:, DRAWN // 2 :] = 1
    exactly, partly, loosely = (lines_of(sketch, trust) for trust in (Trust(1), Trust(0, mask), Trust(-1)))
    left, right = np.s_[:, :112], np.s_[:, 144:]
    assert np.array_equal(partly[left], exactly[left])
    assert not np.array_equal(partly[right], exactly[right])
    assert distance(partly[right], loosely[right]) < 1


def test_less_trust_moves_lines_further() -> None:
    sketch = crooked_face(0.08)
    kept = lines_of(sketch, Trust(0))
    moved = [distance(lines_of(sketch, Trust(trust)), kept) for trust in (-0.1, -0.5, -1.0)]
    assert moved == sorted(moved)
    assert moved[0] > 0


@pytest.mark.parametrize("size", [64, 96, 256, 300])
def test_networks_of_any_size_get_straight_lines(size: int) -> None:
    lines = lines_of(crooked_face(), Trust(-1), size)
    assert lines.shape == (size, size)
    assert lines.any()


def test_an_empty_answer_s_shape_and_weights_that_are_missing_or_torn(tmp_path: Path) -> None:
    assert load_straightener()(np.zeros((1, SIDE, SIDE), np.float32)).shape == (2, CELLS, CELLS)
    torn = tmp_path / "straightener.safetensors"
    with pytest.raises(WeightsError, match="no weights of the straightener"):
        load_straightener(torn)
    torn.write_bytes(b"torn")
    with pytest.raises(WeightsError, match="weights of the straightener"):
        load_straightener(torn)
