"""What the painter has said about the face."""

from dataclasses import dataclass, field

Colour = tuple[int, int, int]  # red, green, blue of sRGB, each 0 to 255


@dataclass(frozen=True)
class Options:
    """trust: -1 (lines are meant loosely) to 1 (exactly). palette: colours by region; what is left out is open. seed:
    which person, 0 to 2**31 - 1. in_selection: whether the face sits in the selection, where there is one. cut_out:
    whether it comes without its background.
    """

    trust: float = 0.0
    palette: dict[str, Colour] = field(default_factory=dict)
    seed: int = 0
    in_selection: bool = True
    cut_out: bool = False
