"""The persons that were drawn for a document, in turn: each is the seed that fills in what the painter leaves open.

Plain Python: no Qt, no Krita.
"""

from typing import Any, Dict, NamedTuple, Optional, Tuple

from .options import MOST_SEED

USUAL = 0  # the seed of the person that comes without a choice
MOST_PEOPLE = 64


class People(NamedTuple):
    """Seeds in the order in which they were drawn, each once."""

    seeds: Tuple[int, ...] = (USUAL,)

    def with_seed(self, seed: int) -> "People":
        """One more, unless it is there; the oldest are forgotten."""
        return self if seed in self.seeds else People((*self.seeds, seed)[-MOST_PEOPLE:])

    def without(self, seed: int) -> "People":
        """The others."""
        return People(tuple(other for other in self.seeds if other != seed) or (USUAL,))

    def before(self, seed: int) -> Optional[int]:
        """Who was drawn before this one; None when nobody was."""
        at = self._place(seed)
        return self.seeds[at - 1] if at > 0 else None

    def after(self, seed: int) -> Optional[int]:
        """Who was drawn after this one; None when nobody was."""
        at = self._place(seed)
        return self.seeds[at + 1] if at + 1 < len(self.seeds) else None

    def to_map(self) -> Dict[str, Any]:
        """Plain values for JSON."""
        return {"version": 1, "seeds": list(self.seeds)}

    @classmethod
    def from_map(cls, noted: Any) -> "People":
        """The inverse; what cannot be read counts as never drawn."""
        seeds = noted.get("seeds") if isinstance(noted, dict) else None
        if not isinstance(seeds, list) or not seeds or not all(_is_seed(seed) for seed in seeds):
            return cls()
        return cls(tuple(dict.fromkeys(seeds))[-MOST_PEOPLE:])

    def _place(self, seed: int) -> int:
        # One that was not drawn here is newer than all that were.
        return self.seeds.index(seed) if seed in self.seeds else len(self.seeds)


def _is_seed(noted: Any) -> bool:
    return isinstance(noted, int) and not isinstance(noted, bool) and 0 <= noted <= MOST_SEED
