"""What a measure is: from what is seen of every face to one figure of a model, and how tables show it.

To add one, write a file like `dfp_training.metrics.l1` and name its `METRIC` in `dfp_training.metrics.registry`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from dfp_training.metrics.feature_networks import FeatureNetworks, Need
from dfp_training.metrics.figure import Figure
from dfp_training.metrics.observation import Comparison, Observation

# What was observed of a set of pictures, by the observation's name; the n-th row of each array is of the n-th face.
Rows: TypeAlias = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Digits:
    """Digits after the point: on the terminal, on a report's page, and in its short version (None: not shown there)."""

    terminal: int = 4
    page: int = 3
    short: int | None = 3


@dataclass(frozen=True)
class Parts:
    """What the parts of a figure are: their name in JSON and their title in the terminal's table."""

    name: str
    title: str


@dataclass(frozen=True)
class Metric:
    """One measure.

    name: in JSON and of the curve's file. title, unit: in tables. better: which way. observe: what is kept of each
    face. aggregate: what was observed of a model's faces and of the photos -> the figure, with its bootstrap. note:
    what it is taken with; `{wanted}` stands for what the sketches ask for. need: what not everybody has, whose users
    do without the measure. ceiling: what the figure of the photos themselves says, empty where it says nothing.
    curve: whether a report draws it over d.
    """

    name: str
    title: str
    better: Literal["lower", "higher"]
    observe: tuple[Observation, ...]
    aggregate: Callable[[Rows, Rows], Figure]
    unit: str = ""
    note: str = ""
    need: Need | None = None
    digits: Digits = Digits()
    parts: Parts | None = None
    ceiling: str = ""
    curve: bool = True

    @property
    def heading(self) -> str:
        """The title with the unit."""
        return f"{self.title} {self.unit}".strip()

    def plain(self, figure: Figure | None) -> dict[str, object] | None:
        """A figure of this measure as values for JSON."""
        if figure is None:
            return None
        return {**figure.plain(), **({self.parts.name: dict(figure.parts)} if self.parts and figure.parts else {})}


@dataclass(frozen=True)
class Measured:
    """One row of the table: d in pixels of 512, and the figures by the measures' names; some lack their network."""

    d: float
    figures: Mapping[str, Figure]

    def __getitem__(self, metric: Metric) -> Figure | None:
        return self.figures.get(metric.name)

    def minus(self, other: "Measured") -> "Measured":
        """How a model's figures differ from another's at the same d."""
        both = {name: other.figures[name] for name in self.figures if name in other.figures}
        return Measured(self.d, {name: self.figures[name].minus(figure) for name, figure in both.items()})


def observations(metrics: Iterable[Metric], networks: FeatureNetworks) -> list[Observation]:
    """All that the networks which are there can see for the measures, each once."""
    there = (m for m in metrics if m.need is None or m.need.met(networks))
    return list(dict.fromkeys(observation for metric in there for observation in metric.observe))


def observed(some: Iterable[Observation], comparison: Comparison) -> dict[str, np.ndarray]:
    """The rows of some faces."""
    return {observation.name: observation.of(comparison) for observation in some}


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of all faces, in their order."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def measured(d: float, made: Rows, photos: Rows, metrics: Iterable[Metric]) -> Measured:
    """The figures of one deformation, of the measures whose observations are there."""
    possible = (m for m in metrics if all(o.name in made and o.name in photos for o in m.observe))
    return Measured(d, {metric.name: metric.aggregate(made, photos) for metric in possible})


def ceilings(photos: Rows, metrics: Iterable[Metric]) -> Measured:
    """The figures of the photos themselves, of the measures in which no face is better than a photo."""
    return measured(0, photos, photos, [metric for metric in metrics if metric.ceiling])


def plain(row: Measured, metrics: Iterable[Metric]) -> dict[str, object]:
    """A row as values for JSON: every measure, null where its network is missing."""
    return {metric.name: metric.plain(row[metric]) for metric in metrics}


def shown(metrics: Iterable[Metric], rows: Sequence[Measured]) -> list[Metric]:
    """The measures that any of the rows has a figure of."""
    return [metric for metric in metrics if any(row[metric] for row in rows)]


def notes(metrics: Iterable[Metric], wanted: str) -> list[str]:
    """What the measures are taken with, a sentence for those that share it. `wanted`: what the sketches ask for."""
    titles: dict[str, list[str]] = {}
    for metric in metrics:
        if metric.note:
            titles.setdefault(metric.note.format(wanted=wanted), []).append(metric.title)
    return [f"{', '.join(names)}: {note}" for note, names in titles.items()]


def left_out(metrics: Iterable[Metric], networks: FeatureNetworks) -> list[str]:
    """A sentence for each thing that is not there: the measures that it would take."""
    titles: dict[str, list[str]] = {}
    for metric in metrics:
        if metric.need and not metric.need.met(networks):
            titles.setdefault(metric.need.what, []).append(metric.title)
    return [f"Without {what} there is no {' and no '.join(names)}" for what, names in titles.items()]
