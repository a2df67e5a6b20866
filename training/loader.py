"""Batches of triplets (S_syn, S_dfm, photo), each decided by the step's number alone."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from training.deform import Deformation, aligned, deformed, looseness
from training.pack import Pack
from training.vectorise import Strokes

Key = tuple[int, int]  # (face, seed of its deformation and flip)
# S_syn, S_dfm: H x W bool; photo: H x W x 3 uint8; trust: TRUST_SIDE x TRUST_SIDE float32
Triplet = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

TRUST_SIDE = 16
# Where each value of a trust map lies in the frame, TRUST_SIDE x TRUST_SIDE x 2.
PLACES = (np.stack(np.meshgrid(*[np.arange(TRUST_SIDE)] * 2), -1) + 0.5) / TRUST_SIDE


@dataclass(frozen=True)
class Batch:
    """aligned, deformed: N x 1 x H x W float, 1 on lines; photo: N x 3 x H x W float in [-1, 1].

    trust: N x 1 x h x w float in [-1, 1], how exactly the deformed lines are drawn where G_m is told, else 0.
    """

    aligned: Tensor
    deformed: Tensor
    photo: Tensor
    trust: Tensor | None = None


def mirrored(strokes: Strokes) -> Strokes:
    """The strokes as seen in a mirror; parts keep their tags."""
    points = strokes.points * np.array([-1, 1], np.float32) + np.array([1, 0], np.float32)
    return replace(strokes, points=points)


def moved(
    strokes: Strokes, photo: np.ndarray, how: Deformation, rng: np.random.Generator
) -> tuple[Strokes, np.ndarray]:
    """Strokes and photo (side x side x 3) shifted and scaled alike; what comes into view mirrors what was there."""
    side = photo.shape[0]
    scale = 1 + rng.uniform(-how.zoom, how.zoom)
    offset = 0.5 - 0.5 * scale + rng.uniform(-how.shift, how.shift, 2)
    points = (strokes.points * scale + offset).astype(np.float32)
    # Pixel centres lie at half: the warp's own coordinates start at the first centre.
    matrix = np.array([[scale, 0, 0], [0, scale, 0]])
    matrix[:, 2] = offset * side + 0.5 * scale - 0.5
    photo = cv2.warpAffine(photo, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return replace(strokes, points=points), photo


class Triplets(Dataset[Triplet]):
    """Faces of a pack as training triplets of side `size`; a key gives the same triplet every time.

    Without `deform` S_syn stands in S_dfm's place, for stage 1, which has no use for it. `told` is the share of
    sketches that come with their trust.
    """

    def __init__(
        self, pack: Pack, size: int, how: Deformation, mirror: bool = True, deform: bool = True, told: float = 0.0
    ):
        if pack.side % size:
            raise ValueError(f"the pack's pictures are {pack.side} wide, which {size} does not divide")
        self.pack, self.size, self.how, self.mirror, self.deform = pack, size, how, mirror, deform
        self.told = told

    def __len__(self) -> int:
        return len(self.pack)

    def __getitem__(self, key: Key) -> Triplet:  # pyright: ignore[reportIncompatibleMethodOverride]
        index, seed = key
        rng = np.random.default_rng(seed)
        strokes, photo = self.pack.strokes(index), self.pack.photo(index)
        if self.mirror and rng.random() < 0.5:
            strokes, photo = mirrored(strokes), photo[:, ::-1]
        if self.how.shift or self.how.zoom:
            strokes, photo = moved(strokes, photo, self.how, rng)
        by = self.pack.side // self.size
        if by > 1:
            photo = np.rint(photo.reshape(self.size, by, self.size, by, 3).mean((1, 3), dtype=np.float32))
        syn = aligned(strokes, self.size)
        loose = looseness(self.how, rng)
        dfm = deformed(strokes, self.size, self.how, rng, loose) if self.deform else syn
        trust = 1 - 2 * loose.at(PLACES) if rng.random() < self.told else np.zeros(PLACES.shape[:2], np.float32)
        return syn, dfm, photo.astype(np.uint8), trust


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


@dataclass(frozen=True)
class Packed:
    """A batch as it travels between processes and to the device, in bytes: sketches N x 1 x H x W, 1 on
    lines, photo N x 3 x H x W in 0..255, all uint8; trust N x 1 x h x w float."""

    aligned: Tensor
    deformed: Tensor
    photo: Tensor
    trust: Tensor

    def pin_memory(self) -> "Packed":
        """The same in memory that a GPU copies from beside its work; DataLoader calls it."""
        return Packed(*(t.pin_memory() for t in (self.aligned, self.deformed, self.photo, self.trust)))

    def to(self, device: torch.device) -> Batch:
        """The batch as numbers on a device, without waiting for the copy."""
        tensors = (self.aligned, self.deformed, self.photo, self.trust)
        syn, dfm, photo, trust = (t.to(device, non_blocking=True).float() for t in tensors)
        return Batch(syn, dfm, photo / 127.5 - 1, trust)


def pack_up(items: list[Triplet]) -> Packed:
    """Arrays of single triplets -> one batch in bytes."""
    syn, dfm, photo, trust = (torch.from_numpy(np.stack(arrays)) for arrays in zip(*items, strict=True))
    photo = photo.permute(0, 3, 1, 2).contiguous()
    return Packed(syn.to(torch.uint8).unsqueeze(1), dfm.to(torch.uint8).unsqueeze(1), photo, trust.unsqueeze(1))


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
        worker_init_fn=_alone,
        pin_memory=pin,
        prefetch_factor=4 if workers else None,
    )
    return iter(loader)


def _alone(worker: int) -> None:
    # Ctrl-C reaches the whole process group; the trainer alone decides when to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
