"""What the painter asks for beside the lines themselves. Plain Python: no Qt, no Krita."""

from dataclasses import asdict, dataclass
from typing import Any, Dict

from ..settings.fields import between, flag, known_fields, setting


@dataclass(frozen=True)
class Options:
    """trust: how exactly lines are meant, 1 exactly, -1 loosely, 0 as the model thinks. attention: whether the answer
    shall say how far each line was relaxed."""

    trust: float = setting(0.0, between(-1.0, 1.0))
    attention: bool = setting(False, flag)

    def to_map(self) -> Dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_map(cls, noted: Any) -> "Options":
        """The inverse of `to_map`; what cannot be read counts as never set."""
        return cls(**known_fields(cls, noted))


NO_OPTIONS = Options()
