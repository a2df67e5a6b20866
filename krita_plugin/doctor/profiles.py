"""The profiles in which a painter's Kritas look for plugins."""

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dfp.doctor.repair import line
from krita_plugin.profile import KritaProfile

# Where sandboxes keep what would else be below the home: the folders of data and of settings.
SANDBOXES = {
    "the Krita of Flatpak": (".var/app/org.kde.krita/data", ".var/app/org.kde.krita/config"),
    "the Krita of Snap": ("snap/krita/current/.local/share", "snap/krita/current/.config"),
}


@dataclass(frozen=True)
class Placed:
    """A profile; called: whose it is, in a sentence. install: the command that installs the plugin there."""

    profile: KritaProfile
    called: str
    install: str
    sandbox: bool = False


def profiles(environment: Mapping[str, str] = os.environ) -> list[Placed]:
    """The painter's own, there or not, and those of sandboxes that are there. Raises HomelessError."""
    own = Placed(KritaProfile.of_user(environment=environment), "Krita", line("dfp-krita", "install"))
    return [own, *_sandboxed(environment)]


def _sandboxed(environment: Mapping[str, str]) -> Iterator[Placed]:
    home = environment.get("HOME")
    if not home or sys.platform in ("win32", "darwin"):
        return
    for called, (data, config) in SANDBOXES.items():
        if (Path(home) / data).is_dir():
            folders = Path(home) / data, Path(home) / config
            given = [f"XDG_DATA_HOME={folders[0]}", f"XDG_CONFIG_HOME={folders[1]}"]
            profile = KritaProfile(folders[0] / "krita", folders[1] / "kritarc")
            yield Placed(profile, called, line("env", *given, "dfp-krita", "install"), sandbox=True)
