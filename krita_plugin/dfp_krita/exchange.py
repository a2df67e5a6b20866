"""One HTTP exchange with a face server, blocking, for a thread of its own. Plain Python: no Qt, no Krita."""

import contextlib
import http.client
import socket
from typing import NamedTuple, Optional, Sequence
from urllib.parse import urlsplit

from . import wire  # pyright: ignore[reportAttributeAccessIssue]


class BrokenExchange(Exception):
    """No whole answer came: nobody there, cut off, aborted, not HTTP, or more than was allowed."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytearray


class Exchange:
    """A request on a connection of its own. `abort` may be called from any thread and ends `run` at once."""

    def __init__(self, url: str, timeout_s: float, max_body: int) -> None:
        self._path = urlsplit(url).path
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout_s)
        self._max_body = max_body
        self._socket: Optional[socket.socket] = None
        self._aborted = False

    def run(self, body: Sequence[bytes] = ()) -> Answer:
        """GET, or POST when there is a body; raises BrokenExchange."""
        try:
            self._connection.connect()
            self._socket = self._connection.sock
            headers = {"Content-Type": wire.CONTENT_TYPE, "Content-Length": str(sum(map(len, body)))}
            self._connection.request("POST" if body else "GET", self._path, iter(body), headers)
            response = self._connection.getresponse()
            answer = Answer(response.status, self._read(response))
            if self._aborted:
                # A connection that is shut down can look like the end of an answer.
                raise BrokenExchange("aborted")
            return answer
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise BrokenExchange(str(error)) from error
        finally:
            self._connection.close()

    def abort(self) -> None:
        """Give up."""
        self._aborted = True
        if self._socket is not None:
            # Closing alone would leave the other thread waiting in its read. It may have ended by itself.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self, response: http.client.HTTPResponse) -> bytearray:
        """The whole body. A face server says its length, so that a large picture is not put together from pieces."""
        if response.length is None:
            raise BrokenExchange("the answer has no length")
        if response.length > self._max_body:
            raise BrokenExchange("the answer is too long")
        body = bytearray(response.length)
        rest = memoryview(body)
        while rest:
            received = response.readinto(rest)
            if not received:
                raise BrokenExchange("the answer was cut off")
            rest = rest[received:]
        return body
