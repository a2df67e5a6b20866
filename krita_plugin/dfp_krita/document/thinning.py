"""Layers read coarsely: of their pixels every so manieth. Plain Python: no Qt, no Krita."""

from typing import Any, Dict, Generator, List, NamedTuple

from .geometry import Rect
from .layer_tree import read

KINDS: Dict[int, Any] = {1: "B", 2: "H", 4: "I", 8: "Q"}  # of memory, by bytes a pixel
# Pixels of the layer that are looked at in one go: a few milliseconds, so that the pen never waits.
BAND_PIXELS = 256 * 1024


class Band(NamedTuple):
    """Some whole rows of what was read."""

    pixels: bytes
    rows: int


def every(row: bytes, pixel: int, step: int) -> bytes:
    """Of a row of pixels with so many bytes each the first, and then each so manieth."""
    if step == 1:
        return row
    if pixel in KINDS:
        return memoryview(row).cast(KINDS[pixel])[::step].tobytes()
    return b"".join(row[at : at + pixel] for at in range(0, len(row), pixel * step))


def thinned(layer: Any, place: Rect, step: int) -> Generator[bool, None, List[Band]]:
    """Every so manieth pixel of each so manieth row of a place, the first at its corner, in the layer's own colors.

    In bands from top to bottom, with ceil(width / step) pixels a row.
    """
    bands = []
    for band in place.bands(BAND_PIXELS, step):
        pixels = read(layer, band)
        row = len(pixels) // band.height
        starts = range(0, len(pixels), row * step)
        pixels = b"".join(every(pixels[start : start + row], row // band.width, step) for start in starts)
        bands.append(Band(pixels, len(starts)))
        yield False
    return bands
