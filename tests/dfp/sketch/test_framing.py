"""Where the picture goes."""

import cv2
import numpy as np
import pytest
from sheets.canvas import EXAMPLES
from sheets.square import of_example, square_by

from dfp.pictures.reading import read_sketch
from dfp.sketch.binarise import binarise
from dfp.sketch.frame import Frame, place, square
from dfp.sketch.framing import frame_of


def face(side: int, hair: bool = True, neck: bool = True, shoulders: bool = False) -> np.ndarray:
    """A face placed on its square as training faces are on theirs, bool side x side."""
    page = np.zeros((side, side), np.uint8)

    def at(*values: float) -> tuple[int, ...]:
        return tuple(round(value * side) for value in values)

    def bow(x: float, y: float, rx: float, ry: float, start: int = 0, stop: int = 360) -> None:
        cv2.ellipse(page, at(x, y), at(rx, ry), 0, start, stop, 1, max(1, side // 200))

    bow(0.5, 0.5, 0.28, 0.43, 0, 180)
    bow(0.5, 0.45, 0.28, 0.27, 180, 360)
    if hair:
        bow(0.5, 0.45, 0.4, 0.44, 160, 380)
    for sign in (-1, 1):
        bow(0.5 + 0.12 * sign, 0.48, 0.045, 0.02)
        bow(0.5 + 0.12 * sign, 0.425, 0.07, 0.02, 180, 360)
        if neck:
            cv2.line(page, at(0.5 + 0.17 * sign, 0.85), at(0.5 + 0.2 * sign, 0.999), 1, max(1, side // 200))
        if shoulders:
            cv2.line(page, at(0.5 + 0.2 * sign, 0.97), at(0.5 + 0.5 * sign, 1.0), 1, max(1, side // 200))
        cv2.line(page, at(0.5 + 0.04 * sign, 0.48), at(0.5 + 0.07 * sign, 0.65), 1, max(1, side // 200))
    bow(0.5, 0.65, 0.07, 0.02, 0, 180)
    bow(0.5, 0.75, 0.1, 0.045)
    return page.view(bool)


def overlap(frame: Frame, left: float, top: float, side: float) -> float:
    width = min(frame.left + frame.width, left + side) - max(frame.left, left)
    height = min(frame.top + frame.height, top + side) - max(frame.top, top)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (frame.width * frame.height + side * side - shared)


KINDS = [
    {"hair": True, "neck": True, "shoulders": True},
    {"hair": True, "neck": True},
    {"hair": True, "neck": False},
    {"hair": False, "neck": True},
    {"hair": False, "neck": False},
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize(("left", "top", "side"), [(700, 800, 500), (40, 1500, 400), (1200, 60, 760), (500, 400, 1100)])
def test_a_head_anywhere_on_a_large_canvas_is_found(kind, left, top, side):
    ink = np.zeros((2048, 2048), bool)
    ink[top : top + side, left : left + side] = face(side, **kind)
    frame = frame_of(ink)
    assert frame.width == frame.height
    assert overlap(frame, left, top, side) > 0.8


@pytest.mark.parametrize("side", [256, 512, 900])
def test_a_drawing_that_runs_off_its_square_picture_is_framed_by_it(side):
    assert frame_of(face(side, shoulders=True)) == Frame(0, 0, side, side)
    assert frame_of(face(side)) == Frame(0, 0, side, side)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_a_smaller_head_whose_neck_runs_off_its_picture_is_framed_by_its_features(number):
    ink = binarise(np.asarray(read_sketch(EXAMPLES[number]).convert("RGB")))
    side = ink.shape[0]
    wanted = square_by(of_example(number), Frame(0, 0, side, side))
    found = frame_of(ink)
    assert overlap(found, wanted.left, wanted.top, wanted.width) > max(
        0.87, overlap(Frame(0, 0, side, side), wanted.left, wanted.top, wanted.width) + 0.1
    )


def test_a_head_at_the_lower_edge_is_framed_there():
    ink = np.zeros((600, 1000), bool)
    ink[100:600, 300:800] = face(500)
    assert overlap(frame_of(ink), 300, 100, 500) > 0.75


def test_a_small_head_at_the_lower_edge_is_not_the_whole_picture():
    ink = np.zeros((1024, 1024), bool)
    ink[724:, 300:600] = face(300)
    assert overlap(frame_of(ink), 300, 724, 300) > 0.8


def test_stray_dots_do_not_widen_the_frame():
    ink = np.zeros((1024, 1024), bool)
    ink[300:700, 300:700] = face(400)
    clean = frame_of(ink)
    ink[20:24, 20:24] = ink[1000:1003, 900:903] = True
    assert frame_of(ink) == clean


def test_hatching_does_not_move_the_frame_far():
    ink = np.zeros((1024, 1024), bool)
    ink[300:700, 300:700] = face(400)
    clean = frame_of(ink)
    for x in range(440, 560, 6):
        ink[320:380, x] = True
    assert overlap(frame_of(ink), clean.left, clean.top, clean.width) > 0.85


def test_hair_filled_with_black_does_not_move_the_frame_far():
    ink = np.zeros((1024, 1024), bool)
    ink[300:700, 300:700] = face(400)
    clean = frame_of(ink)
    cv2.ellipse(ink.view(np.uint8), (500, 430), (150, 120), 0, 180, 360, 1, -1)
    assert overlap(frame_of(ink), clean.left, clean.top, clean.width) > 0.85


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        ((10, 20, 100, 100), Frame(10, 20, 100, 100)),
        ((10, 20, 100, 60), Frame(10, 0, 100, 100)),
        ((0, 0, 50, 90), Frame(-20, 0, 90, 90)),
        ((-30, -10, 64, 64), Frame(-30, -10, 64, 64)),
    ],
)
def test_the_selection_is_the_frame(selection, wanted):
    assert square(*selection) == wanted


def test_an_empty_drawing_has_no_frame():
    with pytest.raises(ValueError, match="ink"):
        frame_of(np.zeros((64, 64), bool))


@pytest.mark.parametrize("marks", [[(5, 5)], [(8, x) for x in range(3, 14)], [(y, 0) for y in range(16)]])
def test_any_mark_has_a_frame(marks):
    ink = np.zeros((16, 16), bool)
    for mark in marks:
        ink[mark] = True
    frame = frame_of(ink)
    assert frame.width == frame.height >= 1


@pytest.mark.parametrize("side", [20, 64, 65, 333])
@pytest.mark.parametrize("shape", [(64, 64, 3), (64, 64, 4), (64, 64, 1), (64, 64)])
def test_place_has_the_frame_size_and_keeps_the_picture(side, shape):
    ramp = np.broadcast_to(np.linspace(30, 220, 64).astype(np.uint8).reshape(1, 64, *[1] * (len(shape) - 2)), shape)
    placed = place(np.ascontiguousarray(ramp), Frame(-3, 9, side, side))
    assert placed.shape == (side, side, *shape[2:])
    assert placed.dtype == np.uint8
    wanted = np.interp((np.arange(side) + 0.5) / side * 64 - 0.5, np.arange(64), np.linspace(30, 220, 64))
    assert np.abs(placed.reshape(side, side, -1)[..., 0].astype(float) - wanted).max() < 6


def test_place_does_not_give_the_same_memory_back():
    picture = np.zeros((8, 8, 3), np.uint8)
    assert not np.shares_memory(place(picture, Frame(0, 0, 8, 8)), picture)
