"""Connections: how many there may be, how long one may take to say what it wants and to take its answer.

aiohttp waits for the first line of a request, and until an answer has been read, as long as it takes; asyncio counts a
connection only when it has shaken hands. A program that opens connections and says or reads little or nothing would
keep them all. Here every one counts from its first moment; when there are too many, whoever has not asked for anything
makes room for whoever comes.
"""

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable, Iterable
from typing import cast

from aiohttp import web

from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.errors import Refusal
from dfp_server.inference.admission import busy, too_slow
from dfp_server.middleware.answers import Handler
from dfp_server.transport.addresses import address_of
from dfp_server.transport.codec import pack

REASONS = {408: "Request Timeout", 503: "Service Unavailable"}

# One in so many places is kept for programs on this computer, as the painter's own plugin is one.
ONE_KEPT_OF = 8

# So long, at most, an answer may rest in the middle when the server was told to end.
LAST_REST_S = 2.0


class ConnectionLimiter:
    """Makes a LimitedConnection of each, before aiohttp's own protocol for it; with `tls` they shake hands first."""

    def __init__(self, limits: Limits, inner: Callable[[], asyncio.Protocol], tls: ssl.SSLContext | None = None):
        self.limits, self.inner, self.tls = limits, inner, tls
        self.turned_away = 0
        self.patience_s = limits.download_s
        # From the one that has been open for longest.
        self._open: dict[LimitedConnection, None] = {}
        self._from: Counter[str] = Counter()

    def __call__(self) -> "LimitedConnection":
        """A protocol for a connection that is just being made."""
        return LimitedConnection(self)

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._open)

    def enter(self, connection: "LimitedConnection") -> bool:
        """Whether there is a place for one more, maybe that of another one which is turned away for it."""
        address, limits = connection.address, self.limits
        others = self.open - self._from[""]
        if address and self._from[address] >= limits.per_address:
            leaves = self._least(one for one in self._open if one.address == address)
        elif address and others >= limits.connections - limits.connections // ONE_KEPT_OF:
            leaves = self._least(one for one in self._open if one.address)
        elif self.open >= limits.connections:
            leaves = self._least(one for one in self._open if one.address or not address)
        else:
            return self._add(connection)
        self.turned_away += 1
        if leaves is None:
            return False
        self.leave(leaves)
        leaves.turn_away()
        return self._add(connection)

    def leave(self, connection: "LimitedConnection") -> None:
        """The connection is no more."""
        if connection in self._open:
            del self._open[connection]
            self._from[connection.address] -= 1
            if not self._from[connection.address]:
                del self._from[connection.address]

    def stop(self) -> None:
        """The server was told to end: only what is being drawn and answered goes on."""
        self.patience_s = min(self.patience_s, LAST_REST_S)
        for connection in [*self._open]:
            connection.stop()

    def _add(self, connection: "LimitedConnection") -> bool:
        self._open[connection] = None
        self._from[connection.address] += 1
        return True

    def _least(self, connections: "Iterable[LimitedConnection]") -> "LimitedConnection | None":
        """Who loses least: rather one of another computer, that has asked for nothing yet, where most come from, the
        oldest; None when all are being served.
        """
        idle = [one for one in connections if not one.serving]
        return min(idle, key=lambda one: (not one.address, one.has_asked, -self._from[one.address]), default=None)


class LimitedConnection(asyncio.Protocol):
    """Passes everything on to aiohttp's protocol, unless there are too many connections, nothing whole comes, or what
    is said is not listened to."""

    def __init__(self, limiter: ConnectionLimiter):
        self.address = ""
        self.serving = self.has_asked = False
        self._limiter = limiter
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._handshake: asyncio.Task[None] | None = None
        # What comes with the end of the handshake, before this has heard of that.
        self._early: list[bytes] = []
        self._patience: asyncio.TimerHandle | None = None
        self._untaken: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.address = address_of(transport)
        if not self._limiter.enter(self):
            self.turn_away()
        elif self._limiter.tls is not None:
            self._transport.pause_reading()
            self._handshake = asyncio.get_running_loop().create_task(self._shake_hands(self._limiter.tls))
        else:
            self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        self._limiter.leave(self)
        self._stop_waiting()
        self._taken()
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self.serving:
            self._wait_for_head()
        if self._inner is not None:
            self._inner.data_received(data)
        elif self._handshake is not None:
            self._early.append(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        self._wait_for_reader()
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._taken()
        if self._inner is not None:
            self._inner.resume_writing()

    def serves(self, whether: bool) -> None:
        """A whole head has come, or its request has been answered."""
        self.serving, self.has_asked = whether, True
        self._stop_waiting()

    def turn_away(self) -> None:
        """End the connection, with a sentence where that can be said."""
        if self._limiter.tls is None:
            self._refuse(busy())
        elif self._transport is not None:
            self._transport.abort()

    def stop(self) -> None:
        """The server was told to end."""
        if self._untaken is not None:
            self._taken()
            self._wait_for_reader()
        elif not self.serving and self._transport is not None:
            self._transport.close()

    async def _shake_hands(self, tls: ssl.SSLContext) -> None:
        transport, loop = cast(asyncio.Transport, self._transport), asyncio.get_running_loop()
        patience = self._limiter.limits.upload_s
        try:
            made = await loop.start_tls(transport, self, tls, server_side=True, ssl_handshake_timeout=patience)
        except (OSError, asyncio.CancelledError):
            made = None
        if made is None or transport.is_closing():
            # Who does not shake hands is no program of ours: there is nothing to say to it, or about it.
            self._limiter.leave(self)
            transport.abort()
            return
        self._transport = made
        self._begin()

    def _begin(self) -> None:
        assert self._transport is not None
        self._inner = self._limiter.inner()
        self._inner.connection_made(self._transport)
        self._wait_for_head()
        while self._early:
            self._inner.data_received(self._early.pop(0))

    def _wait_for_head(self) -> None:
        if self._patience is None:
            loop = asyncio.get_running_loop()
            limits = self._limiter.limits
            self._patience = loop.call_later(limits.upload_s, self._refuse, too_slow(limits))

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _wait_for_reader(self) -> None:
        if self._untaken is None and self._transport is not None:
            loop = asyncio.get_running_loop()
            self._untaken = loop.call_later(self._limiter.patience_s, self._transport.abort)

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
async def marking_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the connection know that a request is being served: what comes then is its body, and has its own
    limit."""
    protocol = request.transport.get_protocol() if request.transport is not None else None
    connection = protocol if isinstance(protocol, LimitedConnection) else None
    if connection is None:
        return await handler(request)
    connection.serves(True)
    try:
        return await handler(request)
    finally:
        connection.serves(False)
