"""Quality in figures, at several deformations: how real faces look, and how well they keep to the sketch.

KID, the kernel distance of generated faces from real ones; conformance, the mIoU of what a face parser sees with
the label map; LPIPS and L1, the distances of a face from the photo that its sketch came from. What each network sees
is kept face by face, and dfp_training.metrics.metric makes figures of it.
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from dfp_training.data.datasets import DataError
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Batch, Key, Triplets, collate
from dfp_training.data.pack import Pack
from dfp_training.data.told_colours import plain
from dfp_training.metrics.metric import Conformance, Measured, Photos, Seen, conformance, measured
from dfp_training.metrics.miou import LabelMaps, Overlap, reading
from dfp_training.networks.embedding import Embedding
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.inception import Inception
from dfp_training.networks.lpips import Lpips
from dfp_training.networks.squeezenet import SqueezeNet

BATCH = 8
FEWEST = 4  # faces that a spread needs

Generate = Callable[[Batch], Tensor]  # a batch -> N x 3 x size x size images of its deformed sketches


@dataclass(frozen=True)
class Report:
    """The rows, the number of faces, and with label maps the conformance of the real photos: no face has more."""

    faces: int
    rows: list[Measured]
    photos: Conformance | None


@dataclass(frozen=True)
class Instruments:
    """The networks that measure, and the device they are on; the last two where there are files for them."""

    features: SqueezeNet
    lpips: Lpips
    parser: FaceParser
    device: torch.device
    embedding: Embedding | None = None
    inception: Inception | None = None

    @classmethod
    def load(cls, folder: Path, device: torch.device, inception: Path | None = None) -> "Instruments":
        """Read all from the folder of measuring networks, and Inception's standard weights where they are given.

        Raises DfpError for one that cannot be read.
        """
        features, parser = SqueezeNet.load(folder).to(device), FaceParser.load(folder).to(device)
        standard = Inception.load(inception).to(device) if inception else None
        return cls(features, Lpips.load(folder), parser, device, Embedding.load(folder), standard)


@dataclass(frozen=True)
class TestSet:
    """What models are measured on: which faces of which pack, how their sketches are deformed.

    `data`: the folders with the faces' label maps; without any, conformance is to what the parser sees in the
    photo. `limit`: the first so many faces by name. The seed and a face's name alone decide its deformed sketch,
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
        triplets, keys = self.triplets(d), [self.key(face) for face in self.faces()]
        for start in range(0, len(keys), BATCH):
            yield collate([triplets[key] for key in keys[start : start + BATCH]])


@dataclass(frozen=True)
class _Tally:
    """What was seen of all faces so far at one deformation."""

    features: list[np.ndarray] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    lpips: list[np.ndarray] = field(default_factory=list)
    l1: list[np.ndarray] = field(default_factory=list)
    people: list[np.ndarray] = field(default_factory=list)
    inception: list[np.ndarray] = field(default_factory=list)
    probabilities: list[np.ndarray] = field(default_factory=list)

    def photos(self) -> Photos:
        parts = np.concatenate(self.features), Overlap.joined(self.overlaps)
        return Photos(*parts, _joined(self.inception), _joined(self.people))

    def seen(self) -> Seen:
        rest = [_joined(parts) for parts in (self.people, self.inception, self.probabilities)]
        parts = np.concatenate(self.features), Overlap.joined(self.overlaps)
        return Seen(*parts, np.concatenate(self.lpips), np.concatenate(self.l1), *rest)


def _joined(parts: list[np.ndarray]) -> np.ndarray | None:
    return np.concatenate(parts) if parts else None


def evaluate(
    generate: Generate,
    pack: Pack,
    instruments: Instruments,
    split: str,
    offsets: Sequence[float],
    size: int,
    data: Sequence[Path] = (),
    limit: int | None = None,
    seed: int = 7,
) -> Report:
    """Measure a generator on one split of a pack.

    The rest as in `TestSet`. Raises DataError when there are too few faces, or label maps are missing.
    """
    test = TestSet(pack, split, size, data, limit, seed)
    photos, seen = observe(generate, test, instruments, offsets)
    rows = [measured(d, of, photos) for d, of in zip(offsets, seen, strict=True)]
    return Report(len(photos.features), rows, conformance(photos.overlap) if data else None)


@torch.inference_mode()
def observe(
    generate: Generate, test: TestSet, instruments: Instruments, offsets: Sequence[float]
) -> tuple[Photos, list[Seen]]:
    """What the instruments see of the photos, and of the generator's faces at each d. Raises DataError."""
    faces = test.faces()
    names = [test.pack.names[face] for face in faces]
    maps = LabelMaps(test.data, names) if test.data else None
    sets = [test.triplets(d) for d in offsets]
    tallies, real = [_Tally() for _ in offsets], _Tally()
    with tqdm(total=len(faces), unit="face", disable=None) as progress:
        for start in range(0, len(faces), BATCH):
            some = names[start : start + BATCH]
            keys = [test.key(face) for face in faces[start : start + BATCH]]
            batches = [collate([triplets[key] for key in keys]) for triplets in sets]
            _compare(generate, instruments, batches, maps[some] if maps else None, tallies, real)
            progress.update(len(keys))
    return real.photos(), [tally.seen() for tally in tallies]


def _compare(
    generate: Generate,
    instruments: Instruments,
    batches: list[Batch],
    labels: Tensor | None,
    tallies: list[_Tally],
    real: _Tally,
) -> None:
    """Measure some faces at every d, of which there is one batch each; the photos are looked at only once."""
    photo = batches[0].photo.to(instruments.device)
    maps, seen = instruments.features.maps(photo), reading(instruments.parser, photo)
    wanted = seen if labels is None else labels.to(instruments.device)
    real.features.append(_pooled(maps))
    real.overlaps.append(Overlap.of(seen, wanted))
    if instruments.embedding:
        real.people.append(instruments.embedding(photo))
    if instruments.inception:
        real.inception.append(instruments.inception(photo)[0].cpu().numpy())
    for batch, tally in zip(batches, tallies, strict=True):
        images = generate(batch).to(instruments.device)
        made = instruments.features.maps(images)
        tally.features.append(_pooled(made))
        tally.overlaps.append(Overlap.of(reading(instruments.parser, images), wanted))
        tally.lpips.append(instruments.lpips(made, maps).cpu().numpy())
        tally.l1.append(((images - photo).abs().mean((1, 2, 3)) / 2).cpu().numpy())
        if instruments.embedding:
            tally.people.append(instruments.embedding(images))
        if instruments.inception:
            features, probabilities = (t.cpu().numpy() for t in instruments.inception(images))
            tally.inception.append(features)
            tally.probabilities.append(probabilities)


def _pooled(maps: list[Tensor]) -> np.ndarray:
    return maps[-1].mean((2, 3)).cpu().numpy()
