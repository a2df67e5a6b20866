"""From any layer to the one thing the network knows: thin lines on a square placed as training faces are."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from dfp.errors import SketchError
from dfp.frame import Frame, frame_of
from dfp.ink import check_layout, paper_of, reduction_for, strength_of, strokes_of
from dfp.lines import thin

SMALLEST = 16
LARGEST = 8192
FIND_SIDE = 1024  # the drawing is looked for on a reduction to at most this side


@dataclass(frozen=True)
class Prepared:
    """What the network reads. `lines`: float32 1 x size x size, 1 on lines, 0 elsewhere; `frame`: where it lies."""

    lines: np.ndarray
    frame: Frame


def prepare(
    sketch: "np.ndarray | Image.Image",
    size: int,
    selection: "tuple[int, int, int, int] | Frame | None" = None,
) -> Prepared:
    """Thin lines on the square frame of a sketch."""
    pixels = _pixels(sketch)
    paper = paper_of(pixels)
    height, width = pixels.shape[:2]
    if selection is not None:
        frame = frame_of(np.zeros((1, 1), bool), selection)
    else:
        factor = reduction_for(max(height, width), FIND_SIDE)
        found, _ = strokes_of(strength_of(pixels, paper, factor))
        if not found.any():
            raise SketchError("This layer is empty: draw the lines of a face on it first.")
        near = frame_of(found)
        frame = Frame(near.left * factor, near.top * factor, near.width * factor, near.height * factor)
    factor = max(1, frame.width // (2 * size))
    x0, y0 = max(0, frame.left), max(0, frame.top)
    crop = pixels[y0 : max(y0, frame.top + frame.height), x0 : max(x0, frame.left + frame.width)]
    if crop.size == 0:
        raise SketchError("The selection lies outside the drawing: select the face, or select nothing.")
    mask, _ = strokes_of(strength_of(crop, paper, factor))
    if not mask.any():
        raise SketchError("Nothing is drawn inside the selection: select the face, or select nothing.")
    side = -(-frame.width // factor)
    square = np.zeros((side, side), bool)
    top, left = (y0 - frame.top) // factor, (x0 - frame.left) // factor
    mask = mask[: side - top, : side - left]
    square[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    return Prepared(thin(square, size).astype(np.float32)[None], frame)


def _pixels(sketch: "np.ndarray | Image.Image") -> np.ndarray:
    """The sketch as uint8 H x W x C, checked for size and layout."""
    if isinstance(sketch, Image.Image):
        if sketch.mode not in ("L", "LA", "RGB", "RGBA"):
            sketch = sketch.convert("RGBA" if "transparency" in sketch.info or "A" in sketch.getbands() else "RGB")
        sketch = np.asarray(sketch)
    pixels = check_layout(np.asarray(sketch))
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST:
        raise SketchError(f"This layer is too small ({width} x {height}): draw on at least {SMALLEST} x {SMALLEST} pixels.")
    if max(height, width) > LARGEST:
        raise SketchError(f"This layer is too large ({width} x {height}): use at most {LARGEST} x {LARGEST} pixels.")
    return pixels
