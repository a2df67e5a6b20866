"""What the painter asks for beside the lines themselves. Plain Python: no Qt, no Krita."""

from dataclasses import asdict, dataclass
from typing import Any, Dict


@dataclass(frozen=True)
class Options:
    """trust: how exactly lines are meant, 1 exactly, -1 loosely, 0 as the model thinks. attention: whether the answer
    shall say how far each line was relaxed."""

    trust: float = 0.0
    attention: bool = False

    def to_map(self) -> Dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_map(cls, noted: Any) -> "Options":
        """The inverse of `to_map`; what cannot be read counts as never set."""
        noted = noted if isinstance(noted, dict) else {}
        trust = noted.get("trust", 0.0)
        known = isinstance(trust, (int, float)) and not isinstance(trust, bool) and -1 <= trust <= 1
        return cls(float(trust) if known else 0.0, noted.get("attention") is True)


NO_OPTIONS = Options()
