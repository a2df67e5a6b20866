"""Heads on a sheet: where, how many, how turned, and when there is none."""

import cv2
import numpy as np
import pytest
from face_drawing import draw_face

from dfp import FaceRequest, SketchError, find_heads
from dfp.errors import WeightsError
from dfp.model.finder import SIDE, load_finder
from dfp.sketch.frame import Frame
from dfp.sketch.heads import SURE
from dfp.sketch.prepare import STRAIGHT, prepare, prepare_each
from dfp.sketch.reduction import COVERED, looked_at, reduced
from dfp.sketch.turning import coverage, covering, share_of, turned, upright, upright_ink


def sheet_with(places: list[tuple[int, int, int]], degrees: float = 0.0) -> np.ndarray:
    """A white sheet of 900 x 1200 with a face on each (left, top, side), turned clockwise."""
    sheet = np.full((900, 1200), 255, np.uint8)
    for left, top, side in places:
        matrix = cv2.getRotationMatrix2D((side / 2, side / 2), -degrees, 1.0)
        face = cv2.warpAffine(draw_face(side), matrix, (side, side), borderValue=(255,))
        np.minimum(sheet[top : top + side, left : left + side], face, out=sheet[top : top + side, left : left + side])
    return sheet


def test_every_head_of_a_sheet_is_found_once() -> None:
    places = [(60, 60, 360), (560, 40, 400), (80, 480, 380), (640, 470, 400)]
    heads = find_heads(sheet_with(places))
    assert len(heads) == len(places)
    assert [head.certainty for head in heads] == sorted((head.certainty for head in heads), reverse=True)
    for left, top, side in places:
        middles = [(h.frame.left + h.frame.width / 2, h.frame.top + h.frame.height / 2) for h in heads]
        nearest = min(np.hypot(x - left - side / 2, y - top - side / 2) for x, y in middles)
        assert nearest < 0.15 * side


def test_a_sheet_without_heads_has_none_and_is_drawn_with_a_doubt() -> None:
    sheet = np.full((600, 800), 255, np.uint8)
    cv2.rectangle(sheet, (200, 300), (600, 560), 0, 3)
    cv2.polylines(sheet, [np.array([[180, 300], [400, 120], [620, 300]])], False, 0, 3)
    assert find_heads(sheet) == []
    prepared = prepare(FaceRequest(sheet), 64)
    assert "does not look like one face" in prepared.doubt
    assert prepared.certainty is not None
    assert prepared.certainty < SURE
    assert prepared.lines.any()


def test_a_face_is_drawn_without_a_doubt_and_a_given_frame_is_not_judged() -> None:
    sheet = sheet_with([(300, 200, 500)])
    assert prepare(FaceRequest(sheet), 64).doubt == ""
    framed = prepare(FaceRequest(sheet, Frame(300, 200, 500, 500)), 64)
    assert (framed.certainty, framed.heads, framed.doubt) == (None, (), "")


@pytest.mark.parametrize("degrees", [-30, 30])
def test_a_tilted_head_is_read_upright(degrees: float) -> None:
    prepared = prepare(FaceRequest(sheet_with([(300, 200, 500)], degrees)), 128)
    assert abs(prepared.turn - degrees) < 15
    assert abs(prepared.turn) >= STRAIGHT
    # Its eyes lie side by side: the lines are nearly what they are of the upright head.
    plain = prepare(FaceRequest(sheet_with([(300, 200, 500)])), 128)
    near = [cv2.blur(p.lines[0], (15, 15)).ravel() for p in (prepared, plain)]
    left = prepare(FaceRequest(sheet_with([(300, 200, 500)], degrees), Frame(300, 200, 500, 500)), 128)
    assert np.corrcoef(*near)[0, 1] > np.corrcoef(cv2.blur(left.lines[0], (15, 15)).ravel(), near[1])[0, 1]


def test_each_head_is_prepared_or_as_many_as_are_wanted() -> None:
    sheet = sheet_with([(60, 200, 450), (660, 200, 450)])
    both = prepare_each(FaceRequest(sheet), 64)
    assert len(both) == 2
    assert both[0].heads == (both[1].heads[1], both[1].heads[0])
    assert len(prepare_each(FaceRequest(sheet), 64, most=1)) == 1
    assert len(prepare_each(FaceRequest(sheet, Frame(60, 200, 450, 450)), 64)) == 1


