"""How to start the face server, what `dfp-krita install` or `dfp-gimp install` wrote down, else `dfp-server` on the
PATH; and where this user's server already is.
"""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from .. import wire  # pyright: ignore[reportAttributeAccessIssue]
from .exchange import url_with_token

PROGRAM = "dfp-server"
# It ends as soon as its standard input closes, so that it never outlives the painter's program.
ARGUMENTS = ["--port", "0", "--exit-with-stdin"]
# What it says on its standard output once it can be asked.
LISTENING = re.compile(r"listening on (http://\S+)")

# The painter's program may have a Python of its own and, in an AppImage, libraries, which would break the server's.
PYTHON_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONNOUSERSITE")


class Launch(NamedTuple):
    """A command line and the folder to start it in ("" for any)."""

    program: str
    arguments: List[str]
    folder: str


def find_launch(note: Path) -> Optional[Launch]:
    """The server's command line, as noted in a file or found by its name; None when no server is installed."""
    noted = _read(note)
    command = [str(word) for word in noted.get("command", [])]
    if command and os.path.exists(command[0]):
        return Launch(command[0], command[1:] + ARGUMENTS, str(noted.get("folder", "")))
    # A program started from a desktop menu often has a shorter PATH than the painter's terminal.
    found = shutil.which(PROGRAM) or shutil.which(PROGRAM, path=str(Path.home() / ".local" / "bin"))
    return Launch(found, list(ARGUMENTS), "") if found else None


def _read(note: Path) -> Dict[str, Any]:
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def server_environment() -> Dict[str, str]:
    """The environment of this program without what would lead the server's Python astray."""
    environment = {name: value for name, value in os.environ.items() if name not in PYTHON_VARIABLES}
    bundle = environment.get("APPDIR")
    if bundle:
        libraries = environment.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        kept = [folder for folder in libraries if folder and not folder.startswith(bundle)]
        environment["LD_LIBRARY_PATH"] = os.pathsep.join(kept)
    return environment


def published_url() -> str:
    """Where this user's server is and how to be let in, as it wrote down itself; "" when there is none."""
    presence = wire.read_discovery(wire.discovery_path())
    return url_with_token(presence.address, presence.token) if presence is not None else ""


def listening_url(said: str) -> str:
    """The address that a server has said in what it wrote to its standard output; "" when it has not yet."""
    found = LISTENING.search(said)
    return found.group(1).rstrip("/") if found else ""


def last_line(grumbled: str) -> str:
    """What a program said last on its standard error: most likely why it ended; "" when nothing."""
    lines = [line.strip() for line in grumbled.splitlines() if line.strip()]
    return lines[-1] if lines else ""
