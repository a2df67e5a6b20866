"""Several heads, turned heads and doubtful ones, through the running server."""

from pathlib import Path
from typing import Any

import aiohttp
import cv2
import numpy as np
import pytest
from dfp_server import wire
from face_drawing import draw_face
from server_helpers import Live, face_for, pixels_of, request_of

from dfp import FaceGenerator


async def test_all_heads_of_a_sketch_are_listed_and_each_is_drawn_when_asked_for(
    live: Live, session: aiohttp.ClientSession, weights: Path
) -> None:
    sheet = np.hstack([draw_face(400), draw_face(400)])
    answer = await face_for(session, live, request_of(sheet, "L", heads=True))
    assert answer.heads is not None
    assert len(answer.heads) == 2
    first, second = answer.heads
    assert answer.certainty == first["certainty"] >= second["certainty"]
    assert abs(first["frame"][0] - second["frame"][0]) > 250
    assert answer.note == ""
    other = await face_for(session, live, request_of(sheet, "L", frame=tuple(second["frame"]), turn=30, heads=True))
    assert (other.heads, other.certainty, other.turn) == (None, None, 30)
    face = FaceGenerator.load(weights, "cpu").generate(sheet, tuple(second["frame"]), turn=30)
    assert (other.left, other.top, other.width) == (face.frame.left, face.frame.top, face.frame.width)
    np.testing.assert_array_equal(pixels_of(other), face.placed())
    assert pixels_of(other)[0, 0, 3] == 0
    assert pixels_of(other)[other.height // 2, other.width // 2, 3] == 255


async def test_what_is_hardly_a_face_is_drawn_with_a_note(live: Live, session: aiohttp.ClientSession) -> None:
    sheet = np.full((400, 600), 255, np.uint8)
    cv2.rectangle(sheet, (100, 200), (500, 380), 0, 3)
    answer = await face_for(session, live, request_of(sheet, "L"))
    assert answer.note.startswith("This does not look like one face from the front")
    assert answer.heads is None
    assert pixels_of(answer).shape[0] > 0


@pytest.mark.parametrize("head", [{}, {"frame": [0, 0, 5], "turn": 0, "certainty": 1}, 7], ids=str)
def test_a_head_that_is_none_is_refused(head: Any) -> None:
    answer = {"id": "a", "left": 0, "top": 0, "width": 1, "height": 1, "mode": "RGBA", "pixels": b"abcd", "model": ""}
    right = {"frame": [-9, 0, 5, 5], "turn": -20.5, "certainty": 0.5}
    assert wire.GenerateAnswer.from_map({**answer, "timings": {}, "heads": [right]}).heads == [right]
    with pytest.raises(wire.WireError, match="heads"):
        wire.GenerateAnswer.from_map({**answer, "timings": {}, "heads": [right, head]})


@pytest.mark.parametrize("turn", [181, float("nan"), "30", True])
def test_a_turn_that_is_none_is_refused(turn: Any) -> None:
    with pytest.raises(wire.WireError, match="turn"):
        wire.GenerateRequest.from_map({"id": "a", "width": 2, "height": 1, "mode": "L", "pixels": b"ab", "turn": turn})
