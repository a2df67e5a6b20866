"""Heads that are close together: each is made of its own lines."""

import numpy as np
from face_drawing import draw_face
from sheets.measures import kept_and_invented

from dfp import FaceRequest
from dfp.sketch.frame import Frame
from dfp.sketch.neighbours import without_neighbours
from dfp.sketch.prepare import prepare_each


def square_line(ink: np.ndarray, frame: Frame) -> None:
    ink[frame.top : frame.top + frame.height, [frame.left, frame.left + frame.width - 1]] = True
    ink[[frame.top, frame.top + frame.height - 1], frame.left : frame.left + frame.width] = True


def test_strokes_go_to_the_head_that_they_are_nearest_to():
    ink = np.zeros((300, 300), bool)
    own, other = Frame(0, 0, 300, 300), Frame(220, 40, 300, 300)
    square_line(ink, Frame(60, 60, 150, 150))
    mine = ink.copy()
    ink[100:200, 290] = True  # the other's cheek
    assert np.array_equal(without_neighbours(ink, own, own, [other]), mine)
    assert without_neighbours(ink, own, own, [Frame(2000, 40, 300, 300)]) is ink
    assert without_neighbours(mine, own, own, [other]) is mine


def test_a_stroke_that_joins_two_heads_stays():
    ink = np.zeros((300, 300), bool)
    own, other = Frame(0, 0, 300, 300), Frame(220, 40, 300, 300)
    ink[150, 20:] = True
    assert without_neighbours(ink, own, own, [other]).all() == ink.all()


def test_faces_side_by_side_are_read_as_each_alone():
    alone, apart = draw_face(400, 4), 320
    sheet = np.full((400, 400 + apart), 255, np.uint8)
    for left in (0, apart):
        np.minimum(sheet[:, left : left + 400], alone, out=sheet[:, left : left + 400])
    both = prepare_each(FaceRequest(sheet), 256)
    assert len(both) == 2
    for found in both:
        left = apart * (found.frame.left > apart / 2)
        page = np.full_like(sheet, 255)
        page[:, left : left + 400] = alone
        wanted = prepare_each(FaceRequest(page, found.frame), 256)[0]
        kept, invented = kept_and_invented(found.lines[0] == 1, wanted.lines[0] == 1)
        assert kept > 0.99
        assert invented < 0.01
