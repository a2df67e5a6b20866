"""From what was seen of faces to figures: values with standard errors by bootstrap, the same for the same seed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np

from dfp_training.data.datasets import CLASSES
from dfp_training.metrics.frechet import DRAWS, frechet_distance, kernel_statistic, resamples, unit_kernels
from dfp_training.metrics.miou import Overlap
from dfp_training.networks.embedding import apart
from dfp_training.networks.inception import inception_score

FRECHET_DRAWS = 50


@dataclass(frozen=True)
class Figure:
    """A measured value, and the same of faces drawn with replacement: in every model's i-th draw the same faces."""

    value: float
    draws: tuple[float, ...]

    @classmethod
    def of(cls, value: float, draws: Iterable[float]) -> "Figure":
        """From numbers of any kind."""
        return cls(float(value), tuple(map(float, draws)))

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


@dataclass(frozen=True)
class Conformance:
    """mIoU in [0, 1] and the IoU of each of the 19 classes, NaN where no face has the class."""

    mean: Figure
    by_class: np.ndarray


@dataclass(frozen=True)
class Measured:
    """One row of the table: d in pixels of 512, KID x 1000, conformance, LPIPS, the mean L1 in [0, 1].

    frechet: Fréchet distance of SqueezeNet's features. identity: 1 - cosine of the face embedding with the photo's.
    people: KID x 1000 of the embeddings; no training looks with their network. fid, score: FID and IS of the standard
    Inception. None without their networks.
    """

    d: float
    kid: Figure
    conformance: Conformance
    lpips: Figure
    l1: Figure
    frechet: Figure
    identity: Figure | None = None
    people: Figure | None = None
    fid: Figure | None = None
    score: Figure | None = None


@dataclass(frozen=True)
class Photos:
    """What the real faces look like to the networks: n x 512 features, and of the optional networks.

    people: n x 128 embeddings.
    """

    features: np.ndarray
    overlap: Overlap
    inception: np.ndarray | None = None
    people: np.ndarray | None = None


@dataclass(frozen=True)
class Seen:
    """What was measured of every generated face, in the order of their names; arrays of n rows."""

    features: np.ndarray
    overlap: Overlap
    lpips: np.ndarray
    l1: np.ndarray
    people: np.ndarray | None = None
    inception: np.ndarray | None = None
    probabilities: np.ndarray | None = None


def measured(d: float, seen: Seen, photos: Photos) -> Measured:
    """The figures of one deformation."""
    embedded = None if seen.people is None or photos.people is None else (photos.people, seen.people)
    return Measured(
        d,
        _kid(photos.features, seen.features),
        conformance(seen.overlap),
        mean_of(seen.lpips),
        mean_of(seen.l1),
        _frechet(photos.features, seen.features),
        None if embedded is None else mean_of(apart(*embedded)),
        None if embedded is None else _kid(*embedded),
        None if seen.inception is None or photos.inception is None else _frechet(photos.inception, seen.inception),
        None if seen.probabilities is None else _score(seen.probabilities),
    )


def conformance(overlap: Overlap) -> Conformance:
    """mIoU with its spread, and every class."""
    both, either = overlap.both, overlap.either
    draws = [Overlap(both * n[:, None], either * n[:, None]).mean() for (n,) in resamples(len(both))]
    return Conformance(Figure.of(overlap.mean(), draws), overlap.by_class())


def _kid(real: np.ndarray, made: np.ndarray) -> Figure:
    kernels = unit_kernels(real, made)
    ones = np.ones(len(real)), np.ones(len(made))
    draws = [kernel_statistic(*kernels, *counts) for counts in resamples(len(real), len(made))]
    return Figure.of(1000 * kernel_statistic(*kernels, *ones), 1000 * np.array(draws))


def _frechet(real: np.ndarray, made: np.ndarray) -> Figure:
    counts = resamples(len(real), len(made), draws=FRECHET_DRAWS)
    draws = [frechet_distance(real, made, (w, v)) for w, v in counts]
    return Figure.of(frechet_distance(real, made), draws)


def _score(probabilities: np.ndarray) -> Figure:
    draws = [inception_score(probabilities, n) for (n,) in resamples(len(probabilities), draws=FRECHET_DRAWS)]
    return Figure.of(inception_score(probabilities), draws)


def mean_of(values: np.ndarray) -> Figure:
    """The mean of one number a face. Its bootstrap needs no draws but is made of them: all spreads are of one kind."""
    draws = [n @ values / n.sum() for (n,) in resamples(len(values), draws=DRAWS)]
    return Figure.of(values.mean(), draws)


def differing(row: Measured, than: Measured) -> dict[str, Figure]:
    """How a model's figures differ from another's at the same d, by the name of the measure."""
    pairs = {f.name: (getattr(row, f.name), getattr(than, f.name)) for f in fields(row)}
    pairs["conformance"] = row.conformance.mean, than.conformance.mean
    return {name: one.minus(two) for name, (one, two) in pairs.items() if isinstance(one, Figure)}


def plain(of: Measured | Figure | Conformance | dict[str, Figure] | float | None) -> object:
    """A row, or a part of one, as values for JSON."""
    match of:
        case dict():
            return {name: plain(figure) for name, figure in of.items()}
        case Figure():
            return {"value": of.value, "spread": of.spread}
        case Conformance():
            classes = {n: None if math.isnan(v) else float(v) for n, v in zip(CLASSES, of.by_class, strict=True)}
            return {"value": of.mean.value, "spread": of.mean.spread, "classes": classes}
        case Measured():
            return {f.name: plain(getattr(of, f.name)) for f in fields(of)}
        case _:
            return of
