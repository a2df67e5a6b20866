"""Batches of triplets (S_syn, S_dfm, photo), each decided by the step's number alone."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from dfp.model.inputs import TRUST_SIDE
from dfp.model.networks import Colours
from dfp_training.data import artist, told_colours
from dfp_training.data.bend import Bend, Bent, Placed
from dfp_training.data.datasets import MIRRORED
from dfp_training.data.deform import Deformation, Looseness, aligned, deformed, looseness
from dfp_training.data.pack import Pack
from dfp_training.data.vectorise import Strokes

Key = tuple[int, int]  # (face, seed of its deformation and flip)
MIRRORED_CLASSES = np.arange(256, dtype=np.uint8)
MIRRORED_CLASSES[: len(MIRRORED)] = MIRRORED


class Triplet(NamedTuple):
    """aligned (S_syn), deformed (S_dfm): H x W bool; photo: H x W x 3 uint8; trust: TRUST_SIDE x TRUST_SIDE float32.

    palette, painted: as `data.told_colours`; labels: the label map, L x L uint8. Empty where not asked for.
    """

    aligned: np.ndarray
    deformed: np.ndarray
    photo: np.ndarray
    trust: np.ndarray
    palette: np.ndarray
    painted: np.ndarray
    labels: np.ndarray


NO_LABELS = np.zeros((0, 0), np.uint8)
# Where each value of a trust map lies in the frame, TRUST_SIDE x TRUST_SIDE x 2.
NO_TRUST = np.zeros((TRUST_SIDE, TRUST_SIDE), np.float32)
PLACES = (np.stack(np.meshgrid(*[np.arange(TRUST_SIDE)] * 2), -1) + 0.5) / TRUST_SIDE


@dataclass(frozen=True)
class Batch:
    """aligned, deformed: N x 1 x H x W float, 1 on lines; photo: N x 3 x H x W float in [-1, 1].

    trust: N x 1 x h x w float in [-1, 1], how exactly the deformed lines are drawn where G_m is told, else 0.
    colours, labels (N x L x L int64): what the face looks like, for models that are told.
    """

    aligned: Tensor
    deformed: Tensor
    photo: Tensor
    trust: Tensor | None = None
    colours: Colours | None = None
    labels: Tensor | None = None

    def turned(self, count: int | None = None) -> tuple[Tensor, Tensor | None, Colours | None]:
        """What G_m is given of the first `count` deformed sketches, mirrored."""
        rows = slice(count)
        return (
            self.deformed[rows].flip(-1),
            None if self.trust is None else self.trust[rows].flip(-1),
            None if self.colours is None else Colours(*(t[rows] for t in self.colours)).flipped(),
        )


def mirrored(strokes: Strokes) -> Strokes:
    """The strokes as seen in a mirror; parts keep their tags."""
    points = strokes.points * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)
    return replace(strokes, points=points)


@dataclass(frozen=True)
class Move:
    """A face shifted and scaled: x becomes scale * x + offset, in shares of the frame's side."""

    scale: float
    offset: np.ndarray

    @classmethod
    def draw(cls, how: Deformation, rng: np.random.Generator) -> "Move":
        """One as far as `how` allows."""
        scale = 1 + rng.uniform(-how.zoom, how.zoom)
        return cls(scale, 0.5 - 0.5 * scale + rng.uniform(-how.shift, how.shift, 2))

    def strokes(self, strokes: Strokes) -> Strokes:
        """The strokes, moved."""
        return replace(strokes, points=(strokes.points * self.scale + self.offset).astype(np.float32))

    def picture(self, picture: np.ndarray, flags: int = cv2.INTER_LINEAR) -> np.ndarray:
        """A square picture, moved; what comes into view mirrors what was there."""
        side = picture.shape[0]
        # Pixel centres lie at half: the warp's own coordinates start at the first centre.
        matrix = np.array([[self.scale, 0, 0], [0, self.scale, 0]])
        matrix[:, 2] = self.offset * side + 0.5 * self.scale - 0.5
        return cv2.warpAffine(picture, matrix, (side, side), flags=flags, borderMode=cv2.BORDER_REFLECT_101)


