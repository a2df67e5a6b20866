"""IS: how sure the standard Inception is of each picture, and how many kinds of them it sees."""

import numpy as np

from dfp_training.metrics.feature_networks import INCEPTION
from dfp_training.metrics.figure import Figure, resamples
from dfp_training.metrics.frechet import FRECHET_DRAWS
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import PROBABILITIES
from dfp_training.networks.inception import inception_score


def score(probabilities: np.ndarray) -> Figure:
    """IS of N x 1008 probabilities."""
    draws = [inception_score(probabilities, n) for (n,) in resamples(len(probabilities), draws=FRECHET_DRAWS)]
    return Figure.of(inception_score(probabilities), draws)


METRIC = Metric(
    name="score",
    title="IS",
    better="higher",
    observe=(PROBABILITIES,),
    aggregate=lambda made, photos: score(made["probabilities"]),
    need=INCEPTION,
    digits=Digits(terminal=3, page=3, short=None),
    curve=False,
)
