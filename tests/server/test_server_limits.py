"""How much the server takes, and what it says to more."""

import asyncio
import logging
import socket
import time
from pathlib import Path

import aiohttp
import msgpack
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.config import Limits
from server_helpers import (
    PATIENCE_S,
    Live,
    Serve,
    ask,
    body_of,
    exit_of,
    face_for,
    face_lines,
    in_mode,
    request_of,
    running,
)

GOOD = request_of(face_lines(64, 64), "RGBA", id="layer 1")
# Long beside what an upload takes on a busy computer, short beside a tester's patience.
UPLOAD_S = 1.5
SLOW = np.full((4096, 4096), 255, np.uint8)
SLOW[1000:3000, 1000:1010] = SLOW[1000:3000, 3000:3010] = 0


async def raw_answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], wire.ErrorAnswer]:
    """Status, header fields in lower case, and the message of the next answer on a connection."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)).decode().split("\r\n")
    fields = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(fields["content-length"]))
    return int(head[0].split()[1]), fields, wire.ErrorAnswer.from_map(msgpack.unpackb(body))


def head_of(live: Live, length: int) -> bytes:
    """The head of a request whose body is announced with this many bytes."""
    return (
        f"POST /v1/generate HTTP/1.1\r\nHost: {live.host}:{live.port}\r\nAuthorization: Bearer {live.token}\r\n"
        f"Content-Type: {wire.CONTENT_TYPE}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


@pytest.mark.parametrize("limits", [Limits(body=20_000), Limits(pixels=64 * 64)])
async def test_a_body_above_the_limit(
    serve: Serve, session: aiohttp.ClientSession, weights: Path, limits: Limits
) -> None:
    live = await serve(weights, limits=limits)
    await face_for(session, live, GOOD)
    status, message = await ask(session, live, body_of(request_of(face_lines(256, 256), "RGBA")))
    assert (status, message["code"]) == (413, wire.Code.TOO_LARGE)
    assert "megapixels" in message["message"]


async def test_pixels_above_the_limit_in_a_body_below_it(
    serve: Serve, session: aiohttp.ClientSession, weights: Path
) -> None:
    live = await serve(weights, limits=Limits(pixels=64 * 64))
    status, message = await ask(session, live, body_of(request_of(np.zeros((65, 64), np.uint8), "L")))
    assert (status, message["code"], message["id"]) == (413, wire.Code.TOO_LARGE, "test")


async def test_a_queue_that_is_full(serve: Serve, session: aiohttp.ClientSession, weights: Path) -> None:
    live = await serve(weights, limits=Limits(queue=2))
    slow = [asyncio.create_task(ask(session, live, body_of(request_of(SLOW, "L", id=str(i))))) for i in range(6)]
    answers = await asyncio.gather(*slow)
    refused = [message for status, message in answers if status == 503]
    assert refused
    assert all(message["code"] == wire.Code.BUSY for message in refused)
    assert [message["id"] for status, message in answers if status == 200]
    await face_for(session, live, GOOD)


async def test_memory_for_all_requests_together(serve: Serve, weights: Path, session: aiohttp.ClientSession) -> None:
    live = await serve(weights, limits=Limits(memory=100_000))
    _, first = await asyncio.open_connection(live.host, live.port)
    first.write(head_of(live, 90_000))
    await first.drain()
    await until_refused(session, live)
    first.transport.abort()
    await until_accepted(session, live)


async def test_requests_of_one_client(serve: Serve, session: aiohttp.ClientSession, weights: Path) -> None:
    live = await serve(weights, limits=Limits(per_client=1))
    body = body_of(request_of(SLOW, "L", client="krita"))
    answers = await asyncio.gather(*(ask(session, live, body) for _ in range(6)))
    assert {status for status, _ in answers} == {200, 429}
    assert {message["code"] for status, message in answers if status == 429} == {wire.Code.TOO_MANY}
    assert (await ask(session, live, body_of(GOOD, client="krita")))[0] == 200


async def test_a_request_that_takes_too_long(serve: Serve, session: aiohttp.ClientSession, weights: Path) -> None:
    live = await serve(weights, limits=Limits(request_s=0.01))
    status, message = await ask(session, live, body_of(request_of(SLOW, "L", id="large")))
    assert (status, message["code"], message["id"]) == (503, wire.Code.TIMEOUT, "large")


@pytest.mark.parametrize("sent", ["nothing", "half a head", "half a body", "a body in drops"])
async def test_what_does_not_come_whole_in_time(
    serve: Serve, session: aiohttp.ClientSession, weights: Path, sent: str
) -> None:
    live = await serve(weights, limits=Limits(upload_s=UPLOAD_S))
    body = body_of(GOOD)
    reader, writer = await asyncio.open_connection(live.host, live.port)
    began = time.monotonic()
    if sent == "half a head":
        writer.write(head_of(live, len(body))[:50])
    elif sent != "nothing":
        writer.write(head_of(live, len(body)) + body[: len(body) // 2])
    if sent == "a body in drops":
        for drop in range(10):
            writer.write(body[drop : drop + 1])
            await asyncio.sleep(UPLOAD_S / 6)
    status, _, error = await raw_answer(reader)
    assert (status, error.code) == (408, wire.Code.TOO_SLOW)
    assert time.monotonic() - began >= 0.9 * UPLOAD_S
    writer.close()
    await face_for(session, live, GOOD)


async def test_a_kept_connection_is_not_cut_while_it_draws_or_waits(
    serve: Serve, session: aiohttp.ClientSession, weights: Path
) -> None:
    live = await serve(weights, limits=Limits(upload_s=UPLOAD_S))
    for pause in (0.0, 1.5 * UPLOAD_S, 0.0):
        await asyncio.sleep(pause)
        await face_for(session, live, request_of(SLOW, "L"))


def large_answer_begun(live: Live) -> socket.socket:
    """A connection over which 16 MiB of a face come, more than the system holds back by itself."""
    body = body_of(request_of(in_mode(face_lines(2048, 2048), "L"), "L"), frame=(0, 0, 2048, 2048))
    client = socket.create_connection((live.host, live.port), 20)
    client.sendall(head_of(live, len(body)) + body)
    client.recv(1, socket.MSG_PEEK)
    return client


async def test_an_answer_that_nobody_takes(serve: Serve, weights: Path) -> None:
    live = await serve(weights, limits=Limits(download_s=0.5, connections=2))
    with await asyncio.to_thread(large_answer_begun, live) as client:
        async with aiohttp.ClientSession() as session:
            # The answer waits on the server's side, and nobody else is kept from being served.
            await face_for(session, live, GOOD)
            await asyncio.sleep(1.0)
            # What the system has taken off the server still comes, and then the end.
            assert await asyncio.to_thread(read_away, client) < 4 * 2048**2
            await face_for(session, live, GOOD)


async def test_an_answer_that_is_taken_slowly_comes_whole(serve: Serve, weights: Path) -> None:
    live = await serve(weights, limits=Limits(upload_s=UPLOAD_S))
    with await asyncio.to_thread(large_answer_begun, live) as client:
        await asyncio.sleep(2 * UPLOAD_S)
        assert await asyncio.to_thread(read_away, client, 4 * 2048**2) > 4 * 2048**2


def read_away(client: socket.socket, at_least: int = 2**62) -> int:
    """Read until the connection ends or so many bytes have come; how many it were."""
    read = 0
    while read <= at_least and (more := client.recv(2**20)):
        read += len(more)
    return read


@pytest.mark.parametrize("read", [0, 100_000], ids=["nothing", "a part"])
async def test_a_client_that_leaves_in_the_middle_of_its_answer(
    live: Live, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture, read: int
) -> None:
    with await asyncio.to_thread(large_answer_begun, live) as client:
        client.recv(read)
    await face_for(session, live, GOOD)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("option", ["--max-queue=0", "--max-body=-1", "--max-upload-s=nan", "--max-pixels=many"])
def test_what_is_no_limit(option: str) -> None:
    with running(option) as process:
        code, _, err = exit_of(process)
    assert code == 2
    assert "above 0" in err


async def until_refused(session: aiohttp.ClientSession, live: Live) -> None:
    """Ask until the server is too busy."""
    deadline = time.monotonic() + PATIENCE_S
    while (await ask(session, live, body_of(GOOD)))[1].get("code") != wire.Code.BUSY:
        assert time.monotonic() < deadline


async def until_accepted(session: aiohttp.ClientSession, live: Live) -> None:
    """Ask until a face comes."""
    deadline = time.monotonic() + PATIENCE_S
    while (await ask(session, live, body_of(GOOD)))[0] != 200:
        assert time.monotonic() < deadline
