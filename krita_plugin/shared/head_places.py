"""Which face of a sheet with several heads is which head's, told by where they lie."""

import math
from typing import List, Optional, Sequence

from .geometry import Rect

# Of their mean side: what lies nearer to each other than that is one head's.
APART = 0.45


def distance(one: Rect, other: Rect) -> float:
    """Between two places' middles, in shares of their mean side."""
    across = one.left + one.width / 2 - other.left - other.width / 2
    down = one.top + one.height / 2 - other.top - other.height / 2
    return math.hypot(across, down) / max(1.0, 0.5 * (one.longer + other.longer))


def nearest(place: Rect, heads: Sequence[Rect]) -> Optional[int]:
    """Which of the heads a place is one of; None when it is none of them."""
    found = min(range(len(heads)), key=lambda number: distance(place, heads[number]), default=None)
    return found if found is not None and distance(place, heads[found]) < APART else None


def shared_out(faces: Sequence[Optional[Rect]], heads: Sequence[Rect]) -> List[List[int]]:
    """For each head its faces, in their order; a face without a place, or beside all heads, is nobody's."""
    owned: List[List[int]] = [[] for _ in heads]
    for number, place in enumerate(faces):
        head = nearest(place, heads) if place is not None else None
        if head is not None:
            owned[head].append(number)
    return owned


def of_one_head(faces: Sequence[Optional[Rect]]) -> bool:
    """Whether all faces lie in one place."""
    there = [place for place in faces if place is not None]
    return all(distance(place, there[0]) < APART for place in there)


def in_reading_order(places: Sequence[Rect]) -> List[int]:
    """Their numbers from left to right, row by row; what is as high for the most part is one row."""
    rows: List[List[int]] = []
    for number in sorted(range(len(places)), key=lambda number: places[number].top + places[number].height / 2):
        middle = places[number].top + places[number].height / 2
        last = places[rows[-1][0]] if rows else None
        if last is not None and abs(middle - last.top - last.height / 2) < last.height / 2:
            rows[-1].append(number)
        else:
            rows.append([number])
    return [number for row in rows for number in sorted(row, key=lambda number: places[number].left)]
