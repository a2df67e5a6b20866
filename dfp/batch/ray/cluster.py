"""A Ray cluster: one that runs already, or one on this computer for as long as it is needed."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from dfp.errors import DfpError

INSTALL = 'Ray is not installed here: pip install "deepfacepencil-krita[ray]" installs it.'
LOCAL = "local"
CONNECT_S = 10.0


@dataclass(frozen=True)
class Cluster:
    """One that this program is connected to, by Ray's own modules `ray` and `ray.data`, which not everybody has."""

    ray: Any
    data: Any

    def resources(self) -> dict[str, float]:
        """How many of what it has: CPU, GPU."""
        return self.ray.cluster_resources()


@contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Be connected to the cluster at an address; `LOCAL` begins one here. Raises DfpError."""
    # Nobody's to count; a cluster that runs already has its own settings.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # What workers meet is said by this program, in a sentence where it matters.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        ray, data = import_module("ray"), import_module("ray.data")
    except ImportError as error:
        raise DfpError(INSTALL) from error
    _require_somebody(address)
    quiet = {} if address != LOCAL else {"include_dashboard": False}
    try:
        with _unheard():
            ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise DfpError(f"No Ray cluster can be reached at {address}: {_short(error)}.") from error
    context = data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        yield Cluster(ray, data)
    finally:
        ray.shutdown()


@contextmanager
def _unheard() -> Iterator[None]:
    """Let nothing be written on standard error: Ray says there, past Python, how it was told to be quiet."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _require_somebody(address: str) -> None:
    """Raise DfpError when nobody listens at HOST:PORT, where Ray itself would wait for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_S).close()
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "it does not answer"
        raise DfpError(f"No Ray cluster can be reached at {address}: {why}.") from error


def _short(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
