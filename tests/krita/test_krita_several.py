"""Drawings with several heads: which face is which head's, and all of it in a real Krita."""

from types import SimpleNamespace
from typing import Any

import pytest
from conftest import RunScenario
from krita_harness import REPOSITORY, Profile


@pytest.fixture
def places(part: Any) -> Any:
    return part("shared.head_places")


@pytest.fixture
def rect(part: Any) -> Any:
    return part("document.geometry").Rect


def test_each_face_goes_to_the_head_that_it_lies_on(places: Any, rect: Any) -> None:
    heads = [rect(0, 0, 400, 400), rect(500, 0, 400, 400)]
    faces = [rect(510, 20, 380, 380), None, rect(-20, 10, 420, 420), rect(505, 5, 400, 400), rect(230, 900, 400, 400)]
    assert places.shared_out(faces, heads) == [[2], [0, 3]]
    assert places.of_one_head([faces[0], None, faces[3]])
    assert places.of_one_head([])
    assert not places.of_one_head(faces[:3])


def test_heads_are_numbered_as_one_reads(places: Any, rect: Any) -> None:
    heads = [rect(520, 30, 300, 300), rect(40, 480, 300, 300), rect(20, 0, 300, 300), rect(530, 440, 300, 300)]
    assert places.in_reading_order(heads) == [2, 0, 1, 3]


@pytest.mark.parametrize("turn", [0.0, 12.5, -30.0, 45.0, 170.0])
def test_a_turned_frame_and_the_square_that_covers_it(part: Any, rect: Any, turn: float) -> None:
    """As the server lays its pictures; back from the picture's place to within a pixel."""
    from dfp.sketch.frame import Frame
    from dfp.sketch.turning import covering

    turned = part("document.turned_frame")
    for side in (100, 401):
        cover = turned.TurnedFrame(rect(30, 50, side, side), turn).cover
        servers = covering(Frame(30, 50, side, side), turn)
        assert tuple(cover) == (servers.left, servers.top, servers.width, servers.height)
        again = turned.frame_under(cover, turn).place
        assert all(abs(one - other) <= 1 for one, other in zip(again, (30, 50, side, side), strict=True))


def test_a_turn_follows_the_picture(part: Any) -> None:
    transforms = part("document.transforms")
    assert transforms.IDENTITY.turned(30) == 30
    assert transforms.Transform(-1, 0, 0, 1, 100, 0).turned(30) == -30  # mirrored
    assert transforms.Transform(0, -1, 1, 0, 100, 0).turned(30) == 120  # a quarter to the right
    assert transforms.Transform(2, 0, 0, 2, 0, 0).turned(-20) == -20


def test_the_rim_of_a_turned_picture_stays_away(part: Any) -> None:
    """Krita tells of a layer only where it has anything; a face that is not turned fills its picture."""
    rows = ["....", ".x..", ".xx.", "...."]
    pixels = b"".join(b"abc" + (b"\xff" if place == "x" else b"\x00") for row in rows for place in row)
    answer = SimpleNamespace(width=4, height=4, pixels=pixels, layers=None, turn=30.0)
    (seen,) = parts_of(part, answer)
    assert tuple(seen.place) == (1, 1, 2, 2)
    assert seen.pixels[3::4] == b"\xff\x00\xff\xff"
    answer.turn = 0.0
    (whole,) = parts_of(part, answer)
    assert tuple(whole.place) == (0, 0, 4, 4)


def parts_of(part: Any, answer: Any) -> Any:
    """All that `parts_of` gives for one layer."""
    steps = part("document.face_parts").parts_of("layer", answer)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_several_heads_in_a_real_krita(installed: Profile, run_scenario: RunScenario) -> None:
    """A face for each, in a group by one undo step; renewed, painted over, chosen, live, turned, a house, a batch."""
    run_scenario(installed, "several", DFP_EXAMPLES=str(REPOSITORY / "dfp" / "examples"))
