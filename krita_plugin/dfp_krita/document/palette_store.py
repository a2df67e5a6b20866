"""Palettes by name, and those that the painter keeps for all her pictures. Plain Python: no Qt, no Krita."""

import json
from pathlib import Path
from typing import Any, Dict

from .. import texts
from ..refusal import Refusal
from ..settings.user import FILE as SETTINGS
from ..settings.whole_file import write_whole
from .palette import Palette

# Not in the plugin's folder, which is emptied when a newer plugin comes.
FILE = SETTINGS.with_name("dfp_krita_palettes.json")
LONGEST_NAME = 60

Palettes = Dict[str, Palette]


class UserPalettes:
    """Those in the painter's own file."""

    def __init__(self, file: Path = FILE) -> None:
        self._file = file

    def read(self) -> Palettes:
        """By name; what cannot be read counts as never saved."""
        try:
            return from_noted(json.loads(self._file.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def write(self, palettes: Palettes) -> None:
        """Keep these in the place of all others, whole or not at all. Raises Refusal."""
        try:
            write_whole(self._file, json.dumps(noted(palettes), indent=1))
        except OSError as error:
            raise Refusal(texts.palettes.not_saved(error.strerror or str(error))) from error


def clean_name(name: str) -> str:
    """A name as it is kept: in one line, and not too long; "" when nothing is left."""
    return " ".join(name.split())[:LONGEST_NAME].strip()


def free_name(name: str, palettes: Palettes) -> str:
    """The name, with a number behind it when there is one of that name already."""
    numbered = (f"{name} {number}" for number in range(2, len(palettes) + 3))
    return name if name not in palettes else next(other for other in numbered if other not in palettes)


def noted(palettes: Palettes) -> Dict[str, Any]:
    """Plain values for JSON."""
    return {"version": 1, "palettes": {name: palette.to_map() for name, palette in palettes.items()}}


def from_noted(kept: Any) -> Palettes:
    """The inverse; what cannot be read counts as never saved."""
    found = kept.get("palettes") if isinstance(kept, dict) else None
    read = {clean_name(name): Palette.from_map(one) for name, one in found.items()} if isinstance(found, dict) else {}
    return {name: palette for name, palette in read.items() if name and palette.known}
