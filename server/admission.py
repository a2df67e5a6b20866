"""What is taken in: how large, how much at a time, how fast it has to come. Each limit has its own answer."""

import asyncio
import contextlib
import mmap
from collections import Counter
from collections.abc import Iterator

from aiohttp import http_exceptions, web

from server import wire
from server.config import Limits
from server.errors import Refusal

# A pixel has at most four bytes; the rest is room for the other fields.
BYTES_A_PIXEL = max(wire.CHANNELS.values())
OTHER_FIELDS = 64 * 1024

# Far more than the event loop takes to read a large body, piece by piece, while other requests are answered.
ROOM_TO_READ = 4 * 1024 * 1024

BUSY = "The server has too much to do right now. Try again in a moment."


class Admission:
    """Counts what is here; `bytes` are those of all requests."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self.bytes = 0
        self._clients: Counter[str] = Counter()

    async def read(self, request: web.Request, held: "Held") -> bytearray:
        """The whole body; raises Refusal (413, 408, 503) as soon as it is more, slower or too much."""
        length = request.content_length or 0
        self._require_size(length)
        held.grow(length)
        try:
            return await asyncio.wait_for(self._collect(request, held, length), self._limits.upload_s)
        except asyncio.TimeoutError as error:
            raise too_slow(self._limits) from error
        except ConnectionError as error:
            # Nobody reads this any more; it only keeps a client's leaving from looking like our mistake.
            raise Refusal(400, wire.Code.BAD_REQUEST, "The client left in the middle of its request.") from error
        except http_exceptions.PayloadEncodingError as error:
            raise Refusal(400, wire.Code.BAD_REQUEST, "The request broke off or is damaged. Try again.") from error

    async def _collect(self, request: web.Request, held: "Held", announced: int) -> bytearray:
        # All at once, and with room to spare: growing, it would use up the memory that the event loop needs to read
        # the next piece, and where that fails, asyncio drops the connection without an answer.
        if announced > ROOM_TO_READ:
            _require_memory(announced + ROOM_TO_READ)
        body = bytearray(announced)
        size = 0
        async for chunk in request.content.iter_any():
            body[size : size + len(chunk)] = chunk
            size += len(chunk)
            self._require_size(size)
            held.grow(size)
        del body[size:]
        return body

    def require_pixels(self, asked: wire.GenerateRequest) -> None:
        """Raise Refusal (413) when the sketch has more pixels than are taken."""
        if asked.width * asked.height > self._limits.pixels:
            raise self._too_large(asked.id)

    @contextlib.contextmanager
    def holding(self) -> Iterator["Held"]:
        """Account for the bytes of one request until the end of the block."""
        held = Held(self)
        try:
            yield held
        finally:
            self.bytes -= held.bytes

    @contextlib.contextmanager
    def visit(self, client: str, id: str) -> Iterator[None]:
        """Account for one request of the client until the end of the block; raises Refusal (429)."""
        if self._clients[client] >= self._limits.per_client:
            raise Refusal(
                429,
                wire.Code.TOO_MANY,
                f"This program has {self._limits.per_client} requests here already. Wait for some of them.",
                id,
                retry_after=1,
            )
        self._clients[client] += 1
        try:
            yield
        finally:
            self._clients[client] -= 1
            # Names come from outside: those that are gone must not be kept.
            if not self._clients[client]:
                del self._clients[client]

    def add_bytes(self, more: int) -> None:
        """Account for more bytes; raises Refusal (503) when there are too many. One request alone is always taken."""
        if self.bytes and self.bytes + more > self._limits.memory:
            raise Refusal(503, wire.Code.BUSY, BUSY, retry_after=1)
        self.bytes += more

    def _require_size(self, size: int) -> None:
        if size > min(self._limits.body, self._limits.pixels * BYTES_A_PIXEL + OTHER_FIELDS):
            raise self._too_large()

    def _too_large(self, id: str = "") -> Refusal:
        megapixels = min(self._limits.pixels, self._limits.body // BYTES_A_PIXEL) / 1e6
        return Refusal(
            413,
            wire.Code.TOO_LARGE,
            f"The layer is too large, {wire.MAX_SIDE} x {wire.MAX_SIDE} pixels and {megapixels:.3g} megapixels are "
            "the most. Use a smaller one.",
            id,
        )


class Held:
    """The bytes of one request, as far as they are known."""

    def __init__(self, admission: Admission):
        self._admission = admission
        self.bytes = 0

    def grow(self, to: int) -> None:
        """There are at least so many bytes. Raises Refusal (503)."""
        if to > self.bytes:
            self._admission.add_bytes(to - self.bytes)
            self.bytes = to


def _require_memory(size: int) -> None:
    """Raise MemoryError unless so many bytes could be had now. Takes no time, because none of them is touched."""
    try:
        mmap.mmap(-1, size).close()
    except OSError as error:
        raise MemoryError(f"{size} bytes were not to be had") from error


def too_slow(limits: Limits) -> Refusal:
    """The answer to a request that does not come whole in time."""
    return Refusal(
        408,
        wire.Code.TOO_SLOW,
        f"The request did not come whole within {limits.upload_s:g} s. Try again, or use a smaller layer.",
    )


def out_of_memory(id: str = "") -> Refusal:
    """The answer to a request that there is not enough memory for."""
    sentence = "The computer has too little free memory for this face. Close other programs, then try again."
    return Refusal(503, wire.Code.OUT_OF_MEMORY, sentence, id, retry_after=5)
