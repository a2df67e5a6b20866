"""Where a painter's Krita keeps its plugins and settings."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from krita_plugin.assemble import ACTION, DESKTOP, NAME


class HomelessError(Exception):
    """Neither HOME nor an account says where the home folder is."""


def home_of(environment: Mapping[str, str]) -> Path:
    """The home folder. Raises HomelessError."""
    try:
        return Path(environment.get("HOME") or Path.home())
    except RuntimeError as error:
        raise HomelessError from error


@dataclass(frozen=True)
class KritaProfile:
    """The two folders that an install touches."""

    resources: Path
    kritarc: Path

    @property
    def package(self) -> Path:
        """The plugin's package."""
        return self.resources / "pykrita" / NAME

    @property
    def desktop(self) -> Path:
        """What tells Krita of the plugin."""
        return self.resources / "pykrita" / DESKTOP

    @property
    def note(self) -> Path:
        """How to start the server; the plugin's launch.py reads it."""
        return self.resources / "pykrita" / f"{NAME}.json"

    @property
    def settings(self) -> Path:
        """What the painter has set; the plugin's settings.py writes it."""
        return self.resources / "pykrita" / f"{NAME}_settings.json"

    @property
    def batches(self) -> Path:
        """What goes on after a crash of Krita; the plugin's batch/journal.py writes it."""
        return self.resources / "pykrita" / f"{NAME}_batches"

    @property
    def action(self) -> Path:
        """The default shortcut."""
        return self.resources / "actions" / ACTION

    @classmethod
    def of_user(cls, platform: str = sys.platform, environment: Mapping[str, str] = os.environ) -> "KritaProfile":
        """The profile of whoever runs this. Raises HomelessError."""
        home = home_of(environment)
        if platform == "win32":
            roaming = Path(environment.get("APPDATA") or home / "AppData/Roaming")
            local = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
            return cls(roaming / "krita", local / "kritarc")
        if platform == "darwin":
            library = home / "Library"
            return cls(library / "Application Support/krita", library / "Preferences/kritarc")
        data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
        config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
        return cls(data / "krita", config / "kritarc")
