"""The face server that a plugin starts: can it be found, and is it of this program?"""

import json
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dfp.doctor.finding import Finding, fine, wrong
from dfp.doctor.programs import said_by

SERVER = "dfp-server"
PACKAGE = "deepfacepencil-krita"
ASKING_S = 20.0
LIMIT_S = 60.0


def look_at_note(note: Path, called: str, cure: str, install: str) -> Finding:
    """What a plugin, as a sentence begins with it, finds by the note that its installation wrote, or without it.

    install: the command that writes the note anew; cure: the sentence to that.
    """
    noted = read_json(note)
    command = [str(word) for word in noted.get("command", [])]
    if command and Path(command[0]).exists():
        return _look_at_command(command, str(noted.get("folder", "")), called, cure, install)
    # As the plugins look for it, see their launch.py.
    found = shutil.which(SERVER) or shutil.which(SERVER, path=str(Path.home() / ".local" / "bin"))
    if found is not None:
        return _look_at_command([found], "", called, cure, install)
    if command:
        return wrong(f"{called} starts {command[0]}, which is not there any more.", cure, install)
    return wrong(f"{called} finds no {SERVER} to start.", cure, install)


def read_json(file: Path) -> dict[str, Any]:
    """What stands in a file; nothing when it cannot be read."""
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _look_at_command(command: list[str], folder: str, called: str, cure: str, install: str) -> Finding:
    at = command.index("--weights") if "--weights" in command[:-1] else len(command)
    program, weights = command[:at], command[at + 1 : at + 2]
    if weights and not Path(weights[0]).is_file():
        says = f"The weights that {called[:1].lower()}{called[1:]} draws with are not there any more: '{weights[0]}'."
        return wrong(says, "Install the plugin again, with other weights or the bundled ones.", install)
    said = said_by(*program, "--version", limit_s=ASKING_S, extra={"PYTHONPATH": folder} if folder else {})
    if said is None:
        return wrong(f"{called} starts a face server that does not run: {program[0]}.", cure, install)
    ours = _our_version()
    if ours and ours not in said.split():
        says = f"{called} starts another program's server, {said.strip()}, {program[0]}; this program is {ours}."
        return wrong(says, cure, install)
    return fine(f"{called} finds its face server, {program[0]}.")


def _our_version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""
