"""One HTTP exchange with a face server, blocking, for a thread of its own."""

import contextlib
import http.client
import socket
import ssl
from typing import NamedTuple, Optional, Sequence
from urllib.parse import quote, unquote, urlsplit

from .. import wire  # pyright: ignore[reportAttributeAccessIssue]


class BrokenExchange(Exception):
    """No whole answer came: nobody there, cut off, aborted, not HTTP, or more than was allowed."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytearray


class UnixConnection(http.client.HTTPConnection):
    """HTTP over the Unix socket at a path."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._at = path

    def connect(self) -> None:
        """Open the connection; a computer without Unix sockets is told as one where nobody listens."""
        if not hasattr(socket, "AF_UNIX"):
            raise OSError("no Unix sockets here")
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._at)


def url_with_token(address: str, token: str) -> str:
    """An address that a server tells, http://host:port or unix:/path, with its token as the URL's user."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        return "http+unix://{}@{}".format(quote(token, safe=""), quote(rest, safe=""))
    return "{}://{}@{}".format(kind, quote(token, safe=""), rest[2:])


class Exchange:
    """A request on a connection of its own. `abort` may be called from any thread and ends `run` at once.

    The URL is one of url_with_token, with the path behind it; one without a token is taken as well. `certificate`
    is the file (PEM) of an https server's certificate, or its authority's; "" for those the system trusts.
    """

    def __init__(self, url: str, timeout_s: float, max_body: int, certificate: str = "") -> None:
        self._broken = ""
        self._socket: Optional[socket.socket] = None
        self._aborted = False
        self._max_body = max_body
        self._certificate = certificate
        try:
            self._prepare(url, timeout_s)
        except (ValueError, http.client.HTTPException) as error:
            # An address that is none is told as one where nobody listens.
            self._broken = str(error) or "no address"

    def _prepare(self, url: str, timeout_s: float) -> None:
        parts = urlsplit(url)
        token, _, place = parts.netloc.rpartition("@")
        self._path = parts.path
        self._headers = {"Authorization": "Bearer " + unquote(token)} if token else {}
        if parts.scheme == "http+unix":
            self._connection: http.client.HTTPConnection = UnixConnection(unquote(place), timeout_s)
        elif parts.scheme == "https":
            self._connection = http.client.HTTPSConnection(place, timeout=timeout_s)
        else:
            self._connection = http.client.HTTPConnection(place, timeout=timeout_s)

    def run(self, body: Sequence[bytes] = ()) -> Answer:
        """GET, or POST when there is a body; raises BrokenExchange."""
        if self._broken:
            raise BrokenExchange(self._broken)
        try:
            self._connect()
            self._socket = self._connection.sock
            length = str(sum(map(len, body)))
            headers = {**self._headers, "Content-Type": wire.CONTENT_TYPE, "Content-Length": length}
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

    def _connect(self) -> None:
        if isinstance(self._connection, http.client.HTTPSConnection):
            # Here, in the thread of the exchange: reading all the certificates of a system takes a while.
            context = ssl.create_default_context(cafile=self._certificate or None)
            place, timeout_s = self._connection, self._connection.timeout
            self._connection = http.client.HTTPSConnection(place.host, place.port, timeout=timeout_s, context=context)
        self._connection.connect()

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
