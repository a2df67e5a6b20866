"""What the server's tests share: sketches, messages, and a server in a process of its own."""

import asyncio
import io
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import cv2
import dfp_server
import msgpack
import numpy as np
from aiohttp import web
from dfp_server import wire

CODE = Path(dfp_server.__file__).parents[1]
LINE = "DeepFacePencil server listening on "
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Live:
    """A server that runs in the test's own loop."""

    host: str
    port: int
    app: web.Application
    token: str

    def make_url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    @property
    def headers(self) -> dict[str, str]:
        """What a program says that knows the token."""
        return {"Authorization": f"Bearer {self.token}"}


Serve = Callable[..., Awaitable[Live]]


def face_lines(height: int, width: int) -> np.ndarray:
    """RGBA layer, H x W x 4: a reddish face, drawn on nothing."""
    layer = np.zeros((height, width, 4), np.uint8)
    side = min(height, width)
    thick, ink = max(1, side // 128), (90, 30, 10, 255)
    x, y = width // 2, height // 2
    cv2.ellipse(layer, (x, y), (side // 4, side // 3), 0, 0, 360, ink, thick)
    for eye in (-1, 1):
        cv2.ellipse(layer, (x + eye * side // 10, y - side // 12), (side // 20, side // 40), 0, 0, 360, ink, thick)
    cv2.line(layer, (x - side // 12, y + side // 6), (x + side // 12, y + side // 6), ink, thick)
    return layer


def in_mode(layer: np.ndarray, mode: str) -> np.ndarray:
    """The RGBA layer as the pixels of another mode; where there is no alpha, on white paper."""
    if mode == "RGBA":
        return layer
    if mode == "BGRA":
        return np.ascontiguousarray(layer[..., [2, 1, 0, 3]])
    rgb = np.where(layer[..., 3:] > 0, layer[..., :3], np.uint8(255))
    return rgb if mode == "RGB" else cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def request_of(pixels: np.ndarray, mode: str, **fields: Any) -> wire.GenerateRequest:
    """A request for pixels that are laid out as the mode says."""
    height, width = pixels.shape[:2]
    return wire.GenerateRequest(
        **{"id": "test", **fields}, width=width, height=height, mode=mode, pixels=pixels.tobytes()
    )


def body_of(request: wire.GenerateRequest, **changed: Any) -> bytes:
    """The packed request, after changes that make it wrong; a change to None takes the field out."""
    fields = {**request.to_map(), **changed}
    return msgpack.packb({key: value for key, value in fields.items() if value is not None}) or b""


def pixels_of(answer: wire.GenerateAnswer) -> np.ndarray:
    """The answer's picture, H x W x 4."""
    return np.frombuffer(answer.pixels, np.uint8).reshape(answer.height, answer.width, 4)


async def ask(session: aiohttp.ClientSession, live: Live, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    """POST /v1/generate: the status and the unpacked message."""
    data = io.BytesIO(body) if isinstance(body, bytes) else body
    headers = {
        **live.headers,
        "Content-Type": wire.CONTENT_TYPE,
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    async with session.post(live.make_url("/v1/generate"), data=data, headers=headers) as response:
        assert response.content_type == wire.CONTENT_TYPE
        return response.status, msgpack.unpackb(await response.read())


async def face_for(session: aiohttp.ClientSession, live: Live, request: wire.GenerateRequest) -> wire.GenerateAnswer:
    """The checked answer to a request that can be answered."""
    status, message = await ask(session, live, body_of(request))
    assert status == 200, message
    return wire.GenerateAnswer.from_map(message)


async def health_at(session: aiohttp.ClientSession, live: Live) -> wire.Health:
    """GET /v1/health."""
    async with session.get(live.make_url("/v1/health"), headers=live.headers) as response:
        return wire.Health.from_map(msgpack.unpackb(await response.read()))


class Program(subprocess.Popen[str]):
    """`python -m dfp_server` with these arguments. It ends with this process, however that ends.

    What it says on stderr goes into a file: nobody has to read it for the program to go on. What it says on stdout
    can be read, unless that is a file, too.
    """

    def __init__(self, *arguments: object, stdout: str = "", **environment: str):
        handle, name = tempfile.mkstemp()
        self._told = Path(name)
        into = open(stdout, "w") if stdout else None  # noqa: SIM115
        super().__init__(
            [sys.executable, "-m", "dfp_server", *map(str, arguments), "--exit-with-stdin"],
            cwd=CODE,
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
            stdin=subprocess.PIPE,
            stdout=into or subprocess.PIPE,
            stderr=handle,
            text=True,
        )
        os.close(handle)
        if into is not None:
            into.close()

    def told(self) -> str:
        """What it has said on stderr so far."""
        return self._told.read_text(encoding="utf-8")

    def end(self) -> None:
        """End it if it still runs, and forget it."""
        self.kill()
        self.communicate(timeout=PATIENCE_S)
        self._told.unlink()


@contextmanager
def running(*arguments: object, stdout: str = "", **environment: str) -> Iterator[Program]:
    """`python -m dfp_server` with these arguments; killed at the end if it still runs."""
    process = Program(*arguments, stdout=stdout, **environment)
    try:
        yield process
    finally:
        process.end()


@contextmanager
def killed_late(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Kill the process when the block takes too long: what waits for its output then gets the end of it."""
    timer = threading.Timer(PATIENCE_S, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def where(process: "subprocess.Popen[str]") -> str:
    """The address that the server says it listens at."""
    assert process.stdout is not None
    with killed_late(process):
        line = process.stdout.readline()
    assert line.startswith(LINE), (line, process.told() if isinstance(process, Program) else "")
    return line[len(LINE) :].strip()


def exit_of(process: Program) -> tuple[int, str, str]:
    """Wait for the end: exit code, rest of stdout, stderr."""
    assert process.stdout is not None
    process.wait(PATIENCE_S)
    return process.returncode, process.stdout.read(), process.told()


def until(happened: Callable[[], object], what: str) -> None:
    """Wait until happened() is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)


async def soon(happened: Callable[[], object], what: str) -> None:
    """Let the loop go on until happened() is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        await asyncio.sleep(0.01)


class UnixConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str):
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(self._path)


def connection(address: str) -> HTTPConnection:
    """A connection to the address that a server printed."""
    if address.startswith("unix:"):
        return UnixConnection(address.removeprefix("unix:"))
    parts = urlsplit(address)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)


def auth() -> dict[str, str]:
    """What a program says that has read the token of the server that runs."""
    discovery = wire.read_discovery(wire.discovery_path())
    assert discovery is not None
    return {"Authorization": f"Bearer {discovery.token}"}


def get_health(address: str) -> wire.Health:
    http = connection(address)
    http.request("GET", "/v1/health", headers=auth())
    health = wire.Health.from_map(msgpack.unpackb(http.getresponse().read()))
    http.close()
    return health


def post(address: str, body: bytes) -> tuple[int, dict[str, Any], str | None]:
    """Status, message and Retry-After."""
    http = connection(address)
    http.request("POST", "/v1/generate", body, {**auth(), "Content-Type": wire.CONTENT_TYPE})
    response = http.getresponse()
    message = msgpack.unpackb(response.read())
    http.close()
    return response.status, message, response.getheader("Retry-After")


@contextmanager
def ready(*arguments: object) -> Iterator[tuple[Program, str]]:
    """A server that draws on the processor, loaded, at a free port; and its address."""
    with running("--port", 0, "--device", "cpu", "--runtime", "torch", *arguments) as process:
        address = where(process)
        wait_until_ready(address)
        yield process, address


def metric(address: str, name: str) -> float:
    """What GET /v1/metrics says of this name."""
    http = connection(address)
    http.request("GET", "/v1/metrics", headers=auth())
    lines = http.getresponse().read().decode().splitlines()
    http.close()
    return next(float(line.split()[1]) for line in lines if line.startswith(name + " "))


def wait_until_ready(address: str) -> None:
    until(lambda: get_health(address).state != wire.State.LOADING, "the model was loaded")
    assert get_health(address).state in (wire.State.READY, wire.State.BUSY)
