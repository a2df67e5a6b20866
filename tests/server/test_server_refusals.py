"""What the server refuses, and that it says so in the wire format with a sentence."""

import asyncio
import io
import logging
import pickle
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import msgpack
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.middleware.auth import is_loopback, may_be_called
from safetensors import safe_open
from safetensors.numpy import save_file
from server_helpers import Live, Serve, ask, body_of, face_for, face_lines, health_at, request_of

GOOD = request_of(face_lines(64, 64), "RGBA", id="layer 1")


def assert_sentence(message: dict[str, Any]) -> wire.ErrorAnswer:
    """An ErrorAnswer that a painter can read."""
    error = wire.ErrorAnswer.from_map(message)
    assert error.message[0].isupper()
    assert error.message.endswith(".")
    assert "Traceback" not in error.message
    assert len(error.message) < 400
    return error


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"{}",
        b"not msgpack at all",
        b"\x81\xa2id",
        body_of(GOOD)[:-1],
        body_of(GOOD) + b"\x00",
        msgpack.packb([1, 2]),
        msgpack.packb({1: 2}),
        msgpack.packb({b"id": "x"}),
        msgpack.packb({"id": msgpack.ExtType(5, b"abc")}),
        b"\x81\xa2id\xa2\xff\xfe",
        b"\x91" * 100_000,
        b"\xdd" + struct.pack(">I", 2**32 - 1),
        b"\xdf" + struct.pack(">I", 2**32 - 1),
        b"\xc6" + struct.pack(">I", 2**32 - 1),
    ],
    ids=lambda body: f"{len(body)} bytes {body[:6]!r}",
)
async def test_a_body_that_is_no_message(live: Live, session: aiohttp.ClientSession, body: bytes) -> None:
    status, message = await ask(session, live, body)
    assert status == 400
    assert assert_sentence(message).code == wire.Code.BAD_MESSAGE
    await face_for(session, live, GOOD)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"width": 63}, "63x64"),
        ({"width": 65}, "65x64"),
        ({"width": 0}, "width"),
        ({"width": -64, "height": -64}, "width"),
        ({"width": True, "height": 1}, "width"),
        ({"width": 64.0}, "width"),
        ({"height": "64"}, "height"),
        ({"height": 8193}, "8192"),
        ({"height": 2**63}, "8192"),
        ({"mode": "CMYK"}, "mode"),
        ({"mode": [1]}, "mode"),
        ({"mode": "RGB"}, "RGB"),
        ({"pixels": "text"}, "pixels"),
        ({"pixels": b""}, "pixels"),
        ({"pixels": None}, "missing field: pixels"),
        ({"id": None, "mode": None}, "missing field: id, mode"),
        ({"id": ""}, "id"),
        ({"id": "x" * 129}, "id"),
        ({"id": 5}, "id"),
        ({"attention": 1}, "attention"),
        ({"batch": 1}, "batch"),
        ({"client": 5}, "client"),
        ({"client": "x" * 129}, "client"),
        ({"channel": b"x"}, "channel"),
        ({"frame": [0, 0, 64]}, "frame"),
        ({"frame": [0, 0, 64, 0]}, "frame"),
        ({"frame": [0, 0, 64, 9000]}, "frame"),
        ({"frame": [-9000, 0, 64, 64]}, "frame"),
        ({"frame": ["a", 0, 64, 64]}, "frame"),
        ({"frame": {"left": 0}}, "frame"),
        ({"client": {}}, "client must be a text"),
        ({"channel": ["x"]}, "channel must be a text"),
    ],
    ids=str,
)
async def test_a_message_with_a_wrong_field(
    live: Live, session: aiohttp.ClientSession, changed: dict[str, Any], told: str
) -> None:
    status, message = await ask(session, live, body_of(GOOD, **changed))
    error = assert_sentence(message)
    assert (status, error.code) == (400, wire.Code.BAD_MESSAGE)
    assert told in error.message
    if "id" not in changed:
        assert error.id == "layer 1"


async def test_a_client_that_is_nothing_is_not_told_of_letters(live: Live, session: aiohttp.ClientSession) -> None:
    status, message = await ask(session, live, msgpack.packb({**GOOD.to_map(), "client": None}))
    error = assert_sentence(message)
    assert status == 400
    assert "client must be a text" in error.message
    assert "If it came from the plugin" in error.message, "any program may have sent it"


@pytest.mark.parametrize("version", [0, 2, "1", 1.5, True, [1], "x" * 400], ids=str)
async def test_a_version_that_is_not_known(live: Live, session: aiohttp.ClientSession, version: Any) -> None:
    body = body_of(GOOD, version=version, field_of_that_version=1)
    status, message = await ask(session, live, body)
    error = assert_sentence(message)
    assert (status, error.code, error.id) == (400, wire.Code.UNKNOWN_VERSION, "layer 1")
    assert "only version 1" in error.message


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "application/octet-stream"])
async def test_another_content_type(live: Live, session: aiohttp.ClientSession, content_type: str) -> None:
    status, message = await ask(session, live, body_of(GOOD), Content_Type=content_type)
    assert (status, assert_sentence(message).code) == (415, wire.Code.BAD_CONTENT_TYPE)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "nonsense"])
