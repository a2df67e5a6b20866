"""Conformance: does a face show what its sketch asked for? Intersection over union with the label map, by class."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from dfp_training.data.datasets import CLASSES, DataError, faces_of, read_labels
from dfp_training.networks.face_parser import FaceParser

SIDE = 256  # at which the parser's reading and the label map are compared


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


def reading(parser: FaceParser, images: Tensor) -> Tensor:
    """Square pictures N x 3 x S x S in [-1, 1] -> the classes the parser sees, N x 256 x 256 indices."""
    seen = parser.classes(images)
    return F.interpolate(seen, (SIDE, SIDE), mode="bilinear", align_corners=False).argmax(1)


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
