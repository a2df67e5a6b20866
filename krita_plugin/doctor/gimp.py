"""What `dfp doctor` looks at of GIMP: the program, and the plug-in in its profiles."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from dfp.doctor.finding import Check, Finding, Subject, fine, warning, wrong
from dfp.doctor.programs import said_by
from dfp.doctor.repair import line
from krita_plugin.assemble import assemble_for_gimp
from krita_plugin.doctor.files import compare
from krita_plugin.doctor.launch import LIMIT_S, look_at_note

NAME = "dfp_gimp"
NOTE = "server.json"  # in the plug-in's folder, as the installation writes it
PROGRAMS = "gimp", "gimp-3.2", "gimp-3.0", "gimp-3"
VERSION_3 = "3.0"
ASKING_S = 20.0
COMMAND = line("dfp-gimp", "install")
RENEW = "Install the plug-in again, then start GIMP again."


def look_at_program() -> Iterator[Finding]:
    """Whether GIMP is there, and new enough for the plug-in."""
    found = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
    if found is None:
        yield fine("GIMP is not on the PATH, and not needed.")
        return
    version = re.search(r"(\d+)\.\d+[\w.-]*", said_by(found, "--version", limit_s=ASKING_S) or "")
    if version is None:
        yield fine(f"GIMP is there, {found}.")
    elif int(version[1]) >= 3:
        yield fine(f"GIMP {version[0]} is there, {found}.")
    elif any(_plugins()):
        says = f"GIMP is of version {version[0]}, and the plug-in needs {VERSION_3}."
        yield warning(says, "Install GIMP 3, from gimp.org or with your system's packages.")
    else:
        yield fine(f"GIMP {version[0]} is there, {found}; the plug-in would need {VERSION_3}.")


def look_at_plugin() -> Iterator[Finding]:
    """The plug-in in the profile of each version of GIMP."""
    found = list(_plugins())
    if not found:
        yield fine("The plug-in is not installed in GIMP. If you want it there, `dfp-gimp install` puts it in place.")
    for folder in found:
        yield _look_at_folder(folder)


def look_at_launch() -> Iterator[Finding]:
    """Whether the plug-in can start a face server, and one of this version."""
    for folder in _plugins():
        yield look_at_note(folder / NOTE, "The plug-in in GIMP", RENEW, COMMAND)


def _look_at_folder(folder: Path) -> Finding:
    file = folder / f"{NAME}.py"
    if not file.is_file():
        return wrong(f"A file of the plug-in for GIMP is missing: {file}.", RENEW, COMMAND)
    if sys.platform != "win32" and not os.access(file, os.X_OK):
        says = f"The plug-in for GIMP is not executable, so that GIMP passes over it without a word: {file}."
        return wrong(says, "Make it so, then start GIMP again.", line("chmod", "755", file))
    with tempfile.TemporaryDirectory() as scratch:
        assemble_for_gimp(Path(scratch) / NAME)
        differing = [one for one in compare(folder, Path(scratch) / NAME) if one.name != NOTE]
    if differing:
        count = f"{len(differing)} files" if len(differing) > 1 else "one file"
        says = f"The plug-in in GIMP, {folder}, is not of this program's version, or not whole: {count} other than"
        return wrong(f"{says} its own, {differing[0].name} first.", RENEW, COMMAND)
    return fine(f"The plug-in is installed in GIMP, {folder}, and executable.")


def _plugins(environment: Mapping[str, str] = os.environ) -> Iterator[Path]:
    """Where the plug-in lies, in the profile of each version of GIMP."""
    own = environment.get("GIMP3_DIRECTORY")
    if own:
        yield from filter(Path.is_dir, [Path(own) / "plug-ins" / NAME])
        return
    for base in _settings(environment):
        for version in sorted(base.glob("[3-9].*")):
            if (version / "plug-ins" / NAME).is_dir():
                yield version / "plug-ins" / NAME


def _settings(environment: Mapping[str, str]) -> Iterator[Path]:
    """GIMP's folders of settings, with one for each version in it."""
    home = Path(environment.get("HOME") or Path.home())
    if sys.platform == "win32":
        yield Path(environment.get("APPDATA") or home / "AppData/Roaming") / "GIMP"
    elif sys.platform == "darwin":
        yield home / "Library/Application Support/GIMP"
    else:
        yield Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "GIMP"
        yield home / ".var/app/org.gimp.GIMP/config/GIMP"


SUBJECT = Subject(
    "GIMP",
    50,
    (
        Check("gimp", "GIMP", look_at_program),
        Check(
            "gimp_plugin",
            "Plug-in in GIMP",
            look_at_plugin,
            needs=("packages", "temporary"),
            cure=RENEW,
            command=COMMAND,
        ),
        Check("gimp_launch", "Server that the plug-in starts", look_at_launch, LIMIT_S),
    ),
)
