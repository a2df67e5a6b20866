"""Palette files as GIMP and Krita write them, .gpl, with the regions' names as names of the colours. Plain Python."""

import re
from typing import Dict, NamedTuple

from .palette import REGIONS, Colour, Palette

HEAD = b"GIMP Palette"
NAME = "Name:"
LARGEST = 1 << 20  # bytes of such a file
NUMBER = re.compile("[0-9]{1,3}", re.ASCII)


class NotGpl(Exception):
    """It is no such file."""


class NamedPalette(NamedTuple):
    """A palette and what it is called; "" when the file does not say."""

    name: str
    palette: Palette


def to_gpl(named: NamedPalette) -> str:
    """The known colours as a .gpl file's text; the names are the same in every language, so that `dfp` knows them."""
    lines = [HEAD.decode(), f"{NAME} {' '.join(named.name.split())}", f"Columns: {len(REGIONS)}", "#"]
    for region, colour in named.palette.known.items():
        lines.append("{:3} {:3} {:3}\t".format(*colour) + region)
    return "\n".join(lines) + "\n"


def from_gpl(data: bytes) -> NamedPalette:
    """The inverse. Colours of other names are passed over; raises NotGpl when it is no .gpl.

    The palette has no colours when none is named after a region: whose they are would be guessed.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise NotGpl from error
    if len(data) > LARGEST or not lines or lines[0].strip() != HEAD.decode():
        raise NotGpl
    names = [line[len(NAME) :].strip() for line in lines[1:] if line.startswith(NAME)]
    found: Dict[str, Colour] = {}
    for line in lines[1:]:
        parts = line.split(None, 3)
        if len(parts) == 4 and all(NUMBER.fullmatch(part) for part in parts[:3]):
            red, green, blue = (int(part) for part in parts[:3])
            # Krita may write more behind the name.
            found[parts[3].partition("\t")[0].strip().lower()] = (red, green, blue)
    return NamedPalette(names[0] if names else "", Palette.from_map(found))
