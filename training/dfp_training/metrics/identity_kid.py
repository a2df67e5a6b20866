"""Identity KID: do the faces look like as many different people? KID of embeddings, which no training looks with."""

from dfp_training.metrics.feature_networks import EMBEDDING
from dfp_training.metrics.kid import kid
from dfp_training.metrics.metric import Digits, Metric
from dfp_training.metrics.observation import EMBEDDINGS

METRIC = Metric(
    name="identity_kid",
    title="identity KID",
    unit="x1000",
    better="lower",
    observe=(EMBEDDINGS,),
    aggregate=lambda made, photos: kid(photos["embeddings"], made["embeddings"]),
    need=EMBEDDING,
    digits=Digits(terminal=3, page=0, short=0),
    curve=False,
)
