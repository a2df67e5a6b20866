"""What `dfp-server bench` measures with: a server of its own, clients, and a program that keeps a core busy."""

import asyncio
import contextlib
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import msgpack

from dfp_server import wire
from dfp_server.bench.figures import Sample
from dfp_server.errors import BenchError

CODE = Path(__file__).parents[2]
LINE = "DeepFacePencil server listening on "
READY_S = 120.0
RSS = "process_resident_memory_bytes"
WORK = "prepare", "model", "place"
LIVE, BATCH, VARIANTS = "live", "batch", "variants"  # kinds of requests
# Ends when its standard input does, so that it cannot outlive this program.
BUSY_LOOP = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True: pass
"""


@dataclass(frozen=True)
class Target:
    """A server that runs: its port, its token, and the seconds from its start until it was ready."""

    port: int
    token: str
    ready_s: float
    device: str


@contextlib.asynccontextmanager
async def server(options: list[str]) -> AsyncIterator[Target]:
    """A server in a process of its own, apart from the one that the painter may have running. Raises BenchError."""
    with tempfile.TemporaryDirectory() as folder:
        private = "LOCALAPPDATA" if os.name == "nt" else "XDG_RUNTIME_DIR"
        log = Path(folder, "log")
        command = [sys.executable, "-m", "dfp_server", "--port", "0", "--exit-with-stdin", "--log", str(log), *options]
        began = time.perf_counter()
        # It ends when its standard input does, so it cannot outlive this program.
        process = subprocess.Popen(
            command,
            cwd=CODE,
            env={**os.environ, private: folder},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = await asyncio.to_thread(process.stdout.readline)
            if not line.startswith(LINE):
                raise BenchError("The server did not start. Start `dfp-server --port 0` in a terminal to see why.")
            discovery = wire.read_discovery(str(Path(folder, "deepfacepencil", "server.json")))
            assert discovery is not None
            port = urlsplit(discovery.address).port
            assert port is not None
            health = await _ready(port, discovery.token)
            yield Target(port, discovery.token, time.perf_counter() - began, health.device)
        finally:
            process.terminate()
            await asyncio.to_thread(process.communicate)


async def _ready(port: int, token: str) -> wire.Health:
    deadline = time.perf_counter() + READY_S
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        while time.perf_counter() < deadline:
            async with session.get(f"http://127.0.0.1:{port}/v1/health") as response:
                health = wire.Health.from_map(msgpack.unpackb(await response.read()))
            if health.state == wire.State.READY:
                return health
            if health.state == wire.State.FAILED:
                raise BenchError(health.message)
            await asyncio.sleep(0.025)
    raise BenchError(f"The server was not ready after {READY_S:g} s.")


class Clients:
    """Programs that ask for faces, each over a connection of its own, all of them in this process."""

    def __init__(self, target: Target, body: dict[str, bytes]):
        """`body`: the packed requests to send, by names of their kinds."""
        self._target, self._body = target, body
        self._sessions: list[aiohttp.ClientSession] = []

    async def close(self) -> None:
        """Close the connections."""
        for session in self._sessions:
            await session.close()

    async def ask(self, clients: int, requests: int, kind: str) -> Sample:
        """So many clients send `requests` in all, each its next one when it has the answer. Raises BenchError."""
        left = iter(range(requests))
        sample = Sample()
        began = time.perf_counter()
        await asyncio.gather(*(self._client(session, left, kind, sample) for session in self._of(clients)))
        sample.seconds = time.perf_counter() - began
        return sample

    async def ask_beside(self, requests: int, clients: int) -> Sample:
        """One live client sends `requests` while others send batch requests without end. Raises BenchError."""
        sessions = self._of(clients + 1)
        others = [
            asyncio.create_task(self._client(session, iter(range(sys.maxsize)), BATCH, Sample()))
            for session in sessions[1:]
        ]
        await asyncio.sleep(0.2)  # until they are being drawn
        sample = Sample()
        began = time.perf_counter()
        try:
            await self._client(sessions[0], iter(range(requests)), LIVE, sample)
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        sample.seconds = time.perf_counter() - began
        return sample

    async def memory(self) -> float:
        """The bytes that the server holds in memory; NaN where the system does not tell."""
        url = f"http://127.0.0.1:{self._target.port}/v1/metrics"
        async with self._of(1)[0].get(url) as response:
            lines = (await response.text()).splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(RSS + " ")), math.nan)

    def _of(self, count: int) -> list[aiohttp.ClientSession]:
        headers = {"Authorization": f"Bearer {self._target.token}", "Content-Type": wire.CONTENT_TYPE}
        while len(self._sessions) < count:
            self._sessions.append(aiohttp.ClientSession(headers=headers))
        return self._sessions[:count]

    async def _client(self, session: aiohttp.ClientSession, left: Iterator[int], kind: str, sample: Sample) -> None:
        url = f"http://127.0.0.1:{self._target.port}/v1/generate"
        for _ in left:
            began = time.perf_counter()
            async with session.post(url, data=self._body[kind]) as response:
                body = await response.read()
            answer = msgpack.unpackb(body)
            if response.status != 200:
                raise BenchError(f"The server answered {response.status}: {answer.get('message')}")
            ms = 1000 * (time.perf_counter() - began)
            sample.ms.append(ms)
            sample.added.append(ms - sum(answer["timings"][step] for step in WORK))


@contextlib.contextmanager
def one_core_busy() -> Iterator[None]:
    """Another program keeps a core busy, as Krita may."""
    process = subprocess.Popen([sys.executable, "-c", BUSY_LOOP], stdin=subprocess.PIPE)
    try:
        yield
    finally:
        process.kill()
        process.communicate()
