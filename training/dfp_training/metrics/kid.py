"""KID, the kernel distance of generated faces from real ones, on SqueezeNet's features."""

import numpy as np

from dfp_training.metrics.figure import Figure, resamples
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import FEATURES, SQUEEZENET_NOTE


def unit_kernels(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """KID's kernel (x.y + 1)^3 of unit vectors: within n x f features, within m x f features, across.

    SqueezeNet's features differ in length by far more than Inception's, and the cube would leave the measure to the
    few longest ones: so each is brought to length 1 first.
    """
    one, two = (f / np.linalg.norm(f, axis=1, keepdims=True) for f in (one.astype(np.float64), two.astype(np.float64)))
    return (one @ one.T + 1) ** 3, (two @ two.T + 1) ** 3, (one @ two.T + 1) ** 3


def kernel_statistic(
    within_one: np.ndarray, within_two: np.ndarray, across: np.ndarray, w: np.ndarray, v: np.ndarray
) -> float:
    """KID, the unbiased squared MMD, from the kernel's values within both sets and across, rows counted w and v times.

    Zero on average for two draws of one distribution; may be slightly negative. Needs two rows of each set. A face is
    never compared with its own copies, which KID would take for likeness.
    """

    def within(k: np.ndarray, n: np.ndarray) -> float:
        return (n @ k @ n - (n**2) @ k.diagonal()) / (n.sum() ** 2 - (n**2).sum())

    return float(within(within_one, w) + within(within_two, v) - 2 * (w @ across @ v) / (w.sum() * v.sum()))


def kid(real: np.ndarray, made: np.ndarray) -> Figure:
    """KID x 1000 of two sets of features, n x f and m x f."""
    kernels = unit_kernels(real, made)
    ones = np.ones(len(real)), np.ones(len(made))
    draws = [kernel_statistic(*kernels, *counts) for counts in resamples(len(real), len(made))]
    return Figure.of(1000 * kernel_statistic(*kernels, *ones), 1000 * np.array(draws))


METRIC = Metric(
    name="kid",
    title="KID",
    unit="x1000",
    better="lower",
    observe=(FEATURES,),
    aggregate=lambda made, photos: kid(photos["features"], made["features"]),
    note=SQUEEZENET_NOTE,
    digits=Digits(terminal=1, page=1, short=0),
)
