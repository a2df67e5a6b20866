"""One server per user: the place that it holds while it runs, and the file that says where it is.

The lock tells who is first, because the system takes it back however the server ends. The file is only what others
read: one without a lock behind it is a dead server's and is replaced.
"""

import contextlib
import http.client
import json
import os
import secrets
import socket
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from dfp_server import wire
from dfp_server.errors import ListenError
from dfp_server.version import server_version

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# As long as a server that was told to end may take for what it is drawing.
PATIENCE_S = 15.0
PROBE_S = 1.0
POLL_S = 0.05


class Place:
    """This user's place for a server, held by this process."""

    def __init__(self, file: Path):
        self._file = file

    def publish(self, address: str, token: str) -> None:
        """Say where the server is; whoever reads finds the whole of it or nothing. Raises ListenError."""
        discovery = wire.Discovery(address, token, os.getpid(), server_version())
        part = self._file.with_suffix(f".{secrets.token_hex(4)}.part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(discovery.to_map(), file)
            os.replace(part, self._file)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise ListenError(f"The server cannot write {self._file}: {error.strerror}. Make room for it.") from error

    def withdraw(self) -> None:
        """Nobody shall come any more."""
        self._file.unlink(missing_ok=True)


@contextlib.contextmanager
def only_server(file: Path) -> Iterator[Place]:
    """Hold the place whose file this is. Raises ListenError, which says where the server is that holds it."""
    make_private(file.parent)
    lock = file.with_suffix(".lock")
    handle = _wait_for(lock, file)
    place = Place(file)
    try:
        place.withdraw()
        yield place
    finally:
        place.withdraw()
        # Windows does not remove what is open; an empty file stays then, and does no harm.
        with contextlib.suppress(OSError):
            lock.unlink()
        os.close(handle)


def is_held(file: Path) -> bool:
    """Whether a server that is alive holds the place whose file this is. Raises ListenError."""
    lock = file.with_suffix(".lock")
    handle = _locked(lock) if lock.exists() else None
    if handle is not None:
        os.close(handle)
    return handle is None and lock.exists()


def make_private(folder: Path) -> None:
    """Make the folder one that only this user can look into. Raises ListenError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32":
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
                raise ListenError(f"The folder {folder} belongs to somebody else. Remove it, then start again.")
            folder.chmod(0o700)
    except OSError as error:
        raise ListenError(
            f"The server cannot use the folder {folder}: {error.strerror}. Make it one that you can write to."
        ) from error


def _wait_for(lock: Path, file: Path) -> int:
    """The locked file, open. A server that does not answer is about to start or to end, and is waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while (handle := _locked(lock)) is None:
        discovery = wire.read_discovery(str(file))
        if discovery is not None and answers(discovery):
            raise ListenError(
                f"A DeepFacePencil server runs already, at {discovery.address} (process {discovery.pid}). "
                "Use that one, or end it first."
            )
        if time.monotonic() > deadline:
            who = f"Process {discovery.pid}" if discovery is not None else "Another DeepFacePencil server"
            raise ListenError(f"{who} holds {lock}, but does not answer. End it, then start again.")
        time.sleep(POLL_S)
    return handle


def _locked(path: Path) -> int | None:
    """The file, open and locked; None when another process has locked it. Raises ListenError."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ListenError(f"The server cannot open {path}: {error.strerror}. Remove it, then start again.") from error
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The server before may have removed the file between our opening and locking it.
        if os.path.samestat(os.fstat(handle), path.stat()):
            return handle
    except OSError:
        pass
    os.close(handle)
    return None


def answers(discovery: wire.Discovery) -> bool:
    """Whether a server is alive at the address."""
    parts = urlsplit(discovery.address)
    try:
        if parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(PROBE_S)
                probe.connect(parts.path)
            return True
        if parts.scheme == "https":
            socket.create_connection((parts.hostname or "", parts.port or 0), PROBE_S).close()
            return True
        http_ = http.client.HTTPConnection(parts.netloc, timeout=PROBE_S)
        with contextlib.closing(http_):
            http_.request("GET", "/v1/health", headers={"Authorization": f"Bearer {discovery.token}"})
            return http_.getresponse().status == 200
    except (OSError, http.client.HTTPException, ValueError):
        return False
