"""Quality in figures: the kernel distance (KID) of generated faces from real ones, at several deformations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from training.datasets import DataError
from training.deform import Deformation
from training.loader import Triplets, collate
from training.pack import Pack
from training.squeezenet import SqueezeNet

BATCH = 8
SUBSETS = 100  # bootstrap draws for the spread


@dataclass(frozen=True)
class Measured:
    """One row of a table: KID x 1000 with its bootstrap standard deviation, and the mean L1 in [0, 1]."""

    d: float
    kid: float
    spread: float
    l1: float


def kernel_distance(one: np.ndarray, two: np.ndarray) -> float:
    """KID: the unbiased squared MMD of n x f and m x f features with the kernel (x.y + 1)^3 of unit vectors.

    Zero on average for two draws of one distribution; may be slightly negative. Needs n, m >= 2. SqueezeNet's
    features differ in length by far more than Inception's, and the cube would leave the measure to the few
    longest ones: so each is brought to length 1 first.
    """
    one, two = (f / np.linalg.norm(f, axis=1, keepdims=True) for f in (one.astype(np.float64), two.astype(np.float64)))

    def kernel(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a @ b.T + 1) ** 3

    def within(a: np.ndarray) -> float:
        k = kernel(a, a)
        return (k.sum() - np.trace(k)) / (len(a) * (len(a) - 1))

    return float(within(one) + within(two) - 2 * kernel(one, two).mean())


def spread(one: np.ndarray, two: np.ndarray, seed: int = 0) -> float:
    """Standard deviation of the kernel distance over random halves of both sets."""
    rng = np.random.default_rng(seed)

    def half(features: np.ndarray) -> np.ndarray:
        return features[rng.choice(len(features), len(features) // 2, replace=False)]

    return float(np.std([kernel_distance(half(one), half(two)) for _ in range(SUBSETS)]))


def evaluate(
    generate: Callable[[Tensor], Tensor],
    pack: Pack,
    network: SqueezeNet,
    split: str,
    offsets: list[float],
    size: int,
    seed: int = 7,
) -> Iterator[Measured]:
    """Measure a generator (N x 1 x size x size lines -> N x 3 x size x size images) on one split of a pack.

    Every face is compared in both the real and the generated set; the same seed deforms every model's
    sketches alike. Yields a row per d. Raises DataError when the split is too small.
    """
    faces = pack.indices(split)
    if len(faces) < 4:
        raise DataError(f"The pack has {len(faces)} faces in its {split} split, too few to measure on.")
    for d in offsets:
        triplets = Triplets(pack, size, Deformation(d=d), mirror=False)
        real, made, differences = [], [], []
        for start in range(0, len(faces), BATCH):
            keys = [(int(face), seed * 2**40 + int(face)) for face in faces[start : start + BATCH]]
            batch = collate([triplets[key] for key in keys])
            images = generate(batch.deformed).cpu()
            real.append(network(batch.photo).numpy())
            made.append(network(images).numpy())
            differences += ((images - batch.photo).abs().mean((1, 2, 3)) / 2).tolist()
        one, two = np.concatenate(real), np.concatenate(made)
        yield Measured(d, 1000 * kernel_distance(one, two), 1000 * spread(one, two), float(np.mean(differences)))