def test_a_frame_may_be_turned_and_a_turn_needs_one() -> None:
    sheet = sheet_with([(300, 200, 500)], 90)
    upright_lines = prepare(FaceRequest(sheet_with([(300, 200, 500)]), Frame(300, 200, 500, 500)), 64).lines
    lines = prepare(FaceRequest(sheet, Frame(300, 200, 500, 500), turn=90), 64).lines
    blurred = [cv2.blur(x[0], (5, 5)).ravel() for x in (lines, upright_lines)]
    assert np.corrcoef(*blurred)[0, 1] > 0.9
    for wrong in (181, float("nan"), "30"):
        with pytest.raises(SketchError, match="-180 to 180"):
            FaceRequest(sheet, Frame(0, 0, 9, 9), turn=wrong)  # pyright: ignore[reportArgumentType]
    with pytest.raises(SketchError, match="belongs to a frame"):
        FaceRequest(sheet, turn=20)


@pytest.mark.parametrize("turn", [-135.0, -30.0, 12.0, 45.0, 90.0])
def test_what_is_turned_back_is_what_was_turned(turn: float) -> None:
    rng = np.random.default_rng(1)
    picture = cv2.resize(rng.integers(0, 256, (6, 6, 3), np.uint8), (64, 64), interpolation=cv2.INTER_CUBIC)
    side = round(128 / share_of(turn))
    there = turned(picture, turn, side)
    back = upright(there, turn, 64)
    assert np.abs(back[2:-2, 2:-2].astype(int) - picture[2:-2, 2:-2]).mean() < 3
    cover = coverage(turn, side)
    assert cover.mean() / 255 == pytest.approx(share_of(turn) ** 2, abs=0.02)
    frame = covering(Frame(10, 20, 100, 100), turn)
    assert frame.width == pytest.approx(100 / share_of(turn), abs=1)
    assert frame.left + frame.width / 2 == pytest.approx(60, abs=1)


def test_a_turned_line_stays_whole() -> None:
    ink = np.zeros((400, 400), bool)
    ink[200, 60:340] = True
    ink[60:340, 200] = True
    lines = upright_ink(ink, 33.0, 64)
    count, _ = cv2.connectedComponents(lines.view(np.uint8), connectivity=8)
    assert count == 2


def test_places_in_cells_and_on_the_ink_are_each_others() -> None:
    ink = np.zeros((300, 500), bool)
    ink[100:103, 240:260] = True
    for view in (reduced(ink), looked_at(ink, (250, 101), 700, 0.5), looked_at(ink, (250, 101), 120, -1.0)):
        x, y = view.in_cells(250, 101.5)
        assert view.cells[0][int(y), int(x)] == 1
        assert view.on_ink(x, y) == pytest.approx((250, 101.5))
        assert view.cells.shape == (2, SIDE, SIDE)
        assert set(np.unique(view.cells)) <= {0, 1}


def test_weights_that_are_none_are_refused(tmp_path) -> None:
    with pytest.raises(WeightsError, match="no weights of the finder"):
        load_finder(tmp_path / "none.safetensors")
    (tmp_path / "torn.safetensors").write_bytes(b"torn")
    with pytest.raises(WeightsError, match="damaged"):
        load_finder(tmp_path / "torn.safetensors")


@pytest.mark.parametrize(("height", "width"), [(1024, 1024), (901, 640), (37, 1000)])
def test_cells_are_drawn_on_as_opencvs_means_say(height: int, width: int):
    ink = np.random.default_rng(3).random((height, width)) < 0.02
    rows, columns = (max(1, round(side * SIDE / max(height, width))) for side in (height, width))
    means = cv2.resize(ink.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    top, left = (SIDE - rows) // 2, (SIDE - columns) // 2
    cells = reduced(ink).cells[0, top : top + rows, left : left + columns]
    near = np.abs(means - COVERED) < 1e-5
    assert np.array_equal(cells[~near] == 1, means[~near] > COVERED)
    assert near.mean() < 0.01
