"""A measured value with its standard error by bootstrap, the same for the same seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

DRAWS = 200  # of the bootstrap


@dataclass(frozen=True)
class Figure:
    """A measured value, and the same of faces drawn with replacement: in every model's i-th draw the same faces.

    parts: what the value is the mean of, by name, such as each class; None where no face has it.
    """

    value: float
    draws: tuple[float, ...]
    parts: Mapping[str, float | None] = field(default_factory=dict)

    @classmethod
    def of(cls, value: float, draws: Iterable[float], parts: Mapping[str, float | None] | None = None) -> "Figure":
        """From numbers of any kind."""
        return cls(float(value), tuple(map(float, draws)), parts or {})

    @property
    def spread(self) -> float:
        """The standard error over faces."""
        return float(np.std(self.draws))

    @property
    def half(self) -> float:
        """Half of the 95 % interval."""
        return 1.96 * self.spread

    def minus(self, other: "Figure") -> "Figure":
        """How much more this is than another model's of the same faces.

        Its interval is often much narrower than theirs: a face that is hard for one model is hard for the other.
        """
        return Figure.of(self.value - other.value, np.subtract(self.draws, other.draws))

    def plain(self) -> dict[str, float]:
        """As values for JSON."""
        return {"value": self.value, "spread": self.spread}


def mean_of(values: np.ndarray) -> Figure:
    """The mean of one number a face. Its bootstrap needs no draws but is made of them: all spreads are of one kind."""
    return Figure.of(values.mean(), [n @ values / n.sum() for (n,) in resamples(len(values))])


def resamples(*sizes: int, seed: int = 0, draws: int = DRAWS) -> list[tuple[np.ndarray, ...]]:
    """How often each member of sets of these sizes (2 and more) is drawn, with replacement; the seed decides.

    A draw of one member alone, which says nothing of a set, is drawn again.
    """
    rng = np.random.default_rng(seed)

    def counts(n: int) -> np.ndarray:
        drawn = rng.multinomial(n, np.full(n, 1 / n))
        return drawn.astype(np.float64) if (drawn > 0).sum() > 1 else counts(n)

    return [tuple(counts(n) for n in sizes) for _ in range(draws)]