@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
async def test_a_compressed_body(live: Live, session: aiohttp.ClientSession, encoding: str, damaged: bool) -> None:
    body = b"\x1f\x8b\x08\x00" if damaged else zlib.compress(body_of(GOOD))
    reader, writer = await asyncio.open_connection(live.host, live.port)
    writer.write(
        head_of(live, len(body)).removesuffix(b"\r\n") + f"Content-Encoding: {encoding}\r\n\r\n".encode() + body
    )
    status = await asyncio.wait_for(reader.readline(), 5)
    # A codec that is not installed here is the parser's to refuse.
    assert status.split()[1] in (b"415", b"400")
    writer.close()
    assert (await ask(session, live, body_of(GOOD)))[0] == 200


@pytest.mark.parametrize(
    "request_",
    [
        request_of(np.zeros((64, 64, 4), np.uint8), "RGBA", id="layer 2"),
        request_of(np.full((64, 64), 255, np.uint8), "L", id="layer 2"),
        request_of(np.zeros((1, 1, 4), np.uint8), "BGRA", id="layer 2"),
        request_of(face_lines(64, 64), "RGBA", id="layer 2", frame=(1000, 1000, 64, 64)),
        request_of(face_lines(64, 64), "RGBA", id="layer 2", frame=(0, 0, 4, 4)),
    ],
    ids=["transparent", "white paper", "1x1", "frame outside", "frame around nothing"],
)
async def test_a_sketch_that_nothing_can_be_drawn_from(
    live: Live, session: aiohttp.ClientSession, request_: wire.GenerateRequest
) -> None:
    status, message = await ask(session, live, body_of(request_))
    error = assert_sentence(message)
    assert (status, error.code, error.id) == (422, wire.Code.BAD_SKETCH, "layer 2")


async def test_a_body_that_says_it_is_too_large_is_not_waited_for(live: Live) -> None:
    reader, writer = await asyncio.open_connection(live.host, live.port)
    writer.write(head_of(live, wire.MAX_BODY + 1))
    status = await asyncio.wait_for(reader.readline(), 5)
    assert b" 413 " in status
    fields = await reader.readuntil(b"\r\n\r\n")
    length = int(fields.lower().split(b"content-length:")[1].split()[0])
    assert assert_sentence(msgpack.unpackb(await reader.readexactly(length))).code == wire.Code.TOO_LARGE
    writer.close()


async def test_a_body_that_turns_out_too_large(live: Live, session: aiohttp.ClientSession) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(wire.MAX_BODY // 2**22 + 2):
            yield bytes(2**22)

    status, message = await ask(session, live, endless())
    assert (status, assert_sentence(message).code) == (413, wire.Code.TOO_LARGE)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:7878"])
async def test_web_pages(live: Live, session: aiohttp.ClientSession, origin: str) -> None:
    status, message = await ask(session, live, body_of(GOOD), Origin=origin)
    assert (status, assert_sentence(message).code) == (403, wire.Code.FORBIDDEN)
    async with session.get(live.make_url("/v1/health"), headers={**live.headers, "Origin": origin}) as response:
        assert response.status == 403


async def test_web_pages_that_point_their_name_here(live: Live, session: aiohttp.ClientSession) -> None:
    status, message = await ask(session, live, body_of(GOOD), Host=f"evil.example:{live.port}")
    assert (status, assert_sentence(message).code) == (403, wire.Code.FORBIDDEN)
    status, _ = await ask(session, live, body_of(GOOD), Host=f"localhost:{live.port}")
    assert status == 200


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1:7878", True),
        ("127.9.9.9", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:7878", True),
        ("", False),
        ("0.0.0.0:7878", False),
        ("192.168.1.5", False),
        ("localhost.evil.example", False),
        ("evil.example@127.0.0.1.evil.example", False),
        ("[::", False),
        ("::1", False),
    ],
)
def test_what_a_loopback_host_is(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback


@pytest.mark.parametrize(
    ("host", "welcome"),
    [
        ("localhost:1", True),
        ("192.168.1.5:7878", True),
        ("[fe80::1]:1", True),
        ("studio.local:7878", True),
        ("STUDIO.local", True),
        ("evil.example", False),
        ("", False),
    ],
)
def test_what_a_server_for_others_may_be_called(host: str, welcome: bool) -> None:
    assert may_be_called(host, ("Studio.local",)) == welcome


@pytest.mark.parametrize(
    "said",
    ["", "Bearer ", "Bearer", "Bearer wrong", "Basic x", "Basic {token}", "{token}", "bearer {token}x", "Bearer\xff"],
)
async def test_programs_that_do_not_know_the_token(live: Live, session: aiohttp.ClientSession, said: str) -> None:
    status, message = await ask(session, live, body_of(GOOD), Authorization=said.format(token=live.token))
    assert (status, assert_sentence(message).code) == (401, wire.Code.NO_TOKEN)
    async with session.get(live.make_url("/v1/health")) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("said", ["bearer {token}", "BEARER {token}", "Bearer   {token} "])
async def test_the_kind_of_token_is_said_in_any_letters(live: Live, session: aiohttp.ClientSession, said: str) -> None:
    assert (await ask(session, live, body_of(GOOD), Authorization=said.format(token=live.token)))[0] == 200


async def test_who_is_no_plugin_is_told_more_than_to_install_one(live: Live, session: aiohttp.ClientSession) -> None:
    _, message = await ask(session, live, body_of(GOOD), Authorization="Bearer wrong")
    assert "Other programs" in assert_sentence(message).message
    for body in (b"no msgpack", body_of(GOOD, width=-1)):
        _, message = await ask(session, live, body)
        assert "If it came from the plugin" in assert_sentence(message).message


async def test_a_wrong_name_is_told(live: Live, session: aiohttp.ClientSession) -> None:
    _, message = await ask(session, live, body_of(GOOD), Host="dfp")
    assert "'dfp'" in assert_sentence(message).message
    assert "127.0.0.1 or localhost" in message["message"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, wire.Code.NOT_FOUND),
        ("POST", "/v2/generate", 404, wire.Code.NOT_FOUND),
        ("GET", "/v1/health/../../etc/passwd", 404, wire.Code.NOT_FOUND),
        ("GET", "/v1/generate", 405, wire.Code.WRONG_METHOD),
        ("DELETE", "/v1/health", 405, wire.Code.WRONG_METHOD),
    ],
)
async def test_paths_and_methods(
    live: Live, session: aiohttp.ClientSession, method: str, path: str, status: int, code: str
) -> None:
    async with session.request(method, live.make_url(path), headers=live.headers) as response:
        assert response.status == status
        assert assert_sentence(msgpack.unpackb(await response.read())).code == code
        assert ("Allow" in response.headers) == (status == 405)


