"""How to start the face server: what `dfp-krita install` wrote down, else `dfp-server` on the PATH."""

import json
import os
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from ..qt import QtCore

PROGRAM = "dfp-server"

# Beside the plugin's folder, not in it: Krita's importer empties the folder when it brings a newer plugin.
NOTE = Path(__file__).resolve().parents[2] / "dfp_krita.json"

# Krita's own Python and, in an AppImage, its libraries would break the server's Python.
PYTHON_VARIABLES = ("PYTHONHOME", "PYTHONPATH", "PYTHONNOUSERSITE")


class Launch(NamedTuple):
    """A command line and the folder to start it in ("" for any)."""

    program: str
    arguments: List[str]
    folder: str


def find_launch(note: Path = NOTE) -> Optional[Launch]:
    """The server's command line, or None when no server is installed."""
    noted = _read(note)
    command = [str(word) for word in noted.get("command", [])]
    if command and os.path.exists(command[0]):
        return Launch(command[0], command[1:], str(noted.get("folder", "")))
    home_bin = str(Path.home() / ".local" / "bin")
    found = QtCore.QStandardPaths.findExecutable(PROGRAM)
    # A Krita started from a desktop menu often has a shorter PATH than the painter's terminal.
    found = found or QtCore.QStandardPaths.findExecutable(PROGRAM, [home_bin])
    return Launch(found, [], "") if found else None


def _read(note: Path) -> Dict[str, Any]:
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def server_environment() -> Any:
    """Krita's environment without what would lead the server's Python astray."""
    environment = QtCore.QProcessEnvironment.systemEnvironment()
    for name in PYTHON_VARIABLES:
        environment.remove(name)
    bundle = environment.value("APPDIR")
    if bundle:
        libraries = environment.value("LD_LIBRARY_PATH").split(os.pathsep)
        kept = [folder for folder in libraries if folder and not folder.startswith(bundle)]
        environment.insert("LD_LIBRARY_PATH", os.pathsep.join(kept))
    return environment
