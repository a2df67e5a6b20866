"""What the server is told when it starts."""

from dataclasses import dataclass
from pathlib import Path

from server import wire


@dataclass(frozen=True)
class ServerConfig:
    """Where to listen and what to load.

    `port` 0 takes a free port. With `socket`, a path, the server listens there instead of at host and port.
    `device` is auto, cpu or cuda; without `weights` the bundled ones are used.
    """

    host: str = "127.0.0.1"
    port: int = wire.DEFAULT_PORT
    socket: Path | None = None
    device: str = "auto"
    weights: Path | None = None
