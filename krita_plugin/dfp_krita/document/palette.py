"""The colours that a painter wants of a face's regions. Plain Python: no Qt, no Krita."""

from dataclasses import dataclass, fields, replace
from typing import Any, Dict, Optional, Tuple

Colour = Tuple[int, int, int]  # red, green, blue of sRGB, each 0 to 255


@dataclass(frozen=True)
class Palette:
    """The colour of each region; None where it is not known, and then any will do."""

    skin: Optional[Colour] = None
    hair: Optional[Colour] = None
    lips: Optional[Colour] = None
    eyes: Optional[Colour] = None
    background: Optional[Colour] = None
    clothes: Optional[Colour] = None

    @property
    def known(self) -> Dict[str, Colour]:
        """The colours that are known, by region."""
        found = {name: getattr(self, name) for name in REGIONS}
        return {name: colour for name, colour in found.items() if colour is not None}

    def with_colour(self, region: str, colour: Optional[Colour]) -> "Palette":
        """The same but for one region; None makes it unknown."""
        return replace(self, **{region: colour})

    def to_map(self) -> Dict[str, Any]:
        """The known colours as plain values for JSON and the wire: lists of red, green, blue by region."""
        return {name: list(colour) for name, colour in self.known.items()}

    @classmethod
    def from_map(cls, noted: Any) -> "Palette":
        """The inverse of `to_map`. What is no colour counts as unknown, what is no region is passed over."""
        if not isinstance(noted, dict):
            return cls()
        return cls(**{name: _colour(noted.get(name)) for name in REGIONS})


REGIONS = tuple(f.name for f in fields(Palette))
NO_PALETTE = Palette()


def _colour(noted: Any) -> Optional[Colour]:
    if not isinstance(noted, (list, tuple)) or len(noted) != 3:
        return None
    if not all(isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= 255 for part in noted):
        return None
    red, green, blue = noted
    return red, green, blue
