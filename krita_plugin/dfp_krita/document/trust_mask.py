"""The trust layer: green where lines are meant exactly, red where they are meant loosely, the stronger the more.

It is the paint layer that was added for the sketch, whatever the two are called now; else any with the right name:
“Trust · NAME” for the sketch NAME, “Trust” for all of them. It counts while it is visible. In a gray picture, where
there is no green and no red, it is light for exactly and dark for loosely.

The server needs it coarsely only, so of its pixels every so manieth is read, in a few milliseconds a step.
"""

from typing import Any, Generator, List, Optional

from .. import texts
from .colors import ColorSpace, as_srgb8
from .geometry import Rect
from .layer_tree import id_of, layers_below
from .trust_links import links_of
from .trust_values import NEUTRAL, TrustMask, every, gray_values_of, values_of

# At most so many places along the mask's longer side; the model reads 16.
SIDE = 96
BAND_PIXELS = 256 * 1024


def is_trust_layer(document: Any, layer: Any) -> bool:
    """Whether a layer is one for trust and no drawing; a copy of one, which Krita names after it, is one as well."""
    if layer.type() != "paintlayer":
        return False
    named = layer.name() == texts.trust.LAYER or texts.trust.layer_name("") in layer.name()
    return named or id_of(layer) in links_of(document)


def trust_layer_for(document: Any, sketch: Any) -> Optional[Any]:
    """The layer that says how exactly the lines of a sketch are meant; None when there is none, or it is hidden."""
    return next((layer for layer in trust_layers_for(document, sketch) if layer.visible()), None)


def trust_layers_for(document: Any, sketch: Any) -> List[Any]:
    """All that may be meant, hidden ones as well, its own ones first."""
    links = links_of(document)
    layers = [layer for layer in layers_below(document.rootNode()) if layer.type() == "paintlayer"]
    found = [layer for layer in layers if links.get(id_of(layer)) == id_of(sketch)]
    there = {id_of(layer) for layer in layers}
    free = [layer for layer in layers if links.get(id_of(layer)) not in there]
    for name in (texts.trust.layer_name(sketch.name()), texts.trust.LAYER):
        found += [layer for layer in free if layer.name() == name]
    return found


def is_gray(layer: Any) -> bool:
    """Whether a layer has no colors to tell green from red."""
    return layer.colorModel() == "GRAYA"


def read_mask(document: Any, sketch: Any, place: Rect) -> Generator[bool, None, Optional[TrustMask]]:
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
    small = Rect(0, 0, *size)
    in_gray = is_gray(layer)
    values = (gray_values_of if in_gray else values_of)(as_srgb8(b"".join(rows), small, ColorSpace.of(layer)))
    return TrustMask(values, size) if any(value != NEUTRAL for value in set(values)) else None
