"""The colours that a painter wants of a face's regions, and the files that name them."""

import json
import re
import stat
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from PIL import ImageColor

from dfp.errors import SketchError
from dfp.model.classes import REGIONS

LARGEST_FILE = 1 << 20  # bytes of a palette
GPL_NUMBER = re.compile("[0-9]{1,3}", re.ASCII)

Colour = tuple[int, int, int]  # sRGB, 0 to 255


@dataclass(frozen=True)
class Palette:
    """The colour of each region, None where any will do. Raises SketchError for anything else."""

    skin: Colour | None = None
    hair: Colour | None = None
    lips: Colour | None = None
    eyes: Colour | None = None
    background: Colour | None = None
    clothes: Colour | None = None

    def __post_init__(self) -> None:
        for name, colour in self.named().items():
            numbers = list(colour) if isinstance(colour, (tuple, list)) else []
            if len(numbers) != 3 or not all(isinstance(n, (int, np.integer)) and 0 <= n <= 255 for n in numbers):
                said = shortened(colour)
                raise SketchError(f"The colour of {name} must be three whole numbers from 0 to 255, not {said}.")

    def named(self) -> dict[str, Colour]:
        """The colours that are known, by region."""
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: colour for name, colour in found.items() if colour is not None}

    def over(self, other: "Palette") -> "Palette":
        """These colours, and those of `other` where these are not known."""
        return Palette(**{**other.named(), **self.named()})

    def written(self) -> dict[str, str]:
        """The colours that are known, as `parse` reads them: #a5694f."""
        return {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in self.named().items()}

    @classmethod
    def of(cls, colours: np.ndarray) -> "Palette":
        """The inverse of `Appearance.colours`: float32 COLOURS in [-1, 1]."""
        numbers = ((colours.reshape(-1, 3) + 1) * 127.5).round().astype(int).tolist()
        return cls(**{name: tuple(three) for name, three in zip(REGIONS, numbers, strict=True)})

    @classmethod
    def parse(cls, texts: dict[str, str]) -> "Palette":
        """From colours by region as people write them: #a5694f, black, rgb(20, 30, 40). Raises SketchError."""
        strange = sorted(set(texts) - set(REGIONS))
        if strange:
            raise SketchError(f"There is no region {shortened(strange[0])}; there are {', '.join(REGIONS)}.")
        return cls(**{name: read_colour(text, name) for name, text in texts.items()})


def read_colour(text: str, region: str) -> Colour:
    """#a5694f, black, rgb(20, 30, 40) -> a colour. Raises SketchError."""
    try:
        red, green, blue = ImageColor.getrgb(text.strip())[:3]
    except (ValueError, AttributeError) as error:
        raise SketchError(
            f"{shortened(text)} is no colour for {region}: write one like #a5694f, black or rgb(165, 105, 79)."
        ) from error
    return int(red), int(green), int(blue)


def read_palette(path: Path) -> Palette:
    """A palette file: JSON with a colour by region, or GIMP's and Krita's .gpl whose colours are named after regions.

    Raises SketchError with a sentence.
    """
    data = _bytes_of(path)
    try:
        text = data.decode("utf-8-sig")
        table = None if text.startswith("GIMP Palette") else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SketchError(_no_palette(path)) from error
    if table is None:
        return _read_gpl(text, path)
    if not isinstance(table, dict) or not table or not all(isinstance(value, str) for value in table.values()):
        raise SketchError(_no_palette(path))
    try:
        return Palette.parse(table)
    except SketchError as error:
        raise SketchError(f"In the palette {path}: {error}") from error


def _bytes_of(path: Path) -> bytes:
    try:
        # Before it is opened: to open a pipe is to wait for whoever writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise SketchError(_no_palette(path))
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SketchError(f"The palette {path} cannot be read: {error.strerror or error}.") from error
    if len(data) > LARGEST_FILE:
        raise SketchError(_no_palette(path))
    return data


def _no_palette(path: Path) -> str:
    return (
        f"{path} is no palette. Give a .gpl palette whose colours are named after regions ({', '.join(REGIONS)}), "
        'or JSON such as {"hair": "#201510"}.'
    )


def _read_gpl(text: str, path: Path) -> Palette:
    found: dict[str, Colour] = {}
    for line in text.splitlines()[1:]:
        parts = line.split(None, 3)
        if len(parts) == 4 and all(GPL_NUMBER.fullmatch(part) for part in parts[:3]):
            red, green, blue = (int(part) for part in parts[:3])
            found[parts[3].strip().lower()] = (red, green, blue)
    found = {name: colour for name, colour in found.items() if name in REGIONS}
    if not found:
        raise SketchError(
            f"No colour of the palette {path} is named after a region: rename them to {', '.join(REGIONS)}."
        )
    return Palette(**found)


def shortened(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."


NO_PALETTE = Palette()
