"""A thread whose work is that of several programs in turn."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from dfp_server.inference.turns import Turns

Run = Callable[..., Awaitable[Any]]


@dataclass(eq=False)
class Waiting:
    """One who waits for the thread, and whether it is theirs now."""

    address: str
    client: str
    turn: "asyncio.Future[None]"


class FairThread:
    """One thread, begun with the server: where memory is short no new one can be had."""

    def __init__(self, name: str):
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._thread.submit(int)
        self._turns = Turns()
        self._waiting: list[Waiting] = []
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    @contextlib.asynccontextmanager
    async def turn(self, address: str, client: str) -> AsyncIterator[Run]:
        """Wait for the turn of a program at an address; `await run(function, ...)` works in the thread meanwhile."""
        loop = asyncio.get_running_loop()
        one = Waiting(address, client, loop.create_future())
        self._waiting.append(one)
        self._next()
        try:
            await one.turn
            yield lambda function, *arguments: loop.run_in_executor(self._thread, function, *arguments)
        finally:
            if one in self._waiting:
                self._waiting.remove(one)
            else:
                self._taken = False
                self._next()

    def close(self) -> None:
        """End the thread, after what it is doing right now."""
        self._thread.shutdown(cancel_futures=True)

    def _next(self) -> None:
        if self._waiting and not self._taken:
            self._taken = True
            chosen = self._turns.next(self._waiting)
            self._waiting.remove(chosen)
            # Who has just left passes the turn on at once.
            if not chosen.turn.done():
                chosen.turn.set_result(None)
