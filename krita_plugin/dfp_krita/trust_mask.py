"""The trust layer: green where lines are meant exactly, red where they are meant loosely, the stronger the more.

It is any visible paint layer with the right name: “Trust · NAME” for the sketch NAME, else “Trust” for all of them.
The server needs it coarsely only, so of its pixels every so manieth is read, in a few milliseconds a step.
"""

from typing import Any, Generator, Iterator, Optional

from . import texts
from .colors import ColorSpace, as_srgb8
from .geometry import Place
from .trust_values import NEUTRAL, TrustMask, every, values_of

# At most so many places along the mask's longer side; the model reads 16.
SIDE = 96
BAND_PIXELS = 256 * 1024


def is_trust_layer(layer: Any) -> bool:
    """Whether a layer is, by its name, one for trust and no drawing."""
    name = layer.name()
    return layer.type() == "paintlayer" and (name == texts.TRUST_LAYER or name.startswith(texts.trust_layer_of("")))


def trust_layer_for(document: Any, sketch: Any) -> Optional[Any]:
    """The layer that says how exactly the lines of a sketch are meant; None when there is none, or it is hidden."""
    for name in (texts.trust_layer_of(sketch.name()), texts.TRUST_LAYER):
        for layer in _below(document.rootNode()):
            if layer.name() == name and layer.type() == "paintlayer" and layer.visible():
                return layer
    return None


def read_mask(document: Any, sketch: Any, place: Place) -> Generator[bool, None, Optional[TrustMask]]:
    """The mask over `place`, in steps of a few milliseconds; None when nothing is painted there."""
    layer = trust_layer_for(document, sketch)
    if layer is None or layer.bounds().isEmpty():
        return None
    step = -(-place.longer // SIDE)
    rows = []
    for band in place.bands(BAND_PIXELS):
        pixels = bytes(layer.pixelData(*band))
        pixel = len(pixels) // (band.width * band.height)
        first = -(band.top - place.top) % step
        for row in range(first, band.height, step):
            start = row * band.width * pixel
            rows.append(every(pixels[start : start + band.width * pixel], pixel, step))
        yield False
    size = (-(-place.width // step), len(rows))
    small = Place(0, 0, *size)
    values = values_of(as_srgb8(b"".join(rows), small, ColorSpace.of(layer)))
    return TrustMask(values, size) if any(value != NEUTRAL for value in set(values)) else None


def _below(node: Any) -> Iterator[Any]:
    for child in node.childNodes():
        yield child
        yield from _below(child)
