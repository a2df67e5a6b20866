"""The Fréchet distance of two sets of features; as a measure, on SqueezeNet's."""

import numpy as np

from dfp_training.metrics.figure import Figure, resamples
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import FEATURES, SQUEEZENET_NOTE

FRECHET_DRAWS = 50  # of the bootstrap: each takes a while


def frechet_distance(one: np.ndarray, two: np.ndarray, counts: tuple[np.ndarray, np.ndarray] | None = None) -> float:
    """Squared Fréchet distance of the Gaussians with the means and covariances of n x f and m x f features.

    `counts`: how often each row counts. It needs no root of a matrix: with C = A^T A and D = B^T B, the trace of
    (C D)^(1/2) is the sum of the singular values of A B^T, and that is only n x m.
    """
    one, two = one.astype(np.float64), two.astype(np.float64)
    w, v = counts if counts else (np.ones(len(one)), np.ones(len(two)))
    a, b = _centred(one, w), _centred(two, v)
    apart = np.average(one, 0, w) - np.average(two, 0, v)
    common = np.linalg.svd(a @ b.T, compute_uv=False).sum() if min(len(a), len(b)) <= one.shape[1] else _trace(a, b)
    return float(apart @ apart + (a**2).sum() + (b**2).sum() - 2 * common)


def _centred(features: np.ndarray, counts: np.ndarray) -> np.ndarray:
    shifted = features - np.average(features, 0, counts)
    return shifted * np.sqrt(counts / (counts.sum() - 1))[:, None]


def _trace(a: np.ndarray, b: np.ndarray) -> float:
    """The same for many rows and few features, by the root of A^T A: eigenvalues of its product with B^T B."""
    values, vectors = np.linalg.eigh(a.T @ a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return float(np.sqrt(np.linalg.eigvalsh(root @ (b.T @ b) @ root).clip(0)).sum())


def frechet(real: np.ndarray, made: np.ndarray) -> Figure:
    """The Fréchet distance of two sets of features, n x f and m x f."""
    counts = resamples(len(real), len(made), draws=FRECHET_DRAWS)
    return Figure.of(frechet_distance(real, made), [frechet_distance(real, made, (w, v)) for w, v in counts])


METRIC = Metric(
    name="frechet",
    title="Fréchet",
    better="lower",
    observe=(FEATURES,),
    aggregate=lambda made, photos: frechet(photos["features"], made["features"]),
    note=SQUEEZENET_NOTE,
    digits=Digits(terminal=3, page=3, short=None),
    curve=False,
)
