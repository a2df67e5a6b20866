"""Worker through the running server."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.inference.placing import place
from server_helpers import Live, ask, body_of, face_for, face_lines, health_at, in_mode, pixels_of, request_of

from dfp import Face, FaceGenerator, Trust
from dfp.sketch.frame import Frame


async def test_health_names_model_device_and_service(live: Live, session: aiohttp.ClientSession, weights: Path) -> None:
    health = await health_at(session, live)
    assert health.state == wire.State.READY
    assert health.model == FaceGenerator.load(weights, "cpu").checksum
    assert (health.device, health.service, health.version, health.message) == ("cpu", "deepfacepencil", 1, "")
    assert health.server_version


@pytest.mark.parametrize("mode", list(wire.CHANNELS))
async def test_the_face_is_the_generators_own_in_the_modes_of_the_request(
    live: Live, session: aiohttp.ClientSession, weights: Path, mode: str
) -> None:
    layer = in_mode(face_lines(300, 400), mode)
    answer = await face_for(session, live, request_of(layer, mode, id="layer 1"))
    seen = layer[..., [2, 1, 0, 3]] if mode == "BGRA" else layer
    face = FaceGenerator.load(weights, "cpu").generate(seen)

    assert answer.id == "layer 1"
    assert answer.mode == ("BGRA" if mode == "BGRA" else "RGBA")
    assert (answer.left, answer.top, answer.width, answer.height) == (
        face.frame.left,
        face.frame.top,
        face.frame.width,
        face.frame.height,
    )
    picture = pixels_of(answer)
    rgb = picture[..., [2, 1, 0]] if mode == "BGRA" else picture[..., :3]
    np.testing.assert_array_equal(rgb, face.placed())
    assert (picture[..., 3] == 255).all()


async def test_trust_and_its_mask_reach_the_model(live: Live, session: aiohttp.ClientSession, weights: Path) -> None:
    layer, mask = face_lines(300, 400), np.full((8, 6), 128, np.uint8)
    mask[:, :3] = 255
    told = {"trust": -0.25, "trust_mask": mask.tobytes(), "trust_mask_size": (6, 8)}
    generator = FaceGenerator.load(weights, "cpu")
    for options, trust in (({}, Trust()), ({"trust": 0.75}, Trust(0.75)), (told, Trust(-0.25, mask))):
        answer = await face_for(session, live, request_of(layer, "RGBA", **options))
        face = generator.generate(layer, trust=trust)
        np.testing.assert_array_equal(pixels_of(answer)[..., :3], face.placed())


async def test_timings_name_every_step_and_add_up(live: Live, session: aiohttp.ClientSession) -> None:
    answer = await face_for(session, live, request_of(face_lines(512, 512), "RGBA"))
    timings = dict(answer.timings)
    total = timings.pop("total")
    assert list(timings) == ["decode", "wait", "prepare", "model", "place"]
    assert all(ms >= 0 for ms in timings.values())
    assert total >= sum(timings.values()) * 0.99


async def test_a_frame_says_where_the_face_lies(live: Live, session: aiohttp.ClientSession) -> None:
    request = request_of(face_lines(200, 200), "RGBA", frame=(-20, 10, 180, 180))
    answer = await face_for(session, live, request)
    assert (answer.left, answer.top, answer.width, answer.height) == (-20, 10, 180, 180)


async def test_attention_comes_when_asked_for(live: Live, session: aiohttp.ClientSession) -> None:
    layer = face_lines(200, 200)
    assert (await face_for(session, live, request_of(layer, "RGBA"))).attention is None
    answer = await face_for(session, live, request_of(layer, "RGBA", attention=True))
    assert answer.attention is not None
    assert answer.attention_shape == [4, 32, 32]
    sums = np.frombuffer(answer.attention, np.uint8).reshape(answer.attention_shape).sum(0, dtype=int)
    assert abs(sums - 255).max() <= 2


async def test_a_layer_as_large_as_allowed(live: Live, session: aiohttp.ClientSession) -> None:
    layer = np.full((wire.MAX_SIDE, wire.MAX_SIDE), 255, np.uint8)
    layer[5000:5600, 5000:5002] = layer[5000:5600, 5600:5602] = 0
    answer = await face_for(session, live, request_of(layer, "L", frame=(4900, 4900, 800, 800)))
    assert (answer.left, answer.top, answer.width, answer.height) == (4900, 4900, 800, 800)


def test_a_face_larger_than_a_message_is_cut_to_the_layer() -> None:
    """A drawing up to the rims of the largest layer has a frame that is larger still."""
    request = wire.GenerateRequest("a", width=8192, height=8000, mode="BGRA", pixels=b"")
    ramp = np.linspace(0, 255, 16 * 16 * 3).astype(np.uint8).reshape(16, 16, 3)
    face = Face(ramp, np.ones((4, 8, 8), np.float32) / 4, Frame(-500, -200, 9000, 9000))
    left, top, picture = place(face, request)
    assert (left, top, picture.shape) == (0, 0, (8000, 8192, 4))
    corner = face.placed()[200:300, 500:600]
    np.testing.assert_allclose(picture[:100, :100, [2, 1, 0]], corner, atol=1)


async def test_health_is_answered_while_a_face_is_drawn(live: Live, session: aiohttp.ClientSession) -> None:
    layer = np.full((4096, 4096, 1), 255, np.uint8)
    layer[1000:3000, 1000:1010] = layer[1000:3000, 3000:3010] = 0
    drawing = asyncio.create_task(face_for(session, live, request_of(layer, "L")))
    answered, states = 0, set()
    while not drawing.done():
        states.add((await health_at(session, live)).state)
        answered += 1
    assert (await drawing).width > 2000
    assert answered >= 5
    assert wire.State.BUSY in states
    assert states <= {wire.State.READY, wire.State.BUSY}


async def test_faces_asked_for_at_once_all_come_with_their_own_id(live: Live, session: aiohttp.ClientSession) -> None:
    layer = face_lines(256, 256)
    ids = [f"layer {i}" for i in range(12)]
    answers = await asyncio.gather(*(face_for(session, live, request_of(layer, "RGBA", id=id)) for id in ids))
    assert [answer.id for answer in answers] == ids
    assert len({answer.pixels for answer in answers}) == 1


async def test_a_face_nobody_waits_for_is_not_drawn(
    live: Live, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    layer = np.full((4096, 4096, 1), 255, np.uint8)
    layer[1000:3000, 1000:1010] = 0
    drawing = asyncio.create_task(face_for(session, live, request_of(layer, "L", id="first")))
    stale = [asyncio.create_task(face_for(session, live, request_of(layer, "L", id="stale"))) for _ in range(8)]
    while (await health_at(session, live)).state != wire.State.BUSY:
        assert not drawing.done()
    for task in stale:
        task.cancel()
    await asyncio.wait([drawing, *stale])
    await face_for(session, live, request_of(face_lines(64, 64), "RGBA", id="last"))
    drawn = [record.getMessage().split(":")[0] for record in caplog.records if "ms:" in record.getMessage()]
    assert drawn[-1] == "'last'"
    assert drawn.count("'stale'") < len(stale) - 1
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_an_error_nobody_foresaw_is_a_sentence_and_its_trace_is_in_the_log(
    live: Live,
    session: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the inner secret")

    request = request_of(face_lines(64, 64), "RGBA")
    with monkeypatch.context() as patched:
        patched.setattr(FaceGenerator, "draw", fail)
        status, message = await ask(session, live, body_of(request))
    assert status == 500
    assert wire.ErrorAnswer.from_map(message).code == wire.Code.INTERNAL
    assert "secret" not in str(message)
    assert "Traceback" not in str(message)
    assert "the inner secret" in caplog.text
    await face_for(session, live, request)
