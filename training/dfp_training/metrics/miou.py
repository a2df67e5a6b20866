"""mIoU: does a face show what its sketch asked for? Intersection over union with the label map, by class."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from dfp_training.data.datasets import CLASSES, DataError, faces_of, read_labels
from dfp_training.metrics.figure import Figure, resamples
from dfp_training.metrics.metric import Metric, Parts
from dfp_training.metrics.observation import SIDE, Comparison, Observation


@dataclass(frozen=True)
class Overlap:
    """Of every face and class the number of pixels in both label maps and in either, n x 19 int64 each."""

    both: np.ndarray
    either: np.ndarray

    @classmethod
    def of(cls, seen: Tensor, wanted: Tensor) -> "Overlap":
        """Two stacks of n x H x W class indices, compared face by face."""
        kinds, count = len(CLASSES), len(seen)
        face = torch.arange(count, device=seen.device).view(-1, 1, 1)
        pairs = torch.bincount(((face * kinds + seen) * kinds + wanted).flatten(), minlength=count * kinds**2)
        table = pairs.view(count, kinds, kinds).cpu().numpy()
        both = table.diagonal(axis1=1, axis2=2)
        return cls(both, table.sum(1) + table.sum(2) - both)

    @classmethod
    def joined(cls, parts: Sequence["Overlap"]) -> "Overlap":
        """The faces of all parts, in their order."""
        return cls(np.concatenate([p.both for p in parts]), np.concatenate([p.either for p in parts]))

    def __getitem__(self, faces: np.ndarray) -> "Overlap":
        return Overlap(self.both[faces], self.either[faces])

    def by_class(self) -> np.ndarray:
        """Intersection over union in [0, 1] of each class over all faces, 19 float64; NaN where nobody has it."""
        both, either = self.both.sum(0), self.either.sum(0)
        return np.divide(both, either, out=np.full(len(both), np.nan), where=either > 0)

    def mean(self) -> float:
        """mIoU: the mean over the classes that any face of either set has."""
        return float(np.nanmean(self.by_class()))


def mean_iou(overlap: Overlap) -> Figure:
    """mIoU with its spread; its parts are the classes."""
    both, either = overlap.both, overlap.either
    draws = [Overlap(both * n[:, None], either * n[:, None]).mean() for (n,) in resamples(len(both))]
    classes = {n: None if math.isnan(v) else float(v) for n, v in zip(CLASSES, overlap.by_class(), strict=True)}
    return Figure.of(overlap.mean(), draws, classes)


def _overlap(faces: Comparison) -> np.ndarray:
    found = Overlap.of(faces.made.classes, faces.wanted)
    return np.stack([found.both, found.either], 1)


OVERLAP = Observation("overlap", _overlap)
METRIC = Metric(
    name="miou",
    title="mIoU",
    better="higher",
    observe=(OVERLAP,),
    aggregate=lambda made, photos: mean_iou(Overlap(made["overlap"][:, 0], made["overlap"][:, 1])),
    note="what the face parser sees, against {wanted}",
    parts=Parts("classes", "IoU"),
    ceiling="the most that the parser can find",
)


class LabelMaps:
    """The label maps of named faces ("folder/name", as packs call them), in the data folders they came from."""

    def __init__(self, folders: Sequence[Path], names: Sequence[str]):
        """Raises DataError when a name is in none of the folders."""
        found = {face.name: face.labels for folder in folders for face in faces_of(folder)[0]}
        missing = [name for name in names if name not in found]
        if missing:
            raise DataError(
                f"{len(missing)} of {len(names)} faces have no label map in the data folders, the first is "
                f"{missing[0]}. Give the folders that the pack was made of."
            )
        self._files = {name: found[name] for name in names}

    def __getitem__(self, names: Sequence[str]) -> Tensor:
        """N names -> N x 256 x 256 class indices, int64. Raises DataError for a file that is no label map."""
        return torch.stack([self._read(name) for name in names])

    def _read(self, name: str) -> Tensor:
        labels = Image.fromarray(read_labels(self._files[name]))
        return torch.from_numpy(np.array(labels.resize((SIDE, SIDE), Image.Resampling.NEAREST), np.int64))
