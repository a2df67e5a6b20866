"""What the server is told when it starts."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from dfp_server import wire


def new_token() -> str:
    """A token that nobody can guess, in letters that HTTP headers take."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Limits:
    """How much is taken before the server says no; every field is an option of `dfp-server`, max_ before its name."""

    body: int = wire.MAX_BODY  # bytes of one request
    pixels: int = wire.MAX_SIDE**2  # of one sketch
    memory: int = 1024**3  # bytes of all requests that are here
    queue: int = 64  # requests that wait to be drawn
    per_client: int = 32  # requests of one client that are here
    connections: int = 256
    per_address: int = 64  # of these, those of one other computer
    upload_s: float = 30.0  # from a request's first byte to its last
    request_s: float = 60.0  # from a request's last byte to its answer
    download_s: float = 30.0  # from an answer's first byte to its last


@dataclass(frozen=True)
class Remote:
    """What it takes to let other computers in: PEM files, and the names that they may call this one by."""

    certificate: Path
    key: Path
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ServerConfig:
    """Where to listen and what to load.

    `port` 0 takes a free port. With `socket`, a path, the server listens there instead of at host and port.
    `device` is auto, cpu or cuda, `runtime` auto, torch or openvino; without `weights` the bundled ones are used.
    Whoever asks has to say `token`. Without `remote` only this computer is served. At most `micro_batch` requests are
    drawn at once; None: as suits the device. `log` is the file that is written to, in JSON lines.
    """

    host: str = "127.0.0.1"
    port: int = wire.DEFAULT_PORT
    socket: Path | None = None
    device: str = "auto"
    runtime: str = "auto"
    weights: Path | None = None
    token: str = field(default_factory=new_token, repr=False)
    remote: Remote | None = None
    limits: Limits = Limits()
    micro_batch: int | None = None
    log: Path | None = None
