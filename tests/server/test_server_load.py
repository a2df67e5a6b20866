"""Many programs at once: nothing is lost, every answer belongs to its request, memory does not grow.

Longer: pytest tests/server/test_server_load.py --load-seconds 60
"""

import asyncio
import hashlib
import sys
import time
from collections import Counter
from pathlib import Path

import aiohttp
import msgpack
import numpy as np
import pytest
from dfp_server import wire
from server_helpers import auth, body_of, face_lines, pixels_of, request_of, running, wait_until_ready, where

from dfp import FaceGenerator

CLIENTS = 64
SKETCHES = 8


def sketches() -> list[wire.GenerateRequest]:
    """Requests that are told apart by their faces; every other one waits for those of painters."""
    layers = [np.roll(face_lines(48 + 8 * i, 64), i, axis=0) for i in range(SKETCHES)]
    return [request_of(layer, "RGBA", batch=bool(i % 2)) for i, layer in enumerate(layers)]


def expected(weights: Path, requests: list[wire.GenerateRequest]) -> list[str]:
    """The checksum of each one's face, drawn alone and without a server."""
    generator = FaceGenerator.load(weights, "cpu", "torch")
    layers = [np.frombuffer(r.pixels, np.uint8).reshape(r.height, r.width, 4) for r in requests]
    return [checksum(generator.generate(layer).placed()) for layer in layers]


def checksum(picture: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(picture[..., :3]).tobytes()).hexdigest()


def resident_bytes(pid: int) -> int:
    """The memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


class Crowd:
    """Clients that ask again as soon as they are answered."""

    def __init__(self, address: str, weights: Path):
        self._url, self._headers = f"{address}/v1/generate", {**auth(), "Content-Type": wire.CONTENT_TYPE}
        self._requests = sketches()
        self._checksums = expected(weights, self._requests)
        self.answers: Counter[str] = Counter()

    async def ask(self, seconds: float) -> None:
        """Let all of them ask for so long; returns when the last is answered."""
        end = time.monotonic() + seconds
        # A request that never ends is one that is lost.
        limit = aiohttp.ClientTimeout(total=60)
        connector = aiohttp.TCPConnector(limit=CLIENTS)
        async with aiohttp.ClientSession(connector=connector, timeout=limit) as session:
            await asyncio.gather(*(self._client(session, number, end) for number in range(CLIENTS)))

    async def _client(self, session: aiohttp.ClientSession, number: int, end: float) -> None:
        turn = 0
        while time.monotonic() < end:
            turn += 1
            which = (number + turn) % SKETCHES
            id = f"{number}-{turn}"
            body = body_of(self._requests[which], id=id, client=f"client {number}")
            async with session.post(self._url, data=body, headers=self._headers) as response:
                message = msgpack.unpackb(await response.read())
            # What is refused before it is read has no id.
            assert message["id"] == id or (response.status == 503 and message["id"] == "")
            assert response.status in (200, 503), message
            self.answers["face" if response.status == 200 else message["code"]] += 1
            if response.status == 200:
                assert checksum(pixels_of(wire.GenerateAnswer.from_map(message))) == self._checksums[which]
            else:
                await asyncio.sleep(0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("queue", [256, 8])
async def test_64_clients(weights: Path, request: pytest.FixtureRequest, queue: int) -> None:
    seconds = request.config.option.load_seconds / 2
    options = ("--device", "cpu", "--runtime", "torch", "--weights", weights, "--max-queue", queue)
    with running("--port", 0, *options) as process:
        address = where(process)
        wait_until_ready(address)
        crowd = Crowd(address, weights)
        await crowd.ask(seconds / 2)
        before, faces = resident_bytes(process.pid), crowd.answers["face"]
        await crowd.ask(seconds)
        grown = resident_bytes(process.pid) / before
        assert process.poll() is None
    print(f"queue {queue}: {dict(crowd.answers)}, memory x {grown:.3f}")
    assert crowd.answers["face"] > faces
    assert set(crowd.answers) <= {"face", wire.Code.BUSY}
    assert (wire.Code.BUSY in crowd.answers) == (queue < CLIENTS)
    assert grown < 1.05
