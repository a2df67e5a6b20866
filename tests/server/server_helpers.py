"""What the server's tests share: sketches, messages, and a server in a process of its own."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import cv2
import msgpack
import numpy as np
from aiohttp.test_utils import TestServer

import server
from server import wire

CODE = Path(server.__file__).parents[1]
LINE = "DeepFacePencil server listening on "
PATIENCE_S = 60.0

Serve = Callable[[Path], Awaitable[TestServer]]


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


async def ask(
    session: aiohttp.ClientSession, live: TestServer, body: Any, **headers: str
) -> tuple[int, dict[str, Any]]:
    """POST /v1/generate: the status and the unpacked message."""
    data = io.BytesIO(body) if isinstance(body, bytes) else body
    headers = {
        "Content-Type": wire.CONTENT_TYPE,
        **{name.replace("_", "-"): text for name, text in headers.items()},
    }
    async with session.post(live.make_url("/v1/generate"), data=data, headers=headers) as response:
        assert response.content_type == wire.CONTENT_TYPE
        return response.status, msgpack.unpackb(await response.read())


async def face_for(
    session: aiohttp.ClientSession, live: TestServer, request: wire.GenerateRequest
) -> wire.GenerateAnswer:
    """The checked answer to a request that can be answered."""
    status, message = await ask(session, live, body_of(request))
    assert status == 200, message
    return wire.GenerateAnswer.from_map(message)


async def health_at(session: aiohttp.ClientSession, live: TestServer) -> wire.Health:
    """GET /v1/health."""
    async with session.get(live.make_url("/v1/health")) as response:
        return wire.Health.from_map(msgpack.unpackb(await response.read()))


@contextmanager
def running(*arguments: object, stdin: int = subprocess.DEVNULL, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """`python -m server` with these arguments; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server", *map(str, arguments)],
        cwd=CODE,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def where(process: subprocess.Popen[str]) -> str:
    """The address that the server says it listens at."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(LINE), line
    return line[len(LINE) :].strip()


def exit_of(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end: exit code, rest of stdout, stderr."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def until(happened: Any, what: str) -> None:
    """Wait until happened() is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)
