"""Who listens at a port of this computer, as far as the system tells."""

import contextlib
import os
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dfp.doctor.programs import said_by

ASKING_S = 10.0
LISTENS = "0A"  # the state in Linux's table
TABLES = "/proc/net/tcp", "/proc/net/tcp6"


@dataclass(frozen=True)
class Program:
    """A program that runs."""

    name: str
    pid: int


def is_taken(port: int) -> bool:
    """Whether another program listens at the port, so that a server could not."""
    with socket.socket() as trial:
        if os.name != "nt":
            # What a server that has just ended leaves behind takes nothing.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def who_listens(port: int) -> "Program | None":
    """The program, when the system tells; of another user's it does not."""
    for pid in _owners({f"socket:[{inode}]" for inode in _inodes(port)}):
        with contextlib.suppress(OSError):
            return Program(Path(f"/proc/{pid}/comm").read_text().strip(), pid)
    if shutil.which("lsof") is None:
        return None
    said = said_by("lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc", limit_s=ASKING_S) or ""
    found = re.search(r"^p(\d+)\nc(.+)$", said, re.MULTILINE)
    return Program(found[2], int(found[1])) if found else None


def _inodes(port: int) -> Iterator[str]:
    """Of sockets that listen at the port, as Linux numbers them."""
    for table in TABLES:
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == LISTENS and int(columns[1].rsplit(":", 1)[1], 16) == port:
                    yield columns[9]


def _owners(sockets: "set[str]") -> Iterator[int]:
    if not sockets:
        return
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(os.readlink(handle) in sockets for handle in (folder / "fd").iterdir()):
                yield int(folder.name)
