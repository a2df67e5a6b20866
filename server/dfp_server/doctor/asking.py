"""Asks a running server how it is."""

import contextlib
import http.client
import socket
import time
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from dfp_server import wire

PATIENCE_S = 5.0
MOST_BYTES = 64 * 1024


class Silence(Enum):
    """No answer that tells how a server is: nobody is there, somebody else is, or it cannot be asked without its
    certificate."""

    NOBODY = "nobody"
    NOT_OURS = "not ours"
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Answer:
    """How the server is, and how long it took to say so."""

    health: wire.Health
    ms: float


class _Local(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str):
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        """As the standard library has it, to the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(self._path)


def ask(discovery: wire.Discovery) -> "Answer | Silence":
    """Ask the server at the address for its health."""
    parts = urlsplit(discovery.address)
    started = time.monotonic()
    try:
        if parts.scheme == "https":
            socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE_S).close()
            return Silence.UNSEEN
        local = parts.scheme == "unix"
        connection = _Local(parts.path) if local else http.client.HTTPConnection(parts.netloc, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("GET", "/v1/health", headers={"Authorization": f"Bearer {discovery.token}"})
            response = connection.getresponse()
            body = response.read(MOST_BYTES)
    except http.client.HTTPException:
        return Silence.NOT_OURS
    except (OSError, ValueError):
        return Silence.NOBODY
    health = _health_of(body) if response.status == 200 else None
    return Silence.NOT_OURS if health is None else Answer(health, 1000 * (time.monotonic() - started))


def _health_of(body: bytes) -> "wire.Health | None":
    import msgpack

    try:
        health = wire.Health.from_map(msgpack.unpackb(body))
    except (ValueError, msgpack.UnpackException):  # a WireError is a ValueError
        return None
    return health if health.service == "deepfacepencil" else None
