"""FID: the Fréchet distance on the features of the standard Inception."""

from dfp_training.metrics.feature_networks import INCEPTION
from dfp_training.metrics.frechet import frechet
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import INCEPTION_FEATURES

METRIC = Metric(
    name="fid",
    title="FID",
    better="lower",
    observe=(INCEPTION_FEATURES,),
    aggregate=lambda made, photos: frechet(photos["inception"], made["inception"]),
    need=INCEPTION,
    digits=Digits(terminal=3, page=1, short=None),
    curve=False,
)
