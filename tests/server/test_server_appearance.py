"""Colours, seeds and regions through the running server: what comes back, and one sentence for what cannot."""

from pathlib import Path
from typing import Any

import aiohttp
import cv2
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.inference.placing import spread
from server_helpers import Live, Serve, ask, body_of, face_for, face_lines, health_at, pixels_of, request_of

from dfp import Appearance, FaceGenerator, Frame, Palette
from dfp.model.classes import REGIONS
from dfp.regions import LAYERS, shares
from dfp.sketch.appearance import MOST_SEEDS

LAYER = face_lines(300, 400)
PAINTED = np.zeros((30, 40, 4), np.uint8)
PAINTED[:15] = (200, 0, 0, 255)
TOLD: dict[str, Any] = {"palette": {"hair": (0, 0, 0)}, "seed": 3}
SPOTS: dict[str, Any] = {"painted": PAINTED.tobytes(), "painted_size": (40, 30)}


def test_both_sides_name_the_same_regions_layers_and_seeds() -> None:
    assert wire.PALETTE == REGIONS
    assert list(LAYERS) == list(wire.LAYERS)
    wire.GenerateRequest("a", 2, 1, "L", b"ab", seed=MOST_SEEDS - 1).check()
    with pytest.raises(wire.WireError, match="seed"):
        wire.GenerateRequest("a", 2, 1, "L", b"ab", seed=MOST_SEEDS).check()


def test_messages_with_an_appearance_come_back_from_their_maps() -> None:
    request = wire.GenerateRequest("a", 2, 1, "L", b"ab", **TOLD, **SPOTS, regions=True)
    assert wire.GenerateRequest.from_map(request.to_map()) == request
    planes = {"regions": bytes(40), "regions_shape": (5, 2, 4), "palette": {"eyes": (1, 2, 3)}}
    planes |= {"layers": bytes(4), "layer_places": ((0, 0, 1, 1), *[(0, 0, 0, 0)] * 4)}
    answer = wire.GenerateAnswer("a", 0, 0, 1, 1, "RGBA", bytes(4), "sum", {}, **planes)
    assert wire.GenerateAnswer.from_map(answer.to_map()) == answer


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"palette": [1]}, "palette must be a map"),
        ({"palette": {"nose": (1, 2, 3)}}, "palette must have only skin, hair"),
        ({"palette": {5: (1, 2, 3)}}, "palette must have only"),
        ({"palette": {"hair": "#000000"}}, "palette must hold colours"),
        ({"palette": {"hair": (1, 2)}}, "palette must hold colours"),
        ({"palette": {"hair": (1, 2, 256)}}, "palette must hold colours"),
        ({"palette": {"hair": (1, 2, 0.5)}}, "palette must hold colours"),
        ({"palette": {"hair": (1, 2, True)}}, "palette must hold colours"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"seed": 1.0}, "seed"),
        ({"seed": None}, "seed"),
        ({"regions": 1}, "regions must be true or false"),
        ({"painted": bytes(8)}, "painted_size"),
        ({"painted_size": (2, 1)}, "painted has a wrong size"),
        ({"painted": bytes(7), "painted_size": (2, 1)}, "painted has a wrong size"),
        ({"painted": "x" * 8, "painted_size": (2, 1)}, "painted has a wrong size"),
        ({"painted": b"", "painted_size": (0, 1)}, "painted_size must be from 1 to 512"),
        ({"painted": bytes(4 * 513), "painted_size": (513, 1)}, "painted_size must be from 1 to 512"),
    ],
    ids=str,
)
def test_a_request_with_a_wrong_appearance(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(wire.WireError, match=says):
        wire.GenerateRequest.from_map({"id": "a", "width": 2, "height": 1, "mode": "L", "pixels": b"ab", **changed})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"regions": bytes(5)}, "regions_shape"),
        ({"regions": bytes(4), "regions_shape": (4, 1, 1)}, "regions_shape is out of range"),
        ({"regions": bytes(4), "regions_shape": (5, 1, 1)}, "regions has a wrong size"),
        ({"palette": {"hair": None}}, "palette"),
        ({"layers": b""}, "layer_places must be 5 places"),
        ({"layers": b"", "layer_places": [(0, 0, 0, 0)] * 4}, "layer_places must be 5 places"),
        ({"layers": b"", "layer_places": [(0, 0, 0)] * 5}, "layer_places is out of range"),
        ({"layers": b"", "layer_places": [(0, 0, 0, -1)] * 5}, "layer_places is out of range"),
        ({"layers": bytes(20), "layer_places": [(1, 0, 1, 1)] * 5}, "layer_places is outside of the picture"),
        ({"layers": bytes(4), "layer_places": [(0, 0, 1, 1)] * 5}, "layers has a wrong size"),
    ],
    ids=str,
)
def test_an_answer_with_a_wrong_appearance(changed: dict[str, Any], says: str) -> None:
    right = wire.GenerateAnswer("a", 0, 0, 1, 1, "RGBA", bytes(4), "sum", {}).to_map()
    with pytest.raises(wire.WireError, match=says):
        wire.GenerateAnswer.from_map({**right, **changed})


