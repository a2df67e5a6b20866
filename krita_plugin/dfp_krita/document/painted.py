"""The colour layer: on it a painter lays down roughly which colours the face shall have where.

A place that goes to the server is the mean of the pixels there, each with as much weight as it is opaque. Of deep and
wide-gamut pictures, whose pixels Krita has to convert first, up to two in each direction are looked at for it. How
opaque the layer as a whole is does not matter, nor its blending mode: these are for her eye. Masks on it count, as they
do on a sketch.
"""

import zlib
from typing import Any, Generator, List, Optional

from .. import texts
from .colors import ColorSpace, as_srgb8
from .geometry import Rect
from .layer_tree import bounds_of, read
from .linked_layers import LinkedLayers
from .painted_values import MOST_SIDE, Painted, laid_on, on_grid, shows_anything, size_for, swapped
from .resizing import scaled, smaller
from .thinning import BAND_PIXELS, Band, thinned

DESCRIPTION = "Which layers say what colours faces shall have where, of which sketch layers, for DeepFacePencil"
COLOURS = LinkedLayers("deepfacepencil-colours", DESCRIPTION, texts.colour_layer)


def read_painted(
    document: Any, sketch: Any, place: Rect, factor: int, last: Optional[Painted] = None
) -> Generator[bool, None, Optional[Painted]]:
    """The colours over `place`, in steps of a few milliseconds; None when nothing is painted there, or it is hidden.

    `factor`: by how much the place is made smaller for the server. `last` is returned when it would be made of the same
    pixels. Raises Refusal when Krita cannot convert them.
    """
    layer = COLOURS.seen_of(document, sketch)
    if layer is None:
        return None
    step = -(-place.longer // (2 * MOST_SIDE))
    part = on_grid(bounds_of(layer), place, step)
    if part.empty:
        return None
    space = ColorSpace.of(layer)
    bands = yield from _reduced(layer, part, step, space)
    digest = zlib.crc32(repr((place, factor, part, space)).encode())
    for band in bands:
        digest = zlib.crc32(band.pixels, digest)
        yield False
    if last is not None and last.digest == digest:
        return last
    columns, rows = -(-part.width // step), sum(band.rows for band in bands)
    # Each conversion costs Krita the same time, however small, so it is one for all.
    pixels = as_srgb8(b"".join(band.pixels for band in bands), Rect(0, 0, columns, rows), space)
    yield False
    whole = Rect(0, 0, -(-place.width // step), -(-place.height // step))
    seen = Rect((part.left - place.left) // step, (part.top - place.top) // step, columns, rows)
    picture = laid_on(pixels, seen, whole)
    yield False
    size = size_for(place.reduced(factor))
    values = swapped(scaled(picture, whole.width, whole.height, *size))
    return Painted(values, size, digest) if shows_anything(values) else None


def top_of_drawing(document: Any, sketch: Any) -> Any:
    """The layer that a face has to lie above: the sketch, or a colour layer that lies right on it."""
    siblings = sketch.parentNode().childNodes()
    top = siblings.index(sketch)
    while top + 1 < len(siblings) and COLOURS.has(document, siblings[top + 1]):
        top += 1
    return siblings[top]


def _reduced(layer: Any, part: Rect, step: int, space: ColorSpace) -> Generator[bool, None, List[Band]]:
    """As `thinned`; where pixels need not be converted, the mean of those that one stands for."""
    if step == 1 or not space.is_srgb8:
        return (yield from thinned(layer, part, step))
    bands = []
    for place in part.bands(BAND_PIXELS, step):
        bands.append(Band(smaller(read(layer, place), place, step), -(-place.height // step)))
        yield False
    return bands
