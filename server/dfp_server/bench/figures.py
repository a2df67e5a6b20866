"""What `dfp-server bench` measures: samples of answers, and all of a run together."""

import math
from dataclasses import dataclass, field
from typing import Any

from dfp.runtime.roofline import Roofline


@dataclass
class Sample:
    """Answers of one kind.

    ms: from sending to having read each. added: how much of it was none of the work that there is without a server,
    too: preparing the sketch, the model, placing the picture. seconds: for all answers together.
    """

    ms: list[float] = field(default_factory=list)
    added: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def join(self, other: "Sample") -> None:
        """Take another round's answers in."""
        self.ms += other.ms
        self.added += other.added
        self.seconds += other.seconds

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.ms) / self.seconds if self.seconds else math.nan

    def percentile(self, share: float) -> float:
        """Milliseconds that `share` (0 to 1) of the answers took at most."""
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan


@dataclass
class Figures:
    """What was measured: samples by name, the roofline, the server's start, and its memory after so many requests."""

    about: dict[str, Any]
    roofline: Roofline
    ready_s: float
    samples: dict[str, Sample] = field(default_factory=dict)
    memory: list[tuple[int, float]] = field(default_factory=list)

    def take(self, name: str, sample: Sample) -> None:
        """One more turn."""
        self.samples.setdefault(name, Sample()).join(sample)