async def test_health_says_what_the_weights_know(
    serve: Serve, session: aiohttp.ClientSession, weights: Path, coloured_weights: Path
) -> None:
    ours = {"appearance", "palette", "painted", "painted_size", "seed", "variants"}
    ours |= {"regions", "cut_out", "layers", "linear"}
    plain = set((await health_at(session, await serve(weights))).capabilities)
    coloured = set((await health_at(session, await serve(coloured_weights))).capabilities)
    assert not ours & plain
    assert coloured == plain | ours


async def test_an_appearance_reaches_the_model(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    generator = FaceGenerator.load(coloured_weights, "cpu")
    black = Palette(hair=(0, 0, 0))
    cases = [
        ({}, Appearance()),
        (TOLD, Appearance(black, seed=3)),
        (SPOTS, Appearance(painted=PAINTED)),
        ({**TOLD, **SPOTS}, Appearance(black, PAINTED, 3)),
    ]
    seen = set()
    for options, looks in cases:
        answer = await face_for(session, live, request_of(LAYER, "RGBA", **options))
        face = generator.generate(LAYER, appearance=looks)
        np.testing.assert_array_equal(pixels_of(answer)[..., :3], face.placed())
        assert (answer.palette is None) == ("palette" not in options)
        seen.add(answer.pixels)
    assert len(seen) == len(cases)


async def test_an_answer_says_which_colours_were_filled_in(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    palettes = FaceGenerator.load(coloured_weights, "cpu").palettes
    assert palettes is not None
    usual = await face_for(session, live, request_of(LAYER, "RGBA", palette={}))
    assert usual.palette == dict(zip(REGIONS, palettes[0].tolist(), strict=True))
    told = await face_for(session, live, request_of(LAYER, "RGBA", **TOLD))
    assert told.palette is not None
    assert list(told.palette) == list(REGIONS)
    assert told.palette["hair"] == [0, 0, 0]
    again = await face_for(session, live, request_of(LAYER, "RGBA", palette=told.palette))
    assert again.pixels == told.pixels


async def test_regions_come_when_asked_for(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    assert (await face_for(session, live, request_of(LAYER, "RGBA"))).regions is None
    answer = await face_for(session, live, request_of(LAYER, "RGBA", regions=True))
    assert answer.regions is not None
    assert answer.regions_shape == [5, 32, 32]
    planes = np.frombuffer(answer.regions, np.uint8).reshape(answer.regions_shape)
    face = FaceGenerator.load(coloured_weights, "cpu").generate(LAYER)
    np.testing.assert_array_equal(planes, shares(face.regions))


async def test_regions_of_a_part_lie_where_the_part_does(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    far = request_of(LAYER, "RGBA", frame=(-400, -400, 1000, 1000), regions=True)
    answer = await face_for(session, live, far)
    assert (answer.left, answer.top, answer.width, answer.height) == (0, 0, 400, 300)
    assert answer.regions is not None
    planes = np.frombuffer(answer.regions, np.uint8).reshape(5, 32, 32)
    assert (planes.sum(0, dtype=int) == 255).all()
    whole = shares(FaceGenerator.load(coloured_weights, "cpu").generate(LAYER, Frame(-400, -400, 1000, 1000)).regions)
    large = [cv2.resize(plane, (1000, 1000), interpolation=cv2.INTER_NEAREST)[400:700, 400:800] for plane in whole]
    centres = np.ix_(np.arange(5), (np.arange(32) * 300 + 150) // 32, (np.arange(32) * 400 + 200) // 32)
    off = np.abs(planes.astype(int) - np.stack(large)[centres]) > 0
    assert off.mean() < 0.05  # where a middle lies on a seam


def test_planes_are_cut_as_their_frame_is() -> None:
    ramp = np.tile(np.arange(64, dtype=np.uint8), (5, 64, 1))
    right_half = spread(ramp, Frame(0, 0, 640, 640), Frame(320, 0, 320, 640))
    assert np.abs(right_half[0, 0].astype(int) - (32 + np.arange(64) // 2)).max() <= 1
    assert spread(ramp, Frame(0, 0, 9, 9), Frame(0, 0, 9, 9)) is ramp


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (TOLD, "These weights know no colours."),
        ({"seed": 1}, "These weights know no colours."),
        (SPOTS, "These weights know no colours."),
        ({"regions": True}, "These weights do not know what is where"),
        ({"cut_out": True}, "These weights do not know what is where"),
        ({"layers": True}, "These weights do not know what is where"),
    ],
    ids=str,
)
async def test_weights_that_cannot_say_so(
    live: Live, session: aiohttp.ClientSession, options: dict[str, Any], says: str
) -> None:
    status, message = await ask(session, live, body_of(request_of(LAYER, "RGBA", id="layer 1", **options)))
    assert (status, message["code"], message["id"]) == (422, wire.Code.BAD_SKETCH, "layer 1")
    assert message["message"].startswith(says)
    assert (await face_for(session, live, request_of(LAYER, "RGBA", palette={}))).palette is None


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"painted": bytes(4 * 40 * 30), "painted_size": (40, 30)}, "Nothing is painted"),
        ({"painted": PAINTED.tobytes(), "painted_size": (30, 40)}, "has other proportions than the sketch (400 x 300)"),
    ],
    ids=["empty", "turned"],
)
async def test_a_layer_that_cannot_be_used(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path, options: dict[str, Any], says: str
) -> None:
    live = await serve(coloured_weights)
    status, message = await ask(session, live, body_of(request_of(LAYER, "RGBA", **options)))
    assert (status, message["code"]) == (422, wire.Code.BAD_SKETCH)
    assert says in message["message"]


async def test_the_largest_layer_fits_beside_the_largest_sketch_that_is_taken(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights, limits=Limits(pixels=64 * 64))
    painted = np.full((wire.MAX_PAINTED_SIDE,) * 2 + (4,), 255, np.uint8)
    options = {"painted": painted.tobytes(), "painted_size": (wire.MAX_PAINTED_SIDE,) * 2}
    mask = {"trust_mask": bytes(wire.MAX_MASK_SIDE**2), "trust_mask_size": (wire.MAX_MASK_SIDE,) * 2}
    await face_for(session, live, request_of(face_lines(64, 64), "RGBA", **options, **mask))
    whole = wire.MAX_SIDE**2 * 4 + len(options["painted"]) + len(mask["trust_mask"])
    assert whole < wire.MAX_BODY
