"""Faces for programs without msgpack: a picture file in, a PNG out, options in the query, errors in JSON."""

import asyncio
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.inference.face_options import request_from
from dfp_server.inference.fair_thread import FairThread
from PIL import Image
from server_helpers import Live, Serve, face_for, face_lines, in_mode, pixels_of, request_of

from dfp import FaceGenerator

LAYER = face_lines(300, 400)


def file_of(pixels: np.ndarray, kind: str = "PNG", **options: Any) -> bytes:
    """The pixels as a picture file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


PNG = file_of(LAYER)


async def answer_to(
    session: aiohttp.ClientSession, live: Live, body: bytes, options: dict[str, str] | None = None, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """POST /v1/face: the status, the picture or the error's JSON, the head's fields."""
    said = {**live.headers, **{name.replace("_", "-"): text for name, text in headers.items()}}
    async with session.post(live.make_url("/v1/face"), params=options, data=io.BytesIO(body), headers=said) as response:
        fields = dict(response.headers)
        if response.status != 200:
            assert response.content_type == "application/json"
            return response.status, await response.json(), fields
        assert response.content_type == "image/png"
        return 200, np.asarray(Image.open(io.BytesIO(await response.read()))), fields


async def refused(session: aiohttp.ClientSession, live: Live, body: bytes, **asked: Any) -> tuple[int, str, str]:
    """Status, code and sentence of what is not answered with a face."""
    status, error, _ = await answer_to(session, live, body, **asked)
    assert status >= 400
    assert set(error) == {"error", "code", "version"}
    assert error["error"][0].isupper()
    assert error["error"].endswith(".")
    return status, error["code"], error["error"]


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "RGB"), ("PNG", "L"), ("JPEG", "RGB"), ("JPEG", "L"), ("WEBP", "RGBA")]
)
async def test_each_kind_of_picture_gives_what_generate_gives_for_its_pixels(
    live: Live, session: aiohttp.ClientSession, kind: str, mode: str
) -> None:
    body = file_of(in_mode(LAYER, mode), kind)
    pixels = np.asarray(Image.open(io.BytesIO(body)))
    status, face, fields = await answer_to(session, live, body)
    wanted = await face_for(session, live, request_of(pixels, mode))
    assert status == 200
    np.testing.assert_array_equal(face, pixels_of(wanted)[..., :3])
    frame = wanted.left, wanted.top, wanted.width, wanted.height
    assert fields[wire.FRAME_HEADER] == ",".join(map(str, frame))


async def test_a_photograph_that_lies_on_its_side_is_turned(live: Live, session: aiohttp.ClientSession) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb = in_mode(LAYER, "RGB")
    _, face, _ = await answer_to(session, live, file_of(np.rot90(rgb), exif=exif))
    wanted = await face_for(session, live, request_of(rgb, "RGB"))
    np.testing.assert_array_equal(face, pixels_of(wanted)[..., :3])


async def test_each_option_does_what_its_field_does(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    cases: list[tuple[dict[str, str], dict[str, Any]]] = [
        ({}, {}),
        ({"trust": "-0.75"}, {"trust": -0.75}),
        ({"seed": "1"}, {"seed": 1}),
        ({"frame": "-20,10,280,280"}, {"frame": (-20, 10, 280, 280)}),
        ({"frame": "-400,-400,1000,1000"}, {"frame": (-400, -400, 1000, 1000)}),
    ]
    cases += [({region: "#a5694f"}, {"palette": {region: (165, 105, 79)}}) for region in wire.PALETTE]
    cases.append(({"skin": "rgb(1, 2, 3)", "hair": "black"}, {"palette": {"skin": (1, 2, 3), "hair": (0, 0, 0)}}))
    seen = set()
    for options, told in cases:
        status, face, _ = await answer_to(session, live, PNG, options)
        assert status == 200, face
        wanted = await face_for(session, live, request_of(LAYER, "RGBA", **told))
        np.testing.assert_array_equal(face, pixels_of(wanted)[..., :3])
        seen.add(face.tobytes())
    assert len(seen) == len(cases)


async def test_cut_out_leaves_the_background_away_without_a_rim_of_it(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    _, face, _ = await answer_to(session, live, PNG, {"cut_out": "1"})
    np.testing.assert_array_equal(face, FaceGenerator.load(coloured_weights, "cpu").generate(LAYER).cut_out())
    _, whole, _ = await answer_to(session, live, PNG, {"cut_out": "0"})
    assert whole.shape[2] == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"trust": "much"}, "trust must be a number"),
        ({"trust": "2"}, "trust must be a number from -1 to 1"),
        ({"trust": "nan"}, "trust must be a number from -1 to 1"),
        ({"seed": "1.5"}, "seed must be a whole number"),
        ({"seed": "-1"}, "seed must be a whole number from 0"),
        ({"seed": "9" * 5000}, "seed must be a whole number"),
        ({"frame": "1,2,3"}, "frame must be LEFT,TOP,WIDTH,HEIGHT"),
        ({"frame": "1,2,3,x"}, "frame must be a whole number"),
        ({"frame": "0,0,0,5"}, "frame must have sides from 1 to 8192"),
        ({"frame": "9000,0,5,5"}, "frame must start within 8192"),
        ({"cut_out": "yes"}, "cut_out must be 1 or 0"),
        ({"hair": "hairy"}, "is no colour for hair"),
        ({"client": "x" * 129}, "client must be a text of 0 to 128 letters"),
        ({"nose": "red"}, "there is no option 'nose', only trust, seed"),
        ({"pixels": "red"}, "there is no option 'pixels'"),
        ({"trust_mask": "0"}, "there is no option 'trust_mask'"),
    ],
    ids=str,
)
async def test_a_wrong_option(live: Live, session: aiohttp.ClientSession, options: dict[str, str], says: str) -> None:
    status, code, sentence = await refused(session, live, PNG, options=options)
    assert (status, code) == (400, wire.Code.BAD_MESSAGE)
    assert says in sentence
    assert len(sentence) < 400


async def test_an_option_that_stands_there_twice(live: Live, session: aiohttp.ClientSession) -> None:
    url = live.make_url("/v1/face?seed=1&seed=2")
    async with session.post(url, data=PNG, headers=live.headers) as response:
        assert response.status == 400
        assert "seed stands there twice" in (await response.json())["error"]


def png_head(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and ends where its pixels would begin."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\0\0\0\0IDAT"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 415, wire.Code.BAD_CONTENT_TYPE),
        (b"no picture at all", 415, wire.Code.BAD_CONTENT_TYPE),
        (file_of(LAYER, "TIFF"), 415, wire.Code.BAD_CONTENT_TYPE),
        (b"--boundary\r\nContent-Disposition: form-data\r\n\r\n" + PNG, 415, wire.Code.BAD_CONTENT_TYPE),
        (PNG[: len(PNG) // 2], 400, wire.Code.BAD_MESSAGE),
        (PNG[:20], 400, wire.Code.BAD_MESSAGE),
        (file_of(in_mode(LAYER, "RGB"), "JPEG")[:900], 400, wire.Code.BAD_MESSAGE),
        (file_of(LAYER, "WEBP")[:-200], 400, wire.Code.BAD_MESSAGE),
        (b"\xff\xd8\xff" + bytes(100), 400, wire.Code.BAD_MESSAGE),
        (png_head(8193, 5), 413, wire.Code.TOO_LARGE),
        (png_head(60_000, 60_000), 413, wire.Code.TOO_LARGE),
        (png_head(8000, 8000), 400, wire.Code.BAD_MESSAGE),
        (file_of(np.full((64, 64), 255, np.uint8)), 422, wire.Code.BAD_SKETCH),
        (file_of(np.zeros((8, 8), np.uint8)), 422, wire.Code.BAD_SKETCH),
    ],
    ids=lambda value: f"{len(value)} bytes {value[:4]!r}" if isinstance(value, bytes) else str(value),
)
async def test_a_body_that_cannot_be_used(
    live: Live, session: aiohttp.ClientSession, body: bytes, status: int, code: str
) -> None:
    assert (await refused(session, live, body))[:2] == (status, code)
    assert (await answer_to(session, live, PNG))[0] == 200


async def test_who_is_not_let_in_can_read_why(live: Live, session: aiohttp.ClientSession) -> None:
    assert (await refused(session, live, PNG, Authorization="Bearer wrong"))[:2] == (401, wire.Code.NO_TOKEN)
    assert (await refused(session, live, PNG, Origin="http://localhost"))[:2] == (403, wire.Code.FORBIDDEN)
    assert (await refused(session, live, PNG, Content_Encoding="gzip"))[:2] == (415, wire.Code.BAD_CONTENT_TYPE)
    async with session.get(live.make_url("/v1/face"), headers=live.headers) as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
        assert (await response.json())["code"] == wire.Code.WRONG_METHOD


async def test_weights_that_know_no_colours_say_so(live: Live, session: aiohttp.ClientSession) -> None:
    for options in ({"hair": "black"}, {"seed": "1"}, {"cut_out": "1"}):
        status, code, sentence = await refused(session, live, PNG, options=options)
        assert (status, code) == (422, wire.Code.BAD_SKETCH)
        assert sentence.startswith("These weights")


async def test_its_limits_are_those_of_all_requests(
    serve: Serve, session: aiohttp.ClientSession, weights: Path
) -> None:
    live = await serve(weights, limits=Limits(pixels=64 * 64))
    assert (await answer_to(session, live, file_of(face_lines(64, 64))))[0] == 200
    large = file_of(face_lines(65, 64))
    assert (await refused(session, live, large))[:2] == (413, wire.Code.TOO_LARGE)
    live = await serve(weights, limits=Limits(body=100))
    assert (await refused(session, live, PNG))[:2] == (413, wire.Code.TOO_LARGE)
    live = await serve(weights, limits=Limits(request_s=0.001))
    assert (await refused(session, live, PNG))[:2] == (503, wire.Code.TIMEOUT)
    live = await serve(weights, limits=Limits(per_client=1))
    many = await asyncio.gather(*(answer_to(session, live, PNG, {"client": "me"}) for _ in range(6)))
    assert {status for status, _, _ in many} == {200, 429}
    assert {fields["Retry-After"] for status, _, fields in many if status == 429} == {"1"}


async def test_nothing_is_held_when_it_is_answered(live: Live, session: aiohttp.ClientSession) -> None:
    for body in (PNG, PNG[:200], file_of(np.full((64, 64), 255, np.uint8))):
        await answer_to(session, live, body)
        async with session.get(live.make_url("/v1/metrics"), headers=live.headers) as response:
            lines = (await response.text()).splitlines()
        assert "dfp_held_bytes 0.0" in lines
    assert any(line.startswith('dfp_answers_total{path="/v1/face",status="200"}') for line in lines)
    assert any(line.startswith('dfp_step_seconds_count{kind="batch",step="encode"}') for line in lines)


def test_options_are_a_batch_request_without_its_picture() -> None:
    asked = request_from([("trust", "0.5"), ("client", "me")], "12ab")
    assert asked == wire.GenerateRequest("12ab", 1, 1, "L", bytes(1), batch=True, trust=0.5, client="me")
    assert request_from([("seed", "4294967295")], "12ab").seed == 2**32 - 1


async def test_programs_take_turns_with_their_files() -> None:
    thread, order = FairThread("test"), []

    async def work(client: str) -> None:
        async with thread.turn("", client) as run:
            order.append(client)
            await run(int)

    tasks = [asyncio.create_task(work(client)) for client in "aaaabb"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    thread.close()
    assert "".join(order) == "ababa"
    assert thread.waiting == 0