async def test_a_client_that_leaves_in_the_middle_of_its_upload(
    live: Live, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    body = body_of(GOOD)
    for sent in (0, 10, len(body) // 2):
        _, writer = await asyncio.open_connection(live.host, live.port)
        writer.write(head_of(live, len(body)) + body[:sent])
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.transport.abort()
    await face_for(session, live, GOOD)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def cut_off(weights: Path, path: Path) -> None:
    path.write_bytes(weights.read_bytes()[:-1000])


def of_another_network(_: Path, path: Path) -> None:
    save_file({"conv.weight": np.zeros((3, 3), np.float32)}, path)


def changed(weights: Path, path: Path, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """A copy of the weights with a change to one of its tensors."""
    with safe_open(weights, framework="np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = file.metadata()
    last = sorted(tensors)[-1]
    save_file({**tensors, last: np.ascontiguousarray(change(tensors[last]))}, path, metadata=facts)


def of_another_shape(weights: Path, path: Path) -> None:
    changed(weights, path, lambda tensor: np.stack([tensor, tensor]))


def with_no_number(weights: Path, path: Path) -> None:
    changed(weights, path, lambda tensor: np.full_like(tensor, np.nan))


class Trap:
    """What does something when it is unpickled."""

    def __init__(self, sprung: Path):
        self._sprung = sprung

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._sprung,)


def a_pickle(_: Path, path: Path) -> None:
    path.write_bytes(pickle.dumps(Trap(path.with_name("sprung"))))


def no_weights(_: Path, path: Path) -> None:
    path.write_bytes(b"\x80\x04not safetensors")


def absent(_: Path, path: Path) -> None:
    pass


WRONG_WEIGHTS = [cut_off, of_another_network, of_another_shape, with_no_number, a_pickle, no_weights, absent]


@pytest.mark.parametrize("spoil", WRONG_WEIGHTS)
async def test_weights_that_cannot_be_used(
    serve: Serve, session: aiohttp.ClientSession, weights: Path, tmp_path: Path, spoil: Any
) -> None:
    spoil(weights, tmp_path / "spoilt.safetensors")
    live = await serve(tmp_path / "spoilt.safetensors")
    health = await health_at(session, live)
    assert (health.state, health.model, health.device) == (wire.State.FAILED, "", "")
    assert "spoilt.safetensors" in health.message
    url, headers = live.make_url("/v1/generate"), {**live.headers, "Content-Type": wire.CONTENT_TYPE}
    async with session.post(url, data=io.BytesIO(body_of(GOOD)), headers=headers) as response:
        assert response.status == 503
        assert "Retry-After" not in response.headers
        error = assert_sentence(msgpack.unpackb(await response.read()))
    assert (error.code, error.message) == (wire.Code.FAILED, health.message)
    assert not (tmp_path / "sprung").exists()


def head_of(live: Live, length: int) -> bytes:
    """The head of a request whose body is announced with this many bytes."""
    return (
        f"POST /v1/generate HTTP/1.1\r\nHost: {live.host}:{live.port}\r\n"
        f"Authorization: Bearer {live.token}\r\n"
        f"Content-Type: {wire.CONTENT_TYPE}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
