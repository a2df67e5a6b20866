"""A palette read off a picture: the median colour of what lies under each region of a face. Plain Python.

Medians, because hair falls over skin, light glints in eyes, and a photo never lies quite where the drawing does.
"""

from statistics import median_high
from typing import Any, Dict, List, Sequence, Tuple

from ..document.palette import Palette

# Of an answer's regions from the bottom up; `features` are eyes and brows above, the mouth below.
LAYERS = ("background", "clothes", "skin", "hair", "features")
SOLID = 230  # share of a layer, of 255, from which on a place is one of its own
FEATURE = 150  # the same of the features, which are small
LEAST = 8  # places that make a colour
OPAQUE = 128
# Of eyes and brows together, from the top: below it are the eyes.
EYES = 0.55


def palette_under(regions: bytes, shape: Tuple[int, int, int], pixels: bytes) -> Palette:
    """The palette of a picture. regions, shape: as a GenerateAnswer has them. pixels: BGRA, one for each place.

    A region with too few opaque pixels stays open.
    """
    _, rows, columns = shape
    size = rows * columns
    there = [alpha >= OPAQUE for alpha in pixels[3::4]]
    found: Dict[str, Any] = {}
    for number, name in enumerate(LAYERS):
        plane = regions[number * size : (number + 1) * size]
        least = FEATURE if name == "features" else SOLID
        places = [at for at, share in enumerate(plane) if share >= least]
        for region, own in _parts(name, places, columns).items():
            found[region] = _median(pixels, [at for at in own if there[at]])
    return Palette.from_map(found)


def _parts(name: str, places: List[int], columns: int) -> Dict[str, List[int]]:
    if name != "features":
        return {name: places}
    mouth = _first_row_of_mouth([at // columns for at in places])
    upper = [at for at in places if at // columns < mouth]
    lids = _share_of_rows([at // columns for at in upper], EYES)
    eyes = [at for at in upper if at // columns >= lids]
    return {"eyes": eyes, "lips": [at for at in places if at // columns >= mouth]}


def _share_of_rows(rows: Sequence[int], share: float) -> float:
    return min(rows) + share * (max(rows) - min(rows)) if rows else 0.0


def _first_row_of_mouth(rows: Sequence[int]) -> int:
    """Where rows fall into two groups that are each as close together as can be."""

    def spread(group: Sequence[int]) -> float:
        middle = sum(group) / len(group)
        return sum((row - middle) ** 2 for row in group)

    between = sorted(set(rows))[1:]
    if not between:
        return 0
    return min(between, key=lambda at: spread([r for r in rows if r < at]) + spread([r for r in rows if r >= at]))


def _median(pixels: bytes, places: Sequence[int]) -> Any:
    """Red, green and blue; None of too few places."""
    if len(places) < LEAST:
        return None
    return [median_high(pixels[4 * at + channel] for at in places) for channel in (2, 1, 0)]
