"""Connections: how many there may be, how long one may take to say what it wants and to take its answer.

aiohttp waits for the first line of a request, and until an answer has been read, as long as it takes; a program that
opens connections and says or reads little or nothing would keep them all.
"""

import asyncio
from collections.abc import Callable
from typing import cast

from aiohttp import web

from server import wire
from server.admission import BUSY, too_slow
from server.answers import Handler
from server.codec import pack
from server.config import Limits
from server.errors import Refusal

REASONS = {408: "Request Timeout", 503: "Service Unavailable"}


class Doors:
    """Makes one Door for each connection, before aiohttp's own protocol for it."""

    def __init__(self, limits: Limits, inner: Callable[[], asyncio.Protocol]):
        self.limits = limits
        self.open = 0
        self._inner = inner

    def __call__(self) -> "Door":
        """A protocol for a connection that is just being made."""
        return Door(self, self._inner)


class Door(asyncio.Protocol):
    """Passes everything on to aiohttp's protocol, unless there are too many connections, nothing whole comes, or what
    is said is not listened to."""

    def __init__(self, doors: Doors, inner: Callable[[], asyncio.Protocol]):
        self._doors = doors
        self._make = inner
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None
        self._serving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._doors.open += 1
        if self._doors.open > self._doors.limits.connections:
            self._refuse(Refusal(503, wire.Code.BUSY, BUSY, retry_after=1))
            return
        self._inner = self._make()
        self._inner.connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._doors.open -= 1
        self._stop_waiting()
        self._taken()
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._serving:
            self._wait_for_head()
        if self._inner is not None:
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        if self._untaken is None and self._transport is not None:
            limit_s = self._doors.limits.download_s
            self._untaken = asyncio.get_running_loop().call_later(limit_s, self._transport.abort)
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._taken()
        if self._inner is not None:
            self._inner.resume_writing()

    def serves(self, whether: bool) -> None:
        """A whole head has come, or its request has been answered."""
        self._serving = whether
        self._stop_waiting()

    def _wait_for_head(self) -> None:
        if self._patience is None:
            loop = asyncio.get_running_loop()
            limits = self._doors.limits
            self._patience = loop.call_later(limits.upload_s, self._refuse, too_slow(limits))

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _taken(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    def _refuse(self, refusal: Refusal) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        body = pack(wire.ErrorAnswer(refusal.code, str(refusal)))
        retry = "" if refusal.retry_after is None else f"Retry-After: {refusal.retry_after}\r\n"
        head = (
            f"HTTP/1.1 {refusal.status} {REASONS[refusal.status]}\r\nContent-Type: {wire.CONTENT_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\n{retry}Connection: close\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
        self._transport.close()


@web.middleware
async def telling_the_door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the connection's Door know that a request is being served: what comes then is its body, and has its own
    limit."""
    protocol = request.transport.get_protocol() if request.transport is not None else None
    door = protocol if isinstance(protocol, Door) else None
    if door is None:
        return await handler(request)
    door.serves(True)
    try:
        return await handler(request)
    finally:
        door.serves(False)
