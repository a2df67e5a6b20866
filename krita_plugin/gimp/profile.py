"""Where a painter's GIMP 3 keeps its plug-ins and settings."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from krita_plugin.assemble import GIMP_NAME
from krita_plugin.profile import home_of

PROCEDURE = "dfp-generate-face"
# A newer GIMP 3 that starts for the first time takes over what is in it.
FIRST = "3.0"
VERSION = re.compile(r"3\.\d*[02468]")
PROGRAMS = ("gimp-3.2", "gimp-3.0", "gimp-3", "gimp", "gimp-console")
PATIENCE_S = 20


@dataclass(frozen=True)
class GimpProfile:
    """The settings of one version of GIMP."""

    folder: Path

    @property
    def package(self) -> Path:
        """The plug-in's folder."""
        return self.folder / "plug-ins" / GIMP_NAME

    @property
    def values(self) -> list[Path]:
        """What GIMP has written down of the arguments that the painter chose."""
        return sorted((self.folder / "plug-in-settings").glob(f"*{PROCEDURE}*"))


def profiles(platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> list[GimpProfile]:
    """Every profile of a GIMP 3 that is there. Raises HomelessError."""
    own = environment.get("GIMP3_DIRECTORY")
    if own:
        return [GimpProfile(Path(own))] if Path(own).is_dir() else []
    base = _base(platform, environment)
    found = sorted(folder for folder in base.glob("3.*") if folder.is_dir() and VERSION.fullmatch(folder.name))
    return [GimpProfile(folder) for folder in found]


def future_profile(
    version: "str | None", platform: str = sys.platform, environment: Mapping[str, str] = os.environ
) -> GimpProfile:
    """The profile that a GIMP of a version, as in "3.2", will read when it starts for the first time; without a version
    whichever GIMP 3 comes. Raises HomelessError.
    """
    own = environment.get("GIMP3_DIRECTORY")
    return GimpProfile(Path(own) if own else _base(platform, environment) / (version or FIRST))


def installed_version() -> "str | None":
    """The version of the GIMP 3 on the PATH, as its profile is called; None when there is none."""
    for program in filter(None, map(shutil.which, PROGRAMS)):
        try:
            said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=PATIENCE_S).stdout
        except (OSError, subprocess.TimeoutExpired):
            continue
        found = re.search(r"\b(3\.\d+)\.\d+", said)
        if found and VERSION.fullmatch(found[1]):
            return found[1]
    return None


def _base(platform: str, environment: Mapping[str, str]) -> Path:
    home = home_of(environment)
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData/Roaming") / "GIMP"
    if platform == "darwin":
        return home / "Library/Application Support/GIMP"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "GIMP"
