"""What the painter has set, in one small file beside the plugin's folder that only she can read: it holds a token.

Krita's own settings file would do for the rest, but everybody on the computer may read that.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Tuple
from urllib.parse import urlsplit

from .. import texts
from .fields import known_fields, limited, names, setting, text
from .whole_file import write_whole

# Not in the plugin's folder: Krita's importer empties that when it brings a newer plugin.
FILE = Path(__file__).resolve().parents[2] / "dfp_krita_settings.json"
LONGEST_DELAY_MS = 2000
MOST_HISTORY_MB = 1024
OPEN_AT_FIRST = ("colours", "trust")


class SettingsError(Exception):
    """Settings that cannot be used or kept; the text is one sentence for the painter."""


@dataclass(frozen=True)
class Settings:
    """address: https://host:port of a face server on another computer, "" for the one on this computer; with its
    `token` and, where no authority has signed it, the file of its `certificate` (PEM).

    live_delay_ms: how long live waits after a stroke, 0 to 2000. history_mb: how much of a picture's file its
    history may take, 0 to 1024 MiB. open_sections: which of the docker's sections are unfolded.
    """

    address: str = setting("", text)
    token: str = setting("", text)
    certificate: str = setting("", text)
    live_delay_ms: int = setting(0, limited(0, LONGEST_DELAY_MS))
    history_mb: int = setting(64, limited(0, MOST_HISTORY_MB))
    open_sections: Tuple[str, ...] = setting(OPEN_AT_FIRST, names)

    def check(self) -> None:
        """Raise SettingsError unless everything can be used."""
        if self.address:
            if not _is_address(self.address):
                raise SettingsError(texts.settings.ADDRESS_ODD)
            if not self.token or not self.token.isascii() or not self.token.isprintable() or " " in self.token:
                raise SettingsError(texts.settings.TOKEN_ODD)
            if self.certificate and not os.path.isfile(self.certificate):
                raise SettingsError(texts.settings.CERTIFICATE_MISSING)


def load(file: Path = FILE) -> Settings:
    """What was saved last; whatever cannot be read counts as never set."""
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        saved = {}
    return Settings(**_known(saved))


def save(settings: Settings, file: Path = FILE) -> None:
    """Keep the settings, whole or not at all. Raises SettingsError."""
    settings.check()
    try:
        write_whole(file, json.dumps(asdict(settings), indent=1))
    except OSError as error:
        raise SettingsError(texts.settings.not_saved(error.strerror or str(error))) from error


def _known(saved: Any) -> Dict[str, Any]:
    known = known_fields(Settings, saved)
    if known.get("address") and not _is_address(known["address"]):
        del known["address"]
    return known


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port is not None and not parts.path.strip("/")
    except ValueError:
        return False
