"""A sketch as the preparation reads it: uint8 pixels, H x W x C, of a usable size."""

import numpy as np
from PIL import Image

from dfp.errors import SketchError
from dfp.sketch.depth import to_8_bit

SMALLEST = 16  # pixels a side
LARGEST = 8192


def pixels_of(sketch: "np.ndarray | Image.Image") -> np.ndarray:
    """The sketch as uint8 H x W x C, checked for layout and size."""
    if isinstance(sketch, Image.Image):
        try:
            sketch = to_8_bit(sketch)
        except ValueError as error:
            raise SketchError("This picture's colours cannot be read: convert it to RGB and try again.") from error
        sketch = np.asarray(sketch)
    pixels = check_layout(np.asarray(sketch))
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST:
        least = f"{SMALLEST} x {SMALLEST}"
        raise SketchError(f"This layer is too small ({width} x {height}): use at least {least} pixels.")
    if max(height, width) > LARGEST:
        most = f"{LARGEST} x {LARGEST}"
        raise SketchError(f"This layer is too large ({width} x {height}): use at most {most} pixels.")
    return pixels


def check_layout(sketch: np.ndarray) -> np.ndarray:
    """The sketch as uint8 H x W x C with C in 1..4; raises SketchError for any other layout."""
    if sketch.dtype == np.bool_:
        sketch = sketch.astype(np.uint8) * 255
    if sketch.ndim == 2:
        sketch = sketch[:, :, None]
    if sketch.dtype != np.uint8 or sketch.ndim != 3 or not 1 <= sketch.shape[2] <= 4:
        raise SketchError("This layer's pixels cannot be read: convert it to 8-bit gray or RGBA and try again.")
    return sketch
