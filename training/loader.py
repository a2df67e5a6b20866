"""Batches of triplets (S_syn, S_dfm, photo), each decided by the step's number alone."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from training.deform import Deformation, aligned, deformed
from training.pack import Pack
from training.vectorise import Strokes

Key = tuple[int, int]  # (face, seed of its deformation and flip)


@dataclass(frozen=True)
class Batch:
    """aligned, deformed: N x 1 x H x W float, 1 on lines; photo: N x 3 x H x W float in [-1, 1]."""

    aligned: Tensor
    deformed: Tensor
    photo: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device, without waiting for the copy."""
        return Batch(*(t.to(device, non_blocking=True) for t in (self.aligned, self.deformed, self.photo)))


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


class Triplets(Dataset[tuple[np.ndarray, np.ndarray, np.ndarray]]):
    """Faces of a pack as training triplets of side `size`; a key gives the same triplet every time."""

    def __init__(self, pack: Pack, size: int, how: Deformation, mirror: bool = True):
        if pack.side % size:
            raise ValueError(f"the pack's pictures are {pack.side} wide, which {size} does not divide")
        self.pack, self.size, self.how, self.mirror = pack, size, how, mirror

    def __len__(self) -> int:
        return len(self.pack)

    def __getitem__(self, key: Key) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # pyright: ignore[reportIncompatibleMethodOverride]
        index, seed = key
        rng = np.random.default_rng(seed)
        strokes, photo = self.pack.strokes(index), self.pack.photo(index)
        if self.mirror and rng.random() < 0.5:
            strokes, photo = mirrored(strokes), photo[:, ::-1]
        if self.how.shift or self.how.zoom:
            strokes, photo = moved(strokes, photo, self.how, rng)
        by = self.pack.side // self.size
        photo = photo.reshape(self.size, by, self.size, by, 3).mean((1, 3), dtype=np.float32)
        return aligned(strokes, self.size), deformed(strokes, self.size, self.how, rng), photo


class Steps(Sampler[list[Key]]):
    """The keys of each step from `start` on: epochs are shuffled by `seed`, nothing else is remembered.

    So a run that is resumed at step n sees the batches that it would have seen without the break.
    """

    def __init__(self, faces: np.ndarray, batch: int, start: int, end: int, seed: int):
        self.faces, self.batch, self.start, self.end, self.seed = faces, batch, start, end, seed

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
            yield keys


def collate(items: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> Batch:
    """Arrays of single triplets -> one batch of tensors."""
    syn, dfm, photo = (torch.from_numpy(np.stack(arrays)) for arrays in zip(*items, strict=True))
    return Batch(syn.float().unsqueeze(1), dfm.float().unsqueeze(1), photo.permute(0, 3, 1, 2).contiguous() / 127.5 - 1)


def batches(triplets: Triplets, steps: Steps, workers: int) -> Iterator[Batch]:
    """Batches in the order of `steps`, prepared ahead by `workers` processes (0: in this one)."""
    loader = DataLoader(
        triplets, batch_sampler=steps, num_workers=workers, collate_fn=collate, worker_init_fn=_leave_interrupts
    )
    return iter(loader)


def _leave_interrupts(worker: int) -> None:
    # Ctrl-C reaches the whole process group; the trainer alone decides when to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
