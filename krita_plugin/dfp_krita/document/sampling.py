"""Reads a layer coarsely: one pixel for each place of a grid, in the server's colors."""

from typing import Any, Generator

from .colors import ColorSpace, as_srgb8
from .geometry import Rect

# Kinds of layers that show something by themselves.
SHOWING = ("paintlayer", "grouplayer", "filelayer", "clonelayer", "filllayer", "vectorlayer")


def sampled(layer: Any, place: Rect, columns: int, rows: int) -> Generator[bool, None, bytes]:
    """BGRA of the layer's pixels in the middle of each cell of a grid over `place`, in small steps. Raises Refusal.

    Where nothing is painted, and beyond the canvas, it is transparent.
    """
    read = layer.pixelData if layer.type() == "paintlayer" and not layer.childNodes() else layer.projectionPixelData
    picked = []
    for row in range(rows):
        top = place.top + (2 * row + 1) * place.height // (2 * rows)
        line = bytes(read(place.left, top, place.width, 1))
        pixel = len(line) // place.width
        starts = (pixel * ((2 * column + 1) * place.width // (2 * columns)) for column in range(columns))
        picked.append(b"".join(line[start : start + pixel] for start in starts))
        yield False
    return as_srgb8(b"".join(picked), Rect(0, 0, columns, rows), ColorSpace.of(layer))