class PlacedFace:
    """What a pack holds of a face, mirrored and moved; what nobody asks for is not read."""

    def __init__(self, pack: Pack, index: int, mirror: bool, move: Move | None):
        self._pack, self._index, self._mirror, self._move = pack, index, mirror, move

    def strokes(self) -> Strokes:
        return self._placed(self._pack.strokes(self._index))

    def lines(self) -> Strokes:
        return self._placed(self._pack.lines(self._index))

    def photo(self) -> np.ndarray:
        photo = self._pack.photo(self._index)
        photo = photo[:, ::-1] if self._mirror else photo
        return self._move.picture(photo) if self._move else photo

    def labels(self) -> np.ndarray:
        labels = self._pack.labels(self._index)
        labels = MIRRORED_CLASSES[labels[:, ::-1]] if self._mirror else labels
        return self._move.picture(labels, cv2.INTER_NEAREST) if self._move else labels

    def _placed(self, strokes: Strokes) -> Strokes:
        strokes = mirrored(strokes) if self._mirror else strokes
        return self._move.strokes(strokes) if self._move else strokes


class Triplets(Dataset[Triplet]):
    """Faces of a pack as training triplets of side `size`; a key gives the same triplet every time.

    Without `deform` S_syn stands in S_dfm's place, for stage 1, which has no use for it. `told` is the share of
    sketches that come with their trust; with `tell` all come with their label map and the colours that it says.
    """

    def __init__(
        self,
        pack: Pack,
        size: int,
        how: Deformation,
        mirror: bool = True,
        deform: bool = True,
        told: float = 0.0,
        tell: told_colours.Tell | None = None,
    ):
        if pack.side % size:
            raise ValueError(f"the pack's pictures are {pack.side} wide, which {size} does not divide")
        self.pack, self.size, self.how, self.mirror, self.deform = pack, size, how, mirror, deform
        self.told, self.tell = told, tell

    def __len__(self) -> int:
        return len(self.pack)

    def __getitem__(self, key: Key) -> Triplet:  # pyright: ignore[reportIncompatibleMethodOverride]
        index, seed = key
        rng = np.random.default_rng(seed)
        mirror = self.mirror and rng.random() < 0.5
        move = Move.draw(self.how, rng) if self.how.shift or self.how.zoom else None
        shown = drawn = PlacedFace(self.pack, index, mirror, move)
        loose, told_of_bend = looseness(self.how, rng), None
        if self.how.bent and rng.random() < self.how.bent:
            # Without its trust such a sketch would mean two faces at once.
            drawn, told_of_bend = Bent(shown, Bend.draw(rng)), float(rng.choice((-1, 1)))
            loose = Looseness(self.how.least, (0.0, 0.0))
            shown = drawn if told_of_bend > 0 else shown
        photo, syn = self._sized(shown.photo()), aligned(shown.strokes(), self.size)
        dfm = self._deformed(drawn, rng, loose) if self.deform else syn
        trust = 1 - 2 * loose.at(PLACES) if rng.random() < self.told else NO_TRUST
        if told_of_bend is not None:
            trust = np.full_like(NO_TRUST, told_of_bend)
        if self.tell is None:
            return Triplet(syn, dfm, photo, trust, *told_colours.NOTHING, NO_LABELS)
        labels = shown.labels()
        return Triplet(syn, dfm, photo, trust, *self.tell(photo, labels, rng), labels)

    def _sized(self, photo: np.ndarray) -> np.ndarray:
        by = self.pack.side // self.size
        if by > 1:
            photo = np.rint(photo.reshape(self.size, by, self.size, by, 3).mean((1, 3), dtype=np.float32))
        return photo.astype(np.uint8)

    def _deformed(self, face: Placed, rng: np.random.Generator, loose: Looseness) -> np.ndarray:
        if self.how.lines:
            return artist.drawn(face.strokes(), face.lines(), face.labels(), self.size, self.how, rng, loose)
        return deformed(face.strokes(), self.size, self.how, rng, loose)


