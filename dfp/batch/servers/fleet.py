"""Several servers as one that draws: whichever has room gets the next sketch."""

import asyncio
import os
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from pathlib import Path

from dfp.batch.servers.address import Address
from dfp.batch.servers.answer import Answer
from dfp.batch.servers.asking import Asked
from dfp.batch.servers.errors import Gone, Unfit
from dfp.batch.servers.line import Health, Line
from dfp.batch.servers.queue import Errand, Queue
from dfp.batch.servers.server import MOST, Server, other_weights
from dfp.batch.servers.tokens import tokens_for
from dfp.errors import DfpError

LOADING_S = 600.0  # a server may load so long
LOOK_S = 0.5
ALONE_S = 60.0  # so long no server may be there before the run ends
NEEDED = "faces", "heatmap"  # what servers of before cannot


@dataclass(frozen=True)
class Servers:
    """What the command line says of servers. addresses: as `Address.parse` takes them. tokens: their files, one for all
    or one for each. authority: a file with the certificates that are trusted, instead of those the system trusts."""

    addresses: Sequence[str]
    tokens: Sequence[Path] = ()
    authority: Path | None = None


class Fleet:
    """Servers with the same weights; to be used as a context. `say` is told what happens to them, from another thread.

    model: the weights' checksum. able: what the weights can do.
    """

    def __init__(self, asked: Servers, say: Callable[[str], None]):
        """Find the servers, and wait for those that still load. Raises DfpError where one cannot be used at all, or
        none is there."""
        self._say = say
        self._addresses = [Address.parse(text) for text in dict.fromkeys(asked.addresses)]
        tls = context_of(asked.authority)
        client = f"dfp batch {os.getpid()}-{secrets.token_hex(4)}"
        tokens = tokens_for(self._addresses, asked.tokens)
        self._lines = [
            Line(address, token, tls, client, MOST) for address, token in zip(self._addresses, tokens, strict=True)
        ]
        self.model, self.able = "", frozenset[str]()
        self._queue = Queue(self._wake)
        self._servers: list[Server] = []
        self._out: set[Future[Answer]] = set()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="servers", daemon=True)
        self._thread.start()
        try:
            self._call(self._meet())
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def most(self) -> int:
        """How many sketches the servers may have at a time, all together."""
        return MOST * len(self._lines)

    def submit(self, asked: Asked) -> "Future[Answer]":
        """Have a face drawn. The future ends with SketchError where this sketch cannot be drawn, with DfpError when no
        server was there for long; one that is cancelled is not handed out any more."""
        errand = Errand(asked)
        self._out.add(errand.face)
        errand.face.add_done_callback(self._out.discard)
        self._loop.call_soon_threadsafe(self._queue.add, errand)
        return errand.face

    def recall(self, all_of_them: bool = False) -> None:
        """Cancel what no server has yet; `all_of_them`: also what they are drawing."""
        self._loop.call_soon_threadsafe(self._queue.recall)
        for face in [*self._out] if all_of_them else ():
            face.cancel()

    def drawn(self) -> dict[str, int]:
        """How many faces came from each server."""
        return {server.line.name: server.drawn for server in self._servers}

    def close(self) -> None:
        """Let go of the servers; what they have not answered is lost."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._keep())
        finally:
            self._loop.close()

    async def _keep(self) -> None:
        await self._stop.wait()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for line in self._lines:
            await line.close()

    def _call(self, work: object) -> None:
        """Wait for something in the other thread, in pieces, so that Ctrl-C is heard everywhere."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)  # pyright: ignore[reportArgumentType]
        while True:
            try:
                return future.result(LOOK_S)
            except NotYet:
                if future.done():
                    raise

    def _wake(self) -> None:
        for server in self._servers:
            server.wake()

    async def _meet(self) -> None:
        found = await asyncio.gather(*map(self._loaded, self._lines))
        there = [(line, health) for line, health in zip(self._lines, found, strict=True) if isinstance(health, Health)]
        away = [str(error) for error in found if isinstance(error, Gone)]
        if not there:
            raise DfpError(" ".join(away))
        self.model, self.able = there[0][1].model, there[0][1].able
        for line, health in there:
            if health.model != self.model:
                raise DfpError(str(other_weights(line.name)))
            if not health.able.issuperset(NEEDED):
                raise DfpError(f"{line.name} is an older server, which cannot be used for this: update it.")
        for sentence in away:
            self._say(sentence)
        self._servers = [Server(line, self._queue, self.model, self._say) for line in self._lines]
        for server, health in zip(self._servers, found, strict=True):
            server.why_not = str(health) if isinstance(health, Gone) else ""
        self._tasks = [asyncio.create_task(server.live()) for server in self._servers]
        self._tasks.append(asyncio.create_task(self._see_whether_any_is_left()))

    async def _loaded(self, line: Line) -> Health | Gone:
        """How a server is once it has loaded. Raises DfpError where waiting is of no use."""
        until, told = time.monotonic() + LOADING_S, False
        while True:
            try:
                health = await line.health()
            except Unfit as error:
                raise DfpError(str(error)) from error
            except Gone as error:
                return error
            if health.state == "failed":
                raise DfpError(f"{line.name} could not load its model: {health.message}")
            if health.state != "loading":
                return health
            if time.monotonic() > until:
                return Gone(f"{line.name} is still loading its model.")
            if not told:
                self._say(f"{line.name} is still loading its model: waiting for it.")
                told = True
            await asyncio.sleep(LOOK_S)

    async def _see_whether_any_is_left(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if all(server.why_not for server in self._servers):
                alone = time.monotonic() - max(server.since for server in self._servers)
                if alone > ALONE_S and self._queue:
                    whys = " ".join(server.why_not for server in self._servers)
                    self._queue.give_up(f"No server is left. {whys} The same command goes on from here.")


def context_of(authority: Path | None) -> ssl.SSLContext:
    """Who is trusted to say who a server is. Raises DfpError."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:  # ssl.SSLError, too
        raise DfpError(
            f"The certificates in {authority} cannot be read: give a PEM file with those to trust."
        ) from error
