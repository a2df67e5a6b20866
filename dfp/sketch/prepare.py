"""From any layer to the one thing the network knows: thin lines on a square placed as training faces are."""

from dataclasses import dataclass

import numpy as np

from dfp.errors import SketchError
from dfp.model.inputs import Inputs
from dfp.sketch.binarise import binarise
from dfp.sketch.centre_lines import centre_lines
from dfp.sketch.frame import Frame, square
from dfp.sketch.framing import frame_of
from dfp.sketch.pixels import pixels_of
from dfp.sketch.pooling import reduction_for, shrink_by_max
from dfp.sketch.request import FaceRequest
from dfp.sketch.skeleton import thin

FIND_SIDE = 1024  # the drawing is looked for on a reduction to at most this many pixels a side
ENOUGH = 1.5  # a frame this many times wider than `size` on that reduction need not be read again


@dataclass(frozen=True)
class Prepared:
    """What the network reads, and where its answer belongs.

    `inputs`: of this sketch alone. `frame`: the square in the sketch's pixels. `seeds`: of each palette in the inputs.
    """

    inputs: Inputs
    frame: Frame
    seeds: tuple[int, ...] = (0,)

    @property
    def lines(self) -> np.ndarray:
        """float32 1 x size x size, 1 on lines, 0 elsewhere."""
        return self.inputs.lines[0]

    @property
    def trust(self) -> np.ndarray:
        """float32 1 x 16 x 16, see `Trust.over`."""
        return self.inputs.trust[0]

    def apart(self) -> "list[Prepared]":
        """Each variant for itself."""
        each = zip(self.inputs.apart(), self.seeds, strict=True)
        return [Prepared(inputs, self.frame, (seed,)) for inputs, seed in each]


def prepare(request: FaceRequest, size: int, palettes: np.ndarray | None = None, variants: int = 1) -> Prepared:
    """Thin lines on the square frame of a sketch, and all else that a network is told of its face.

    `size`: the network's side in pixels. `palettes`: of real faces, from which colours are filled in that are left open
    (`Appearance.colours`); networks that know no colours have none. `variants`: how many different ones are filled in,
    at most (`Appearance.variants`). Raises SketchError with a sentence for the painter when the layer is empty, too
    small, too large or of another layout, or when nothing is drawn inside the selection, or when painted colours have
    other proportions than the sketch.
    """
    pixels = pixels_of(request.sketch)
    extent = pixels.shape[1], pixels.shape[0]
    request.appearance.check_shape(extent)
    selection = request.selection()
    if selection is None:
        frame, mask = _find(pixels, size)
    else:
        frame, mask = _selected(selection), None
    if mask is None:
        mask = _read(pixels, frame, size)
    if not mask.any():
        raise SketchError("Nothing is drawn inside the selection: select the face, or select nothing.")
    if mask.shape[0] > 2 * size:
        mask = shrink_by_max(mask, 2 * size)
    lines = thin(centre_lines(mask), size).astype(np.float32)[None]
    trust = request.trust.over(frame, extent)[None]
    painted = request.appearance.map(frame, extent)[None]
    if palettes is None:
        return Prepared(Inputs.of(lines[None], trust, None, painted), frame)
    looks = request.appearance.variants(variants, palettes)
    palette = np.stack([look.colours(palettes) for look in looks])
    return Prepared(Inputs.of(lines[None], trust, palette, painted), frame, tuple(look.seed for look in looks))


def _find(pixels: np.ndarray, size: int) -> "tuple[Frame, np.ndarray | None]":
    """The drawing's frame and its ink; None for the ink when the frame must be read at a finer resolution."""
    factor = reduction_for(max(pixels.shape[:2]), FIND_SIDE)
    ink = binarise(pixels, factor)
    if not ink.any():
        raise SketchError("This layer is empty: draw the lines of a face on it first.")
    near = frame_of(ink)
    # The last cells of a reduction may be smaller: a frame that is the whole picture must not gain their rest.
    if factor > 1 and (near.left, near.top, near.width) == (0, 0, max(ink.shape)):
        frame = Frame(0, 0, max(pixels.shape[:2]), max(pixels.shape[:2]))
    else:
        frame = Frame(near.left * factor, near.top * factor, near.width * factor, near.height * factor)
    if factor > 1 and near.width < ENOUGH * size:
        finer = _read(pixels, frame, size)
        return frame, finer if finer.any() else None
    return frame, _cut(ink, near)


def _selected(selection: Frame) -> Frame:
    frame = square(selection.left, selection.top, selection.width, selection.height)
    if frame.width < 2:
        raise SketchError("The selection is empty: select the face, or select nothing.")
    return frame


def _read(pixels: np.ndarray, frame: Frame, size: int) -> np.ndarray:
    """The ink inside a frame, bool N x N with N from the frame's own size down to twice the network's."""
    height, width = pixels.shape[:2]
    left, top = max(0, frame.left), max(0, frame.top)
    right, bottom = min(width, frame.left + frame.width), min(height, frame.top + frame.height)
    if right <= left or bottom <= top:
        raise SketchError("The selection lies outside the picture: select the face, or select nothing.")
    crop = pixels[top:bottom, left:right]
    factor = max(1, frame.width // (2 * size))
    ink = binarise(crop, factor)
    side = -(-frame.width // factor)
    return _cut(ink, Frame((frame.left - left) // factor, (frame.top - top) // factor, side, side))


def _cut(ink: np.ndarray, frame: Frame) -> np.ndarray:
    """The ink inside a frame in the ink's own pixels; what lies outside of the ink is empty."""
    out = np.zeros((frame.height, frame.width), bool)
    height, width = ink.shape
    left, top = max(0, frame.left), max(0, frame.top)
    right, bottom = min(width, frame.left + frame.width), min(height, frame.top + frame.height)
    if right > left and bottom > top:
        out[top - frame.top : bottom - frame.top, left - frame.left : right - frame.left] = ink[top:bottom, left:right]
    return out
