"""From what was seen of faces to figures: values with standard errors by bootstrap, the same for the same seed."""

from dataclasses import dataclass

import numpy as np

from training.conformance import Overlap
from training.frechet import DRAWS, frechet_distance, kernel_statistic, resamples, unit_kernels
from training.inception import inception_score

FRECHET_DRAWS = 50


@dataclass(frozen=True)
class Figure:
    """A measured value and its standard error over faces."""

    value: float
    spread: float

    @property
    def half(self) -> float:
        """Half of the 95 % interval."""
        return 1.96 * self.spread


@dataclass(frozen=True)
class Conformance:
    """mIoU in [0, 1] and the IoU of each of the 19 classes, NaN where no face has the class."""

    mean: Figure
    by_class: np.ndarray


@dataclass(frozen=True)
class Measured:
    """One row of the table: d in pixels of 512, KID x 1000, conformance, LPIPS, the mean L1 in [0, 1].

    frechet: Fréchet distance of SqueezeNet's features. identity: 1 - cosine of the face embedding with the photo's.
    fid, score: FID and IS of the standard Inception. None without their networks.
    """

    d: float
    kid: Figure
    conformance: Conformance
    lpips: Figure
    l1: Figure
    frechet: Figure
    identity: Figure | None = None
    fid: Figure | None = None
    score: Figure | None = None


@dataclass(frozen=True)
class Photos:
    """What the real faces look like to the networks: n x 512 features, and of the optional networks."""

    features: np.ndarray
    overlap: Overlap
    inception: np.ndarray | None = None


@dataclass(frozen=True)
class Seen:
    """What was measured of every generated face, in the order of their names; arrays of n rows."""

    features: np.ndarray
    overlap: Overlap
    lpips: np.ndarray
    l1: np.ndarray
    identity: np.ndarray | None = None
    inception: np.ndarray | None = None
    probabilities: np.ndarray | None = None


def measured(d: float, seen: Seen, photos: Photos) -> Measured:
    """The figures of one deformation."""
    return Measured(
        d,
        _kid(photos.features, seen.features),
        conformance(seen.overlap),
        _mean(seen.lpips),
        _mean(seen.l1),
        _frechet(photos.features, seen.features),
        None if seen.identity is None else _mean(seen.identity),
        None if seen.inception is None or photos.inception is None else _frechet(photos.inception, seen.inception),
        None if seen.probabilities is None else _score(seen.probabilities),
    )


def conformance(overlap: Overlap) -> Conformance:
    """mIoU with its spread, and every class."""
    both, either = overlap.both, overlap.either
    draws = [Overlap(both * n[:, None], either * n[:, None]).mean() for (n,) in resamples(len(both))]
    return Conformance(Figure(overlap.mean(), float(np.std(draws))), overlap.by_class())


def _kid(real: np.ndarray, made: np.ndarray) -> Figure:
    kernels = unit_kernels(real, made)
    ones = np.ones(len(real)), np.ones(len(made))
    draws = [kernel_statistic(*kernels, *counts) for counts in resamples(len(real), len(made))]
    return Figure(1000 * kernel_statistic(*kernels, *ones), 1000 * float(np.std(draws)))


def _frechet(real: np.ndarray, made: np.ndarray) -> Figure:
    counts = resamples(len(real), len(made), draws=FRECHET_DRAWS)
    draws = [frechet_distance(real, made, (w, v)) for w, v in counts]
    return Figure(frechet_distance(real, made), float(np.std(draws)))


def _score(probabilities: np.ndarray) -> Figure:
    draws = [inception_score(probabilities, n) for (n,) in resamples(len(probabilities), draws=FRECHET_DRAWS)]
    return Figure(inception_score(probabilities), float(np.std(draws)))


def _mean(values: np.ndarray) -> Figure:
    """The bootstrap of a mean needs no draws but is made of them, so that all spreads are of one kind."""
    draws = [n @ values / n.sum() for (n,) in resamples(len(values), draws=DRAWS)]
    return Figure(float(values.mean()), float(np.std(draws)))
