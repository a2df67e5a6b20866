"""Quality in figures, at several deformations: how real faces look, and how well they keep to the sketch.

What the feature networks see is kept face by face, and the measures of dfp_training.metrics.registry make figures of
it.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from dfp_training.data.datasets import DataError
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Batch, Key, Triplet, Triplets, collate
from dfp_training.data.pack import Pack
from dfp_training.data.told_colours import plain
from dfp_training.metrics.feature_networks import FeatureNetworks
from dfp_training.metrics.metric import (
    Measured,
    Metric,
    Rows,
    ceilings,
    joined,
    left_out,
    measured,
    observations,
    observed,
    shown,
)
from dfp_training.metrics.miou import LabelMaps
from dfp_training.metrics.observation import Comparison, View
from dfp_training.metrics.registry import METRICS

BATCH = 8
FEWEST = 4  # faces that a spread needs

Generate = Callable[[Batch], Tensor]  # a batch -> N x 3 x size x size images of its deformed sketches


@dataclass(frozen=True)
class Report:
    """The rows, the number of faces, and with label maps the figures of the real photos: no face has better ones.

    left_out: sentences on measures that take what is not there.
    """

    faces: int
    metrics: Sequence[Metric]
    rows: list[Measured]
    photos: Measured | None
    left_out: list[str]

    @property
    def shown(self) -> list[Metric]:
        """The measures that have figures."""
        return shown(self.metrics, self.rows)


@dataclass(frozen=True)
class TestSet:
    """What models are measured on: which faces of which pack, how their sketches are deformed.

    `data`: the folders with the faces' label maps; without any, mIoU is with what the parser sees in the photo.
    `limit`: the first so many faces by name. The seed and a face's name alone decide its deformed sketch,
    so every model sees the same.
    """

    pack: Pack
    split: str
    size: int
    data: Sequence[Path] = ()
    limit: int | None = None
    seed: int = 7

    def faces(self) -> list[int]:
        """The faces by name. Raises DataError when there are too few, or the pack has another size."""
        if self.pack.side % self.size:
            raise DataError(
                f"The pack's pictures are {self.pack.side} px wide, the model makes {self.size} px. "
                f"Make a pack of {self.size}."
            )
        faces = sorted(self.pack.indices(self.split).tolist(), key=self.pack.names.__getitem__)[: self.limit]
        if len(faces) < FEWEST:
            raise DataError(
                f"There are {len(faces)} faces to measure on in the {self.split} split, {FEWEST} are needed."
            )
        return faces

    def key(self, face: int) -> Key:
        """What decides the deformed sketch of a face."""
        return face, self.seed * 2**32 + zlib.crc32(self.pack.names[face].encode())

    def triplets(self, d: float) -> Triplets:
        """The faces as sketches deformed by d, with their photos' colours."""
        return Triplets(self.pack, self.size, Deformation(d=d), mirror=False, tell=plain)

    def batches(self, d: float) -> Iterator[Batch]:
        """All faces, some at a time."""
        triplets = self.triplets(d)
        return batched(triplets[self.key(face)] for face in self.faces())


def batched(triplets: Iterator[Triplet]) -> Iterator[Batch]:
    """Triplets, some at a time."""
    while some := list(islice(triplets, BATCH)):
        yield collate(some)


def evaluate(
    generate: Generate,
    test: TestSet,
    networks: FeatureNetworks,
    offsets: Sequence[float],
    metrics: Sequence[Metric] = METRICS,
) -> Report:
    """Measure a generator at each d. Raises DataError when there are too few faces, or label maps are missing."""
    photos, made = observe(generate, test, networks, offsets, metrics)
    rows = [measured(d, of, photos, metrics) for d, of in zip(offsets, made, strict=True)]
    best = ceilings(photos, metrics) if test.data else None
    return Report(len(test.faces()), metrics, rows, best, left_out(metrics, networks))


@torch.inference_mode()
def observe(
    generate: Generate,
    test: TestSet,
    networks: FeatureNetworks,
    offsets: Sequence[float],
    metrics: Sequence[Metric] = METRICS,
) -> tuple[Rows, list[Rows]]:
    """What the networks see of the photos, and of the generator's faces at each d. Raises DataError."""
    faces = test.faces()
    names = [test.pack.names[face] for face in faces]
    maps = LabelMaps(test.data, names) if test.data else None
    sets = [test.triplets(d) for d in offsets]
    looking = observations(metrics, networks)
    real: list[Rows] = []
    made: list[list[Rows]] = [[] for _ in offsets]
    with tqdm(total=len(faces), unit="face", disable=None) as progress:
        for start in range(0, len(faces), BATCH):
            some = names[start : start + BATCH]
            keys = [test.key(face) for face in faces[start : start + BATCH]]
            batches = [collate([triplets[key] for key in keys]) for triplets in sets]
            # The photos are looked at only once, for all d.
            photo = View(batches[0].photo.to(networks.device), networks)
            wanted = maps[some].to(networks.device) if maps else photo.classes
            real.append(observed(looking, Comparison(photo, photo, wanted)))
            for batch, rows in zip(batches, made, strict=True):
                view = View(generate(batch).to(networks.device), networks)
                rows.append(observed(looking, Comparison(view, photo, wanted)))
            progress.update(len(keys))
    return joined(real), [joined(rows) for rows in made]
