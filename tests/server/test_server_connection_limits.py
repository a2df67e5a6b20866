"""Connections that say nothing, by the hundred: whoever asks for something is let in all the same."""

import asyncio
import contextlib
import resource
import socket
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgpack
import pytest
from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.middleware.connection_limits import ConnectionLimiter, LimitedConnection
from server_helpers import Live, Serve, auth, body_of, face_for, face_lines, request_of, running, where
from tls_helpers import TOKEN, Tls, make_tls

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of open files are Unix's")

GOOD = request_of(face_lines(64, 64), "RGBA", id="layer 1")
FILES = 1024


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_tls(tmp_path_factory.mktemp("tls"))


class Silent(threading.Thread):
    """Keeps so many connections open without a word, and opens them again when they are closed."""

    def __init__(self, port: int, count: int):
        super().__init__(daemon=True)
        self._port, self._count = port, count
        self._over = threading.Event()
        self.opened = threading.Event()
        self.start()

    def run(self) -> None:
        held: list[socket.socket] = []
        while not self._over.is_set():
            held = [one for one in held if is_open(one)]
            while len(held) < self._count and not self._over.is_set():
                with contextlib.suppress(OSError):
                    held.append(socket.create_connection(("127.0.0.1", self._port), 1))
                    held[-1].setblocking(False)
            self.opened.set()
            self._over.wait(0.1)
        for one in held:
            one.close()

    def stop(self) -> None:
        self._over.set()
        self.join(20)


def is_open(client: socket.socket) -> bool:
    """Whether the other side has not ended the connection; closes it otherwise."""
    try:
        if client.recv(1000, socket.MSG_PEEK):
            client.recv(1000)
    except BlockingIOError:
        return True
    except OSError:
        pass
    client.close()
    return False


@contextlib.contextmanager
def room_for_sockets(count: int) -> Iterator[None]:
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < count:
        pytest.skip(f"this system allows only {most} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(now, count), most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))


@pytest.mark.parametrize(("remote", "count"), [(True, 1100), (False, 300)], ids=["tls", "loopback"])
def test_silent_connections_keep_nobody_out(tmp_path: Path, tls: Tls, remote: bool, count: int) -> None:
    log = tmp_path / "server.log"
    options = tls.options if remote else ()
    with (
        room_for_sockets(count + 300),
        running("--port", 0, "--weights", tmp_path / "none", "--log", log, *options) as process,
    ):
        port = urlsplit(where(process)).port or 0
        said = {"Authorization": f"Bearer {TOKEN}"} if remote else auth()
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (FILES, FILES))
        silent = Silent(port, count)
        try:
            assert silent.opened.wait(30)
            took, failed = [], 0
            for _ in range(20):
                began = time.monotonic()
                try:
                    assert status_of(port, tls if remote else None, said) == 200
                except (OSError, HTTPException):
                    failed += 1
                took.append(time.monotonic() - began)
        finally:
            silent.stop()
        lines = log.read_text().splitlines()
    print(f"slowest of 20 beside {count} silent ones: {1000 * max(took):.0f} ms, {failed} failed, {len(lines)} lines")
    assert failed <= 1
    assert len(lines) < 50
    assert "Traceback" not in "".join(lines)


def status_of(port: int, tls: Tls | None, said: dict[str, str]) -> int:
    """Health's status, over a connection of its own, as the plugin asks."""
    made = HTTPConnection("127.0.0.1", port, timeout=25)
    if tls is not None:
        made = HTTPSConnection("127.0.0.1", port, timeout=25, context=tls.context)
    with contextlib.closing(made) as http:
        http.request("GET", "/v1/health", headers=said)
        return http.getresponse().status


