"""Heads from the side, as people draw them: what the finder is not to take for a face from the front."""

import cv2
import numpy as np

from dfp_training.data.sheet_heads import Drawing, oval

# From the hairline to the chin: how far each point lies below the one before and before the line of the face, in shares
# of the face's height.
DOWN = np.array([0.0, 0.14, 0.12, 0.08, 0.17, 0.05, 0.06, 0.05, 0.03, 0.04, 0.05, 0.1, 0.05])
BEFORE = np.array([0.0, 0.05, 0.05, 0.02, 0.16, 0.06, 0.05, 0.08, 0.045, 0.07, 0.04, 0.07, 0.03])
BRIDGE, BASE, MOUTH, CHIN = 3, 5, 8, 11  # which of them is what


def profile(rng: np.random.Generator) -> Drawing:
    """One head, looking left or right: a face's outline and most of what else is drawn of one."""
    front = _front(rng)
    top, chin = front[0], front[CHIN]
    height = chin[1] - top[1]
    deep = height * rng.uniform(0.75, 1.25)  # from the forehead to the back of the head
    lines = [_ended(front, rng)]
    if rng.random() < 0.9:
        lines += _back(top, height, deep, rng)
    lines += _eye(front, height, rng) if rng.random() < 0.92 else []
    lines += _details(front, height, deep, rng)
    if rng.random() < 0.35:
        lines += _hair(top, height, deep, rng)
    if rng.random() < 0.5:
        lines = [np.array([1.0, 0.0]) + line * [-1, 1] for line in lines]
    smooth = rng.random() < 0.65
    drawn = [_smoothed(line) if smooth else line for line in lines]
    return Drawing([line + rng.normal(0, 0.002, line.shape) for line in drawn], [], whole=False)


def _front(rng: np.random.Generator) -> np.ndarray:
    """The outline of a face that looks left, from the hairline to below the chin."""
    height = rng.uniform(0.6, 0.85)
    down = DOWN * np.exp(rng.normal(0, 0.25, DOWN.shape))
    y = rng.uniform(0.05, 0.2) + height * down.cumsum() / down.sum()
    before = BEFORE * np.exp(rng.normal(0, 0.3)) * np.exp(rng.normal(0, 0.25, BEFORE.shape))
    x = rng.uniform(0.15, 0.35) - height * before + (y - y[0]) * rng.normal(0.0, 0.12)
    return np.stack([x, y], 1)


