"""LPIPS: how far a face is from the photo for people's eyes."""

import numpy as np

from dfp_training.metrics.figure import mean_of
from dfp_training.metrics.metric import Metric
from dfp_training.metrics.observation import SQUEEZENET_NOTE, Comparison, Observation


def _distances(faces: Comparison) -> np.ndarray:
    return faces.made.networks.lpips(faces.made.maps, faces.photo.maps).cpu().numpy()


METRIC = Metric(
    name="lpips",
    title="LPIPS",
    better="lower",
    observe=(Observation("lpips", _distances),),
    aggregate=lambda made, photos: mean_of(made["lpips"]),
    note=SQUEEZENET_NOTE,
    curve=False,
)
