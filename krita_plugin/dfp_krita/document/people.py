"""The persons that were drawn for a document, in turn: each is the seed that fills in what the painter leaves open."""

from typing import Any, NamedTuple, Optional, Tuple

from .annotation import read_annotation, write_annotation
from .options import MOST_SEED

ANNOTATION = "deepfacepencil-people"
DESCRIPTION = "Which persons DeepFacePencil has drawn"
USUAL = 0  # the seed of the person that comes without a choice
MOST_PEOPLE = 64


class People(NamedTuple):
    """Seeds in the order in which they were drawn, each once."""

    seeds: Tuple[int, ...] = (USUAL,)

    def with_seed(self, seed: int) -> "People":
        """One more, unless it is there; the oldest are forgotten."""
        return self if seed in self.seeds else People((*self.seeds, seed)[-MOST_PEOPLE:])

    def before(self, seed: int) -> Optional[int]:
        """Who was drawn before this one; None when nobody was."""
        at = self._place(seed)
        return self.seeds[at - 1] if at > 0 else None

    def after(self, seed: int) -> Optional[int]:
        """Who was drawn after this one; None when nobody was."""
        at = self._place(seed)
        return self.seeds[at + 1] if at + 1 < len(self.seeds) else None

    def _place(self, seed: int) -> int:
        # One that was not drawn here is newer than all that were.
        return self.seeds.index(seed) if seed in self.seeds else len(self.seeds)


def people_of(document: Any) -> People:
    """Those of a document; what cannot be read counts as never drawn."""
    try:
        noted = read_annotation(document, ANNOTATION)["seeds"]
        if not all(isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed <= MOST_SEED for seed in noted):
            return People()
        return People(tuple(dict.fromkeys(noted))[-MOST_PEOPLE:] or (USUAL,))
    except (ValueError, TypeError, KeyError):
        return People()


def keep_people(document: Any, people: People) -> None:
    """Keep them with the document."""
    write_annotation(document, ANNOTATION, DESCRIPTION, {"version": 1, "seeds": list(people.seeds)})