def _ended(front: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With what is under the chin, and perhaps the throat."""
    way = [front[-1] + (rng.uniform(0.08, 0.25), rng.uniform(-0.06, 0.04))]
    if rng.random() < 0.7:
        way.append(way[0] + (rng.uniform(-0.03, 0.06), rng.uniform(0.08, 0.35)))
    return np.concatenate([front, way])


def _back(top: np.ndarray, height: float, deep: float, rng: np.random.Generator) -> list[np.ndarray]:
    """The skull or the hair around it, down to the nape or the shoulders."""
    rise, low = height * rng.uniform(0.05, 0.2), rng.uniform(0.15, 0.75) * np.pi
    angle = np.linspace(np.pi * rng.uniform(1.0, 1.25), 2 * np.pi + low, int(rng.integers(6, 26)))
    reach = np.array([deep / 2, height * rng.uniform(0.38, 0.5)])
    middle = top + np.array([deep * rng.uniform(0.42, 0.5), reach[1] - rise])
    arc = middle + np.stack([np.cos(angle), np.sin(angle)], 1) * reach
    if rng.random() < 0.5:
        arc = np.concatenate([top[None], arc])
    if rng.random() < 0.75:
        nape = arc[-1] + (rng.uniform(-0.1, 0.1) * deep, 0.1 * height)
        arc = np.concatenate([arc, [nape, nape + np.array([rng.uniform(-0.1, 0.2), rng.uniform(0.05, 0.4)])]])
    lines = [arc]
    if rng.random() < 0.2:
        lines.append(oval((arc[len(arc) // 2, 0], arc[len(arc) // 2, 1]), deep * rng.uniform(0.08, 0.22, 2), rng))
    return lines


def _eye(front: np.ndarray, height: float, rng: np.random.Generator) -> list[np.ndarray]:
    """One eye behind the bridge of the nose, and mostly a brow."""
    size = height * rng.uniform(0.06, 0.14)
    corner = front[BRIDGE] + height * np.array([rng.uniform(0.05, 0.12), rng.uniform(-0.02, 0.06)])
    upper = np.array([[0.0, 0.0], [0.4, -rng.uniform(0.2, 0.5)], [1.0, rng.uniform(-0.4, 0.1)]])
    lower = np.array([[0.0, 0.0], [0.5, rng.uniform(0.1, 0.4)], [1.0, rng.uniform(-0.1, 0.3)]])
    kind = rng.random()
    lines = [upper] if kind < 0.15 else [upper, lower] if kind < 0.6 else [np.concatenate([upper, lower[::-1]])]
    if rng.random() < 0.5:
        lines.append(oval((rng.uniform(0.1, 0.4), 0.0), np.array([0.12, 0.25]), rng))
    if rng.random() < 0.85:
        lift = rng.uniform(0.5, 1.1)
        lines.append(np.array([[-0.2, -lift * 0.9], [0.5, -lift - 0.15], [1.2, -lift + rng.uniform(-0.2, 0.3)]]))
    return [corner + line * size for line in lines]


def _details(front: np.ndarray, height: float, deep: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Ear, jaw, nostril, mouth, glasses, hairline, shoulders: each may be missing."""
    ear = front[0] + (deep * rng.uniform(0.45, 0.65), height * rng.uniform(0.4, 0.55))
    size = height * np.array([rng.uniform(0.04, 0.07), rng.uniform(0.07, 0.12)])
    chin, mouth, base, bridge = front[CHIN], front[MOUTH], front[BASE], front[BRIDGE]
    angle = np.linspace(np.pi * 0.6, np.pi * rng.uniform(1.8, 2.6), 9)
    outer = ear + np.stack([np.cos(angle), np.sin(angle)], 1) * size
    parts = [
        (0.55, [oval((ear[0], ear[1]), size, rng)]),
        (0.35, [outer, ear + (outer[::2] - ear) * 0.5]),
        (0.5, [np.stack([ear + size * [0, 1], ear * 0.6 + chin * 0.4 + (0, 0.13 * height), chin])]),
        (0.5, [base + height * np.array([[0.02, -0.03], [0.06, -0.04], [0.05, 0.0]])]),
        (0.7, [mouth + height * np.array([[0, 0], [0.06, 0], [0.12, rng.uniform(-0.02, 0.03)]])]),
        (0.15, [oval((bridge[0] + 0.1 * height, bridge[1]), height * rng.uniform(0.05, 0.09, 2), rng)]),
        (0.12, [np.stack([bridge, ear])]),
        (0.3, [np.stack([front[0], front[0] + (deep * 0.3, height * rng.uniform(0, 0.15)), ear])]),
        (0.25, [np.array([[chin[0] + 0.2, 1.0], [chin[0] - rng.uniform(0, 0.2), rng.uniform(1.05, 1.3)]])]),
    ]
    return [line for chance, lines in parts if rng.random() < chance for line in lines]


def _hair(top: np.ndarray, height: float, deep: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Strands from the forehead backwards, or downwards."""
    lines = []
    for share in rng.uniform(0, 1, rng.integers(2, 16)):
        start = top + np.array([deep * share * 0.8, -height * 0.1 * np.sin(np.pi * share)])
        way = np.array([deep * rng.uniform(0.1, 0.5), height * rng.uniform(0.1, 0.8)])
        t = np.linspace(0, 1, 6)[:, None]
        lines.append(start + t * way + np.array([0.15 * deep, -0.05 * height]) * np.sin(np.pi * t))
    return lines


def _smoothed(line: np.ndarray) -> np.ndarray:
    """A round line through nearly the same points."""
    if len(line) < 3:
        return line
    knots, fine = np.arange(len(line)), np.linspace(0, len(line) - 1, 8 * len(line))
    dense = np.stack([np.interp(fine, knots, line[:, axis]) for axis in (0, 1)], 1)
    return cv2.GaussianBlur(dense, (1, 9), 0, borderType=cv2.BORDER_REPLICATE)
