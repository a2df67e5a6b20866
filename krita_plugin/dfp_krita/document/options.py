"""What the painter asks for beside the lines themselves. Plain Python: no Qt, no Krita."""

from dataclasses import asdict, dataclass
from typing import Any, Dict

from ..settings.fields import between, flag, known_fields, one_of, setting, whole
from .palette import NO_PALETTE, Palette

MOST_SEED = 2**32 - 1
# How a face comes: on one layer, on one without its background, or as a group of layers.
LAYER, CUT_OUT, GROUP = FORMS = ("layer", "cut out", "group")


@dataclass(frozen=True)
class Options:
    """trust: how exactly lines are meant, 1 exactly, -1 loosely, 0 as the model thinks. attention: whether the answer
    shall say how far each line was relaxed. palette: the colours of regions. seed: 0 to 2**32 - 1, which person fills
    in what the palette leaves open. form: how faces come, one of FORMS."""

    trust: float = setting(0.0, between(-1.0, 1.0))
    attention: bool = setting(False, flag)
    palette: Palette = setting(NO_PALETTE, Palette.from_map)  # noqa: RUF009 (a frozen one)
    seed: int = setting(0, whole(0, MOST_SEED))
    form: str = setting(LAYER, one_of(*FORMS))

    def to_map(self) -> Dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "palette": self.palette.to_map()}

    @classmethod
    def from_map(cls, noted: Any) -> "Options":
        """The inverse of `to_map`; what cannot be read counts as never set."""
        return cls(**known_fields(cls, noted))


NO_OPTIONS = Options()
