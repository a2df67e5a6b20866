"""Where a user's server is: a file that it writes and only that user can read, a Discovery as JSON."""

import json
import os
from dataclasses import dataclass, field
from typing import Optional

from .fields import VERSION, Message, text, whole

DEFAULT_PORT = 7878


@dataclass(frozen=True)
class Discovery(Message):
    """Where a server listens: http://host:port, https://host:port or unix:/path, and what it wants to hear."""

    address: str = field(metadata=text())
    token: str = field(metadata=text())
    pid: int = field(metadata=whole(1, 2**62))
    server_version: str = field(metadata=text())
    version: int = VERSION


def discovery_path(remote: bool = False) -> str:
    """The file in which this user's server says where it is; another one for a server that others may use."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "deepfacepencil", "remote.json" if remote else "server.json")


def read_discovery(path: str) -> Optional[Discovery]:
    """What the file says; None when there is none that can be believed. The server may have died since."""
    try:
        with open(path, encoding="utf-8") as file:
            # A sketch is handed to whoever is named in it: others must not have written it.
            if os.name != "nt":
                status = os.fstat(file.fileno())
                if status.st_uid != os.getuid() or status.st_mode & 0o077:
                    return None
            return Discovery.from_map(json.load(file))
    except (OSError, ValueError):
        return None
