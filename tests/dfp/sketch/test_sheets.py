"""Lines on sheets of paper as people have them: what was drawn is kept, and nothing else becomes a line.

`bench_sheets.py` measures on all of these sheets; here are a few of each kind.
"""

import cv2
import numpy as np
import pytest
from sheets.canvas import Sheet
from sheets.drawn import drawn
from sheets.kinds import sheet
from sheets.measures import kept_and_invented, lines_in

from dfp.sketch.centre_lines import centre_lines
from dfp.sketch.frame import Frame, square
from dfp.sketch.prepare import prepare
from dfp.sketch.request import FaceRequest
from dfp.sketch.skeleton import thin

SIZE = 256
PAPERS = "grid", "notebook", "dark strip", "dark all round", "shadow", "phone", "skin fill", "border"


def read(page: Sheet, frame: Frame) -> tuple[float, float]:
    """Share of the lines in a frame that are kept, and of those found that are invented."""
    selection = frame.left, frame.top, frame.width, frame.height
    lines = prepare(FaceRequest(page.pixels, selection), SIZE).lines[0] == 1
    return kept_and_invented(lines, lines_in(page, frame, SIZE))


@pytest.mark.parametrize("number", [0, 2, 6])
@pytest.mark.parametrize("kind", PAPERS)
def test_paper_is_no_drawing(kind, number):
    page = sheet(kind, number)
    kept, invented = read(page, page.heads[0])
    assert kept > 0.88
    assert invented < 0.025
    kept, invented = read(page, square(0, 0, page.pixels.shape[1], page.pixels.shape[0]))
    assert kept > 0.88
    assert invented < 0.03


def test_a_printed_line_along_the_edge_is_no_drawing():
    page = sheet("grid", 5)
    whole = square(0, 0, page.pixels.shape[1], page.pixels.shape[0])
    kept, invented = read(page, whole)
    assert kept > 0.98
    assert invented < 0.02


@pytest.mark.parametrize("more", [-40, 0, 60])
@pytest.mark.parametrize("number", [1, 3, 4])
def test_features_drawn_with_a_thick_brush_stay_apart(number, more):
    page = sheet("brush", number)
    head, wider = page.heads[0], more // 2
    side = head.width + more
    kept, invented = read(page, square(head.left - wider, head.top - wider, side, side))
    assert kept > 0.85
    assert invented < 0.05


def test_a_blot_is_the_way_that_the_brush_took_around_it():
    mask = np.zeros((512, 512), np.uint8)
    cv2.ellipse(mask, (256, 300), (200, 180), 0, 0, 360, 1, 20)
    for x in (190, 322):
        cv2.ellipse(mask, (x, 256), (27, 12), 0, 0, 360, 1, 20)
        cv2.circle(mask, (x, 256), 9, 1, 20)
    lines = thin(centre_lines(mask.view(bool)), SIZE)
    wanted = np.zeros((SIZE, SIZE), np.uint8)
    for x in (95, 161):
        cv2.ellipse(wanted, (x, 128), (13, 6), 0, 0, 360, 1)
    eyes = slice(112, 144), slice(70, 186)
    kept, invented = kept_and_invented(lines[eyes], wanted[eyes] != 0)
    assert kept > 0.98
    assert invented < 0.02
    assert not lines[127:130, 93:98].any()


def test_brushes_of_krita_are_read():
    read_of = [read(page, head) for page in drawn() for head in page.heads]
    assert len(read_of) >= 60
    kept, invented = np.array(read_of).T
    assert np.median(kept) > 0.95
    assert kept.mean() > 0.9
    # Three were drawn with dry bristles, whose every hair becomes a line.
    assert np.median(invented) < 0.02
    assert (invented > 0.5).sum() <= 3


def test_the_same_number_is_the_same_sheet():
    assert np.array_equal(sheet("phone", 1).pixels, sheet("phone", 1).pixels)
