"""What is taken in: how large, how much at a time, how fast it has to come. Each limit has its own answer."""

import asyncio
import contextlib
import mmap
from collections import Counter
from collections.abc import Callable, Iterator

from aiohttp import http_exceptions, web

from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.errors import Refusal

# A pixel has at most four bytes; the rest is room for the other fields.
BYTES_A_PIXEL = max(wire.CHANNELS.values())

# Far more than the event loop takes to read a large body, piece by piece, while other requests are answered.
ROOM_TO_READ = 4 * 1024 * 1024

BUSY = "The server has too much to do right now. Try again in a moment."


class Admission:
    """Counts what is here. Requests may take one half of the memory, answers the other: what waits for the model
    never keeps the model from answering.

    `freed` is called whenever an answer's memory is free again.
    """

    def __init__(self, limits: Limits):
        self._limits = limits
        self.requests = Budget(limits.memory // 2)
        self.answers = Budget(limits.memory - limits.memory // 2)
        self.freed: Callable[[], object] = int
        self._clients: Counter[str] = Counter()
        self._reading: set[asyncio.Task[bytearray]] = set()
        self._stopping = False

    @property
    def bytes(self) -> int:
        """The bytes of all requests and answers that are here."""
        return self.requests.bytes + self.answers.bytes

    def stop(self) -> None:
        """The server was told to end: what has not come whole is not waited for."""
        self._stopping = True
        for task in self._reading:
            task.cancel()

    async def read(self, request: web.Request, held: "Held") -> bytearray:
        """The whole body; raises Refusal (413, 408, 503) as soon as it is more, slower or too much."""
        length = request.content_length or 0
        self._require_size(length)
        held.grow(length)
        task = asyncio.create_task(self._collect(request, held, length))
        self._reading.add(task)
        try:
            return await asyncio.wait_for(task, self._limits.upload_s)
        except asyncio.TimeoutError as error:
            raise too_slow(self._limits) from error
        except asyncio.CancelledError:
            if self._stopping:
                raise stopping() from None
            raise
        except ConnectionError as error:
            # Nobody reads this any more; it only keeps a client's leaving from looking like our mistake.
            raise Refusal(400, wire.Code.BAD_REQUEST, "The client left in the middle of its request.") from error
        except http_exceptions.PayloadEncodingError as error:
            raise Refusal(400, wire.Code.BAD_REQUEST, "The request broke off or is damaged. Try again.") from error
        finally:
            self._reading.discard(task)

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

    def require_pixels(self, pixels: int, id: str) -> None:
        """Raise Refusal (413) when a sketch has more pixels than are taken."""
        if pixels > self._limits.pixels:
            raise self._too_large(id)

    @contextlib.contextmanager
    def holding(self, times: int = 1) -> Iterator["Held"]:
        """Account for the bytes of one request and its answer until the end of the block; `times`: as Held's."""
        held = Held(self, times)
        try:
            yield held
        finally:
            held.let_go()

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

    def _require_size(self, size: int) -> None:
        if size > min(self._limits.body, self._limits.pixels * BYTES_A_PIXEL + wire.OTHER_FIELDS):
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


class Budget:
    """Bytes of one kind. One thing alone may be larger than all of it."""

    def __init__(self, limit: int):
        self._limit = limit
        self.bytes = 0

    def has_room(self, more: int, own: int = 0) -> bool:
        """Whether so many bytes more may be taken by one that has `own` already."""
        return self.bytes == own or self.bytes + more <= self._limit


class Held:
    """The bytes of one request, as far as they are known, and of its answer, for as long as anybody uses them.

    An answer of which something else will be made counts `times` its bytes.
    """

    def __init__(self, admission: Admission, times: int = 1):
        self._admission = admission
        self.times = times
        self._users = 1
        self._request = self._answer = 0

    def grow(self, to: int) -> None:
        """The request has at least so many bytes. Raises Refusal (503)."""
        more = to - self._request
        if more > 0:
            if not self._admission.requests.has_room(more, self._request):
                raise busy()
            self._admission.requests.bytes += more
            self._request = to

    def forget_request(self) -> None:
        """The request's bytes are needed no more."""
        self._admission.requests.bytes -= self._request
        self._request = 0

    def has_room(self, answer: int) -> bool:
        """Whether there is room for an answer of so many bytes."""
        return bool(self._answer) or self._admission.answers.has_room(answer * self.times)

    def reserve(self, answer: int) -> None:
        """Take the answer's room, also when there is none, and keep it until another `let_go`."""
        self._users += 1
        if not self._answer:
            self._answer = answer * self.times
            self._admission.answers.bytes += self._answer

    def settle(self, answer: int) -> None:
        """The answer has become no larger than this."""
        least = min(self._answer, answer * self.times)
        self._admission.answers.bytes -= self._answer - least
        self._answer = least

    def let_go(self) -> None:
        """One who used this has done with it."""
        self._users -= 1
        if not self._users:
            self.forget_request()
            self._admission.answers.bytes -= self._answer
            if self._answer:
                self._answer = 0
                self._admission.freed()


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


def stopping(id: str = "") -> Refusal:
    """The answer to what comes when the server was told to end."""
    return Refusal(503, wire.Code.STOPPING, "The server is ending. Start it again, then try again.", id)


def too_late(limit_s: float, id: str) -> Refusal:
    """The answer to a request that waited, or took, too long."""
    sentence = f"The face did not come within {limit_s:g} s, because the computer is busy. Try again."
    return Refusal(503, wire.Code.TIMEOUT, sentence, id, retry_after=5)


def busy(id: str = "") -> Refusal:
    """The answer when too much is here already."""
    return Refusal(503, wire.Code.BUSY, BUSY, id, retry_after=1)


def out_of_memory(id: str = "") -> Refusal:
    """The answer to a request that there is not enough memory for."""
    sentence = "The computer has too little free memory for this face. Close other programs, then try again."
    return Refusal(503, wire.Code.OUT_OF_MEMORY, sentence, id, retry_after=5)