def test_what_does_not_shake_hands_leaves_no_line(tmp_path: Path, tls: Tls) -> None:
    log = tmp_path / "server.log"
    with running("--port", 0, "--weights", tmp_path / "none", "--log", log, *tls.options) as process:
        port = urlsplit(where(process)).port or 0
        for words in (b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n", bytes(1000)):
            for _ in range(20):
                with socket.create_connection(("127.0.0.1", port), 5) as client:
                    client.sendall(words)
        said = {"Authorization": f"Bearer {TOKEN}"}
        assert status_of(port, tls, said) == 200
        assert "Traceback" not in process.told()
        assert len(log.read_text().splitlines()) < 10


def head_of(live: Live, length: int) -> bytes:
    """The head of a request whose body is announced with this many bytes."""
    return (
        f"POST /v1/generate HTTP/1.1\r\nHost: {live.host}:{live.port}\r\nAuthorization: Bearer {live.token}\r\n"
        f"Content-Type: {wire.CONTENT_TYPE}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def test_who_is_served_is_never_turned_away(serve: Serve, weights: Path) -> None:
    live = await serve(weights, limits=Limits(connections=3))
    body = body_of(GOOD)
    busy = [await asyncio.open_connection(live.host, live.port) for _ in range(3)]
    for _, writer in busy:
        writer.write(head_of(live, len(body)) + body[:100])
        await writer.drain()
    await asyncio.sleep(0.3)
    reader, writer = await asyncio.open_connection(live.host, live.port)
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)).decode().lower()
    error = wire.ErrorAnswer.from_map(msgpack.unpackb(await reader.read()))
    assert " 503 " in head
    assert "retry-after: 1" in head
    assert error.code == wire.Code.BUSY
    writer.close()
    for reader, writer in busy:
        writer.write(body[100:])
        assert b" 200 " in await asyncio.wait_for(reader.readline(), 20)
        writer.close()


async def test_a_kept_connection_makes_room(serve: Serve, weights: Path) -> None:
    """It has been answered, and its program opens another one when it needs it."""
    live = await serve(weights, limits=Limits(connections=2))
    async with aiohttp.ClientSession() as one, aiohttp.ClientSession() as two, aiohttp.ClientSession() as three:
        for session in (one, two, three, one, two, three):
            await face_for(session, live, GOOD)


async def test_metrics_tell_of_connections(serve: Serve, weights: Path) -> None:
    live = await serve(weights, limits=Limits(connections=2))
    silent = [await asyncio.open_connection(live.host, live.port) for _ in range(5)]
    for reader, _ in silent[:3]:
        assert b" 503 " in await asyncio.wait_for(reader.readline(), 20)
    async with (
        aiohttp.ClientSession() as session,
        session.get(live.make_url("/v1/metrics"), headers=live.headers) as response,
    ):
        lines = (await response.text()).splitlines()
    for _, writer in silent:
        writer.close()
    assert "dfp_connections 2.0" in lines
    assert "dfp_turned_away 4.0" in lines


def limiter_of(**limits: int) -> ConnectionLimiter:
    return ConnectionLimiter(Limits(**limits), asyncio.Protocol)


def connection_to(limiter: ConnectionLimiter, address: str = "", serving: bool = False) -> LimitedConnection | None:
    """Another connection from there; None when there is no place."""
    made = LimitedConnection(limiter)
    made.address, made.serving, made.has_asked = address, serving, serving
    return made if limiter.enter(made) else None


def test_one_computer_takes_only_its_share() -> None:
    made = limiter_of(connections=100, per_address=10)
    for _ in range(50):
        assert connection_to(made, "192.0.2.1") is not None, "the oldest of its own gives way"
    assert made.open == 10
    other = limiter_of(connections=100, per_address=10)
    assert all(connection_to(other, "192.0.2.1", serving=True) for _ in range(10))
    assert connection_to(other, "192.0.2.1") is None
    assert connection_to(other, "192.0.2.2") is not None


def test_other_computers_leave_places_for_the_painters_own_plugin() -> None:
    made = limiter_of(connections=16, per_address=4)
    served = [connection_to(made, f"192.0.2.{i}", serving=True) for i in range(20)]
    assert sum(one is not None for one in served) == 14
    assert connection_to(made, serving=True) is not None
    assert connection_to(made, serving=True) is not None
    assert connection_to(made) is None, "all sixteen are being served"


def test_silent_ones_of_others_give_way_before_our_own() -> None:
    made = limiter_of(connections=8, per_address=8)
    ours = [connection_to(made) for _ in range(4)]
    theirs = [connection_to(made, "192.0.2.1") for _ in range(4)]
    for _ in range(4):
        assert connection_to(made, serving=True) is not None
    still = list(made._open)
    assert all(one in still for one in ours)
    assert not any(one in still for one in theirs)
    assert connection_to(made, "192.0.2.2") is None, "others take no place from this computer"
