"""All measures of a model's faces, in the order of the tables' columns: a new one is its file and a word here."""

from dfp_training.metrics import fid, frechet, identity, identity_kid, inception_score, kid, l1, lpips, miou
from dfp_training.metrics.metric import Metric

METRICS: tuple[Metric, ...] = tuple(
    measure.METRIC for measure in (kid, miou, lpips, l1, frechet, identity, identity_kid, fid, inception_score)
)
