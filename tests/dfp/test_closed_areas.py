"""Areas that lines close off are one thing, where nearly all of them looks so; everything else stays as it was said."""

import cv2
import numpy as np
import pytest

from dfp.closed_areas import closed
from dfp.model.classes import FaceClass

SIZE, SIDE = 128, 64
INSIDE = np.s_[10:22, 10:22]  # in cells, of a square whose lines go through cells 8 and 24


def square_lines(open_at: int | None = None, to: int = 48) -> np.ndarray:
    """A square's outline from 16 to `to`, with a gap in its upper side if wanted."""
    lines = np.zeros((SIZE, SIZE), np.uint8)
    cv2.rectangle(lines, (16, 16), (to, to), 1)
    if open_at is not None:
        lines[16, open_at : open_at + 3] = 0
    return lines[None].astype(np.float32)


def mostly_skin(hair: float) -> np.ndarray:
    """Background, in the square skin, but hair in its uppermost share."""
    regions = np.zeros((len(FaceClass), SIDE, SIDE), np.uint8)
    regions[FaceClass.BACKGROUND] = 255
    regions[FaceClass.BACKGROUND, 8:25, 8:25] = 0
    regions[FaceClass.SKIN, 8:25, 8:25] = 255
    rows = 8 + round(17 * hair)
    regions[FaceClass.SKIN, 8:rows, 8:25], regions[FaceClass.HAIR, 8:rows, 8:25] = 0, 255
    return regions


def test_a_closed_area_is_one_thing_where_nearly_all_of_it_looks_so() -> None:
    said = mostly_skin(0.06)
    made = closed(said, square_lines())
    assert (made[(slice(None), *INSIDE)].argmax(0) == FaceClass.SKIN).all()
    assert (made[:, 9, 10:22].argmax(0) == FaceClass.SKIN).all()
    assert (made[(slice(None), *INSIDE)] == made[:, 15:16, 15:16]).all()
    assert np.abs(made.sum(0, dtype=int) - 255).max() <= 2
    outside = np.s_[:, 30:, 30:]
    assert np.array_equal(made[outside], said[outside])


@pytest.mark.parametrize(
    ("hair", "lines"),
    [
        pytest.param(0.3, square_lines(), id="two things"),
        pytest.param(0.06, square_lines(open_at=30), id="a gap to the paper"),
        pytest.param(0.06, np.zeros((1, SIZE, SIZE), np.float32), id="no lines"),
    ],
)
def test_everything_else_stays_as_it_was_said(hair: float, lines: np.ndarray) -> None:
    said = mostly_skin(hair)
    assert np.array_equal(closed(said, lines)[:, 9:24, 9:24], said[:, 9:24, 9:24])


def test_the_paper_around_a_small_drawing_is_not_settled() -> None:
    said = mostly_skin(0)
    said[FaceClass.BACKGROUND, 40:44, 40:44], said[FaceClass.HAIR, 40:44, 40:44] = 0, 255
    assert np.array_equal(closed(said, square_lines())[:, 30:, 30:], said[:, 30:, 30:])


def test_lines_keep_what_was_said_of_them_and_without_regions_there_are_none() -> None:
    said = mostly_skin(0.06)
    thick = np.ones((1, SIZE, SIZE), np.float32)
    assert np.array_equal(closed(said, thick), said)
    none = np.zeros((0, 1, 1), np.uint8)
    assert closed(none, thick) is none
