"""L1: how far a face's pixels are from the photo's, 0 for the same and 1 for black from white."""

import numpy as np

from dfp_training.metrics.figure import mean_of
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import Comparison, Observation


def _distances(faces: Comparison) -> np.ndarray:
    return ((faces.made.images - faces.photo.images).abs().mean((1, 2, 3)) / 2).cpu().numpy()


METRIC = Metric(
    name="l1",
    title="L1",
    better="lower",
    observe=(Observation("l1", _distances),),
    aggregate=lambda made, photos: mean_of(made["l1"]),
    digits=Digits(page=4, short=None),
    curve=False,
)