class Steps(Sampler[list[Key]]):
    """The keys of each step from `start` on: epochs are shuffled by `seed`, nothing else is remembered.

    So a run that is resumed at step n sees the batches that it would have seen without the break. Of `count`
    processes each gets its share of every batch.
    """

    def __init__(self, faces: np.ndarray, batch: int, start: int, end: int, seed: int, rank: int = 0, count: int = 1):
        self.faces, self.batch, self.start, self.end, self.seed = faces, batch, start, end, seed
        self.rank, self.count = rank, count

    def __len__(self) -> int:
        return max(self.end - self.start, 0)

    def __iter__(self) -> Iterator[list[Key]]:
        orders: dict[int, np.ndarray] = {}
        count = len(self.faces)
        for step in range(self.start, self.end):
            keys = []
            for place in range(step * self.batch, (step + 1) * self.batch):
                epoch = place // count
                if epoch not in orders:
                    orders = {epoch: np.random.default_rng([self.seed, epoch]).permutation(self.faces)}
                keys.append((int(orders[epoch][place % count]), self.seed * 2**40 + place))
            yield keys[self.rank :: self.count]


class Packed(NamedTuple):
    """A batch as it travels between processes and to the device, in bytes: sketches N x 1 x H x W, 1 on
    lines, photo N x 3 x H x W in 0..255, labels N x L x L, all uint8; trust, palette and painted float."""

    aligned: Tensor
    deformed: Tensor
    photo: Tensor
    trust: Tensor
    palette: Tensor
    painted: Tensor
    labels: Tensor

    def pin_memory(self) -> "Packed":
        """The same in memory that a GPU copies from beside its work; DataLoader calls it."""
        return Packed(*(t.pin_memory() for t in self))

    def to(self, device: torch.device) -> Batch:
        """The batch as numbers on a device, without waiting for the copy."""
        syn, dfm, photo, trust, palette, painted, labels = (t.to(device, non_blocking=True) for t in self)
        batch = Batch(syn.float(), dfm.float(), photo.float() / 127.5 - 1, trust)
        if not labels.numel():
            return batch
        return replace(batch, colours=Colours(palette, painted), labels=labels.long())


def pack_up(items: list[Triplet]) -> Packed:
    """Arrays of single triplets -> one batch in bytes."""
    syn, dfm, photo, trust, palette, painted, labels = (
        torch.from_numpy(np.stack(arrays)) for arrays in zip(*items, strict=True)
    )
    photo = photo.permute(0, 3, 1, 2).contiguous()
    syn, dfm = (sketch.to(torch.uint8).unsqueeze(1) for sketch in (syn, dfm))
    return Packed(syn, dfm, photo, trust.unsqueeze(1), palette, painted, labels)


def collate(items: list[Triplet]) -> Batch:
    """Arrays of single triplets -> one batch of numbers on the CPU."""
    return pack_up(items).to(torch.device("cpu"))


def batches(triplets: Triplets, steps: Steps, workers: int, pin: bool = False) -> Iterator[Packed]:
    """Batches in the order of `steps`, prepared ahead by `workers` processes (0: in this one)."""
    if workers:
        # There is a process a core already. Here, not in the workers: OpenCV's threads do not come along into a
        # forked process, which would wait for their end for ever.
        cv2.setNumThreads(1)
    loader = DataLoader(
        triplets,
        batch_sampler=steps,
        num_workers=workers,
        collate_fn=pack_up,
        worker_init_fn=alone,
        pin_memory=pin,
        prefetch_factor=4 if workers else None,
    )
    return iter(loader)


def alone(worker: int) -> None:
    """What a process that makes data does first."""
    # Ctrl-C reaches the whole process group; the trainer alone decides when to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
