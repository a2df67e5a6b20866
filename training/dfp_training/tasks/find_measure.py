"""How well heads are found on held-out sheets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dfp.sketch.heads import SURE, Spot
from dfp_training.data.pack import Pack
from dfp_training.data.sheets import Placed, Sheet, sheet

FOUND = 0.5  # intersection over union of two squares from which on they are one head's
Find = Callable[[np.ndarray], Sequence[Spot]]


@dataclass(frozen=True)
class Found:
    """On sheets with heads the intersection over union of each frame with the nearest one found, 0 where there is none;
    degrees by which the turns of those differ; and the share of sheets without heads where one was found."""

    overlaps: np.ndarray
    turns: np.ndarray
    false: float
    lone: np.ndarray

    def __str__(self) -> str:
        found = self.overlaps[self.overlaps >= FOUND]
        median, low = np.quantile(found, (0.5, 0.05)) if len(found) else (0.0, 0.0)
        lone = np.quantile(self.lone, (0.5, 0.05)) if len(self.lone) else (0.0, 0.0)
        return (
            f"IoU median {median:.3f}, 5th percentile {low:.3f}; found {len(found) / max(1, len(self.overlaps)):.1%} "
            f"of {len(self.overlaps)}; heads alone: {lone[0]:.3f}, {lone[1]:.3f}; turn {np.median(self.turns):.1f}, "
            f"95th {np.quantile(self.turns, 0.95):.1f}; false on {self.false:.1%} of sheets without"
        )


def held_out(pack: Pack, count: int, seed: int, clean: float = 0.3, split: str = "val") -> list[Sheet]:
    """Sheets of faces that were not trained on."""
    faces = pack.indices(split)
    return [sheet(pack, faces, np.random.default_rng([seed, number]), clean) for number in range(count)]


def measured(sheets: Sequence[Sheet], find: Find) -> Found:
    """What `find` finds; of its answers those that are sure count, and on a sheet of one head the first."""
    overlaps, turns, lone, false, without = [], [], [], 0, 0
    for made in sheets:
        spots = list(find(made.ink)) if made.ink.any() else []
        sure = [spot for spot in spots if spot.certainty >= SURE]
        if not made.heads:
            without += 1
            false += bool(sure)
            continue
        if len(made.heads) == 1:
            sure = spots[:1]
        for head in made.heads:
            if not head.sure:
                continue
            best = max(sure, key=lambda spot: overlap(head, spot), default=None)
            overlaps.append(overlap(head, best) if best else 0.0)
            if len(made.heads) == 1:
                lone.append(overlaps[-1])
            if best and overlaps[-1] >= FOUND:
                turns.append(abs(np.degrees((head.turn - best.turn + np.pi) % (2 * np.pi) - np.pi)))
    return Found(np.array(overlaps), np.array(turns or [0.0]), false / max(1, without), np.array(lone))


def overlap(head: Placed, spot: Spot) -> float:
    """Intersection over union of two squares, each turned."""
    one, other = (((s.x, s.y), (s.side, s.side), float(np.degrees(s.turn))) for s in (head, spot))
    _, shared = cv2.rotatedRectangleIntersection(one, other)
    if shared is None:
        return 0.0
    area = cv2.contourArea(cv2.convexHull(shared))
    return area / (head.side**2 + spot.side**2 - area)
