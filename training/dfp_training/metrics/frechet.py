"""The Fréchet distance of two sets of features, KID, and the bootstrap's draws for both."""

import numpy as np

DRAWS = 200  # of the bootstrap


def frechet_distance(one: np.ndarray, two: np.ndarray, counts: tuple[np.ndarray, np.ndarray] | None = None) -> float:
    """Squared Fréchet distance of the Gaussians with the means and covariances of n x f and m x f features.

    `counts`: how often each row counts. It needs no root of a matrix: with C = A^T A and D = B^T B, the trace of
    (C D)^(1/2) is the sum of the singular values of A B^T, and that is only n x m.
    """
    one, two = one.astype(np.float64), two.astype(np.float64)
    w, v = counts if counts else (np.ones(len(one)), np.ones(len(two)))
    a, b = _centred(one, w), _centred(two, v)
    apart = np.average(one, 0, w) - np.average(two, 0, v)
    common = np.linalg.svd(a @ b.T, compute_uv=False).sum() if min(len(a), len(b)) <= one.shape[1] else _trace(a, b)
    return float(apart @ apart + (a**2).sum() + (b**2).sum() - 2 * common)


def _centred(features: np.ndarray, counts: np.ndarray) -> np.ndarray:
    shifted = features - np.average(features, 0, counts)
    return shifted * np.sqrt(counts / (counts.sum() - 1))[:, None]


def _trace(a: np.ndarray, b: np.ndarray) -> float:
    """The same for many rows and few features, by the root of A^T A: eigenvalues of its product with B^T B."""
    values, vectors = np.linalg.eigh(a.T @ a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return float(np.sqrt(np.linalg.eigvalsh(root @ (b.T @ b) @ root).clip(0)).sum())


def kernel_distance(one: np.ndarray, two: np.ndarray, counts: tuple[np.ndarray, np.ndarray] | None = None) -> float:
    """KID: the unbiased squared MMD of n x f and m x f features with the kernel (x.y + 1)^3 of unit vectors.

    Zero on average for two draws of one distribution; may be slightly negative. Needs n, m >= 2. SqueezeNet's
    features differ in length by far more than Inception's, and the cube would leave the measure to the few
    longest ones: so each is brought to length 1 first. `counts`: how often each row counts; a face is never compared
    with its own copies, which KID would take for likeness.
    """
    return kernel_statistic(*unit_kernels(one, two), *(counts or (np.ones(len(one)), np.ones(len(two)))))


def unit_kernels(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """KID's kernel of unit vectors: within the first set, within the second, across."""
    one, two = (f / np.linalg.norm(f, axis=1, keepdims=True) for f in (one.astype(np.float64), two.astype(np.float64)))
    return (one @ one.T + 1) ** 3, (two @ two.T + 1) ** 3, (one @ two.T + 1) ** 3


def kernel_statistic(
    within_one: np.ndarray, within_two: np.ndarray, across: np.ndarray, w: np.ndarray, v: np.ndarray
) -> float:
    """KID from the kernel's values within both sets and across, rows counted w and v times."""

    def within(k: np.ndarray, n: np.ndarray) -> float:
        return (n @ k @ n - (n**2) @ k.diagonal()) / (n.sum() ** 2 - (n**2).sum())

    return float(within(within_one, w) + within(within_two, v) - 2 * (w @ across @ v) / (w.sum() * v.sum()))


def resamples(*sizes: int, seed: int = 0, draws: int = DRAWS) -> list[tuple[np.ndarray, ...]]:
    """How often each member of sets of these sizes (2 and more) is drawn, with replacement; the seed decides.

    A draw of one member alone, which says nothing of a set, is drawn again.
    """
    rng = np.random.default_rng(seed)

    def counts(n: int) -> np.ndarray:
        drawn = rng.multinomial(n, np.full(n, 1 / n))
        return drawn.astype(np.float64) if (drawn > 0).sum() > 1 else counts(n)

    return [tuple(counts(n) for n in sizes) for _ in range(draws)]
