"""The trust layer: green where lines are meant exactly, red where they are meant loosely, the stronger the more.

Which layer that is, is said by linked_layers. In a gray picture, where there is no green and no red, it is light for
exactly and dark for loosely.

The server needs it coarsely only, so of its pixels every so manieth is read, in a few milliseconds a step.
"""

from typing import Any, Generator, Optional

from .. import texts
from .colors import ColorSpace, as_srgb8
from .geometry import Rect
from .linked_layers import LinkedLayers
from .thinning import thinned
from .trust_values import NEUTRAL, TrustMask, gray_values_of, values_of

# At most so many places along the mask's longer side; the model reads 16.
SIDE = 96

DESCRIPTION = "Which layers say how exactly the lines of which sketch layers are meant, for DeepFacePencil"
TRUST = LinkedLayers("deepfacepencil-trust", DESCRIPTION, texts.trust)


def is_gray(layer: Any) -> bool:
    """Whether a layer has no colors to tell green from red."""
    return layer.colorModel() == "GRAYA"


def read_mask(document: Any, sketch: Any, place: Rect) -> Generator[bool, None, Optional[TrustMask]]:
    """The mask over `place`, in steps of a few milliseconds; None when nothing is painted there."""
    layer = TRUST.seen_of(document, sketch)
    if layer is None or layer.bounds().isEmpty():
        return None
    step = -(-place.longer // SIDE)
    bands = yield from thinned(layer, place, step)
    size = (-(-place.width // step), sum(band.rows for band in bands))
    small = Rect(0, 0, *size)
    in_gray = is_gray(layer)
    values = (gray_values_of if in_gray else values_of)(
        as_srgb8(b"".join(band.pixels for band in bands), small, ColorSpace.of(layer))
    )
    return TrustMask(values, size) if any(value != NEUTRAL for value in set(values)) else None
