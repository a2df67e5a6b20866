"""Faces cut out and as layers through the running server: the same that `Face` gives, and the memory that they take."""

from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.inference.placing import layers_of, place
from dfp_server.inference.worker import Worker
from server_helpers import Serve, ask, body_of, face_for, face_lines, pixels_of, request_of

from dfp import Face, FaceGenerator, Frame
from dfp.regions import LAYERS, shares

LAYER = face_lines(300, 400)
FAR = (-400, -400, 1000, 1000)


@pytest.fixture(scope="module")
def generator(coloured_weights: Path) -> FaceGenerator:
    return FaceGenerator.load(coloured_weights, "cpu")


@pytest.fixture(scope="module")
def face(generator: FaceGenerator) -> Face:
    return generator.generate(LAYER)


def layers_in(answer: wire.GenerateAnswer) -> list[np.ndarray]:
    """Each layer of an RGBA answer on a picture as large as the answer's."""
    assert answer.layers is not None
    assert answer.layer_places is not None
    made, start = [], 0
    for left, top, width, height in answer.layer_places:
        picture = np.zeros((answer.height, answer.width, 4), np.uint8)
        pixels = answer.layers[start : start + 4 * width * height]
        picture[top : top + height, left : left + width] = np.frombuffer(pixels, np.uint8).reshape(height, width, 4)
        start += len(pixels)
        made.append(picture)
    assert start == len(answer.layers)
    return made


async def test_cut_out_and_layers_are_those_of_the_face(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path, face: Face
) -> None:
    live = await serve(coloured_weights)
    plain = await face_for(session, live, request_of(LAYER, "RGBA"))
    assert plain.layers is None
    alone = await face_for(session, live, request_of(LAYER, "RGBA", cut_out=True))
    np.testing.assert_array_equal(pixels_of(alone), face.cut_out())
    answer = await face_for(session, live, request_of(LAYER, "RGBA", layers=True))
    assert answer.pixels == plain.pixels
    for picture, (name, wanted) in zip(layers_in(answer), face.layers().items(), strict=True):
        np.testing.assert_array_equal(picture, wanted, name)
    linear = await face_for(session, live, request_of(LAYER, "RGBA", layers=True, cut_out=True, linear=True))
    np.testing.assert_array_equal(pixels_of(linear), face.cut_out(linear=True))
    for picture, (name, wanted) in zip(layers_in(linear), face.layers(linear=True).items(), strict=True):
        np.testing.assert_array_equal(picture, wanted, name)


def test_layers_of_a_part_lie_where_the_part_does(generator: FaceGenerator) -> None:
    whole = generator.generate(LAYER, Frame(*FAR))
    asked: dict[str, Any] = {"frame": FAR, "layers": True}
    request = request_of(LAYER, "BGRA", **asked)
    left, top, picture = place(whole, request)
    assert (left, top, *picture.shape) == (0, 0, 300, 400, 4)
    places, pixels = layers_of(whole, request)
    assert places[0] == (0, 0, 400, 300)  # the background is everywhere
    ours = np.frombuffer(pixels[: 4 * 400 * 300], np.uint8).reshape(300, 400, 4)
    wanted = whole.layers()["background"][400:700, 400:800]
    off = np.abs(ours[..., 2::-1].astype(int) - wanted[..., :3])
    assert np.percentile(off, 95) <= 2  # it is enlarged by other code, to within a value
    cut = request_of(LAYER, "BGRA", frame=FAR, cut_out=True)
    alpha = place(whole, cut)[2][..., 3].astype(int)
    assert np.percentile(np.abs(alpha - whole.cut_out()[400:700, 400:800, 3]), 95) <= 2


async def test_a_face_that_is_too_large_for_layers_is_told(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    side = wire.MAX_LAYERS_SIDE + 1
    lines = face_lines(300, side)
    request = request_of(lines, "RGBA", frame=(0, 0, side, 300), layers=True)
    status, message = await ask(session, live, body_of(request))
    assert (status, message["code"]) == (422, wire.Code.BAD_SKETCH)
    assert "4096 pixels a side" in message["message"]


@pytest.mark.parametrize("option", ["regions", "cut_out", "layers"])
def test_what_is_divided_counts_as_memory(generator: FaceGenerator, face: Face, option: str) -> None:
    worker = Worker(generator)
    options: dict[str, Any] = {option: True}
    prepared = [generator.prepare(LAYER)]
    plain = worker.answer_bytes(request_of(LAYER, "RGBA"), prepared)
    more = worker.answer_bytes(request_of(LAYER, "RGBA", **options), prepared) - plain
    least = face.regions.nbytes + 4 * shares(face.regions).nbytes
    if option == "layers":
        least += 2 * 4 * len(LAYERS) * face.frame.width * face.frame.height  # as made, and as sent
    assert more >= least
