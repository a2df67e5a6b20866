"""Is it still the same face? How far a face's embedding is from the photo's."""

import numpy as np

from dfp_training.metrics.feature_networks import EMBEDDING
from dfp_training.metrics.figure import mean_of
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import EMBEDDINGS


def face_distance(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """1 - cosine of N pairs of embeddings: 0 the same face; people who have nothing in common are near 1."""
    return 1 - (one * two).sum(1)


METRIC = Metric(
    name="identity",
    title="face distance",
    better="lower",
    observe=(EMBEDDINGS,),
    aggregate=lambda made, photos: mean_of(face_distance(photos["embeddings"], made["embeddings"])),
    need=EMBEDDING,
    digits=Digits(terminal=3),
    curve=False,
)
