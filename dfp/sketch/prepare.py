"""From any layer to the one thing the network knows: thin lines on a square placed as training faces are."""

from dataclasses import dataclass, replace

import numpy as np

from dfp.errors import SketchError
from dfp.model.inputs import Inputs
from dfp.sketch.binarise import Ink, binarise, read_ink
from dfp.sketch.centre_lines import centre_lines
from dfp.sketch.frame import Frame, square
from dfp.sketch.framing import heads_in
from dfp.sketch.heads import FIND_SIDE, SURE, Head
from dfp.sketch.neighbours import without_neighbours
from dfp.sketch.pixels import pixels_of
from dfp.sketch.pooling import reduction_for, shrink_by_max
from dfp.sketch.request import FaceRequest
from dfp.sketch.skeleton import thin
from dfp.sketch.straighten import straightened
from dfp.sketch.turning import covering, upright_ink, upright_map

ENOUGH = 1.5  # a frame this many times wider than `size` on that reduction need not be read again
# On shaded paper a frame that is smaller than so much of the sheet's longer side is read again: what is a shadow's edge
# and what a stroke is seen better from near.
NEARER = 0.75

# Heads that lean by fewer degrees are drawn as they are: the model draws those, too.
STRAIGHT = 8.0
DOUBT = (
    "This does not look like one face from the front: the lines for eyes, nose and mouth were not found where they "
    "would be. The face may come out wrong."
)


@dataclass(frozen=True)
class Prepared:
    """What the network reads, and where its answer belongs.

    `inputs`: of this sketch alone. `frame`: the square in the sketch's pixels where the picture lies. `turn`: by how
    many degrees, clockwise, the face is turned in it, so that it covers a part of it alone; 0 where it fills it.
    `heads`: what was found on the sheet, the one that is drawn first; none where the frame was given. `seeds`: of each
    palette in the inputs.
    """

    inputs: Inputs
    frame: Frame
    turn: float = 0.0
    heads: tuple[Head, ...] = ()
    seeds: tuple[int, ...] = (0,)

    @property
    def lines(self) -> np.ndarray:
        """float32 1 x size x size, 1 on lines, 0 elsewhere."""
        return self.inputs.lines[0]

    @property
    def trust(self) -> np.ndarray:
        """float32 1 x 16 x 16, see `Trust.over`."""
        return self.inputs.trust[0]

    @property
    def certainty(self) -> float | None:
        """How surely the drawing is one face from the front, 0 to 1; None where the frame was given."""
        return self.heads[0].certainty if self.heads else None

    @property
    def doubt(self) -> str:
        """A sentence for the painter where it hardly is; else empty."""
        return DOUBT if self.heads and self.heads[0].certainty < SURE else ""

    def apart(self) -> "list[Prepared]":
        """Each variant for itself."""
        each = zip(self.inputs.apart(), self.seeds, strict=True)
        return [replace(self, inputs=inputs, seeds=(seed,)) for inputs, seed in each]


def prepare(request: FaceRequest, size: int, palettes: np.ndarray | None = None, variants: int = 1) -> Prepared:
    """Thin lines on the square frame of a sketch, and all else that a network is told of its face.

    Without a frame it is that of the surest head. `size`: the network's side in pixels. `palettes`: of real faces, from
    which colours are filled in that are left open (`Appearance.colours`); networks that know no colours have none.
    `variants`: how many different ones are filled in, at most (`Appearance.variants`). Raises SketchError with a
    sentence for the painter when the layer is empty, too small, too large or of another layout, or when nothing is
    drawn inside the selection, or when painted colours have other proportions than the sketch.
    """
    return prepare_each(request, size, palettes, 1, variants)[0]


def prepare_each(
    request: FaceRequest,
    size: int,
    palettes: np.ndarray | None = None,
    most: int | None = None,
    variants: int = 1,
) -> list[Prepared]:
    """As `prepare`, for each head of a sketch, the surest first, `most` at most; one where the frame is given."""
    pixels = pixels_of(request.sketch)
    extent = pixels.shape[1], pixels.shape[0]
    request.appearance.check_shape(extent)
    selection = request.selection()
    if selection is not None:
        frame = _selected(selection)
        return [_prepared(request, pixels, _Part(frame, request.turn), size, palettes, variants)]
    heads, ink, factor = _find(pixels)
    parts = []
    for number, head in enumerate(heads[:most]):
        # How far something is turned that hardly is a head nobody knows.
        turn = head.turn if abs(head.turn) >= STRAIGHT and head.certainty >= SURE else 0.0
        others = (*heads[:number], *heads[number + 1 :])
        parts.append(_Part(head.frame, turn, (head, *others), ink, factor))
    return [_prepared(request, pixels, part, size, palettes, variants) for part in parts]


@dataclass(frozen=True)
class _Part:
    """A frame, before it is turned, its turn, the heads that were found, and the whole sketch's ink, reduced by a
    factor, where it was read."""

    frame: Frame
    turn: float = 0.0
    heads: tuple[Head, ...] = ()
    ink: Ink | None = None
    factor: int = 1


def _prepared(
    request: FaceRequest, pixels: np.ndarray, part: _Part, size: int, palettes: np.ndarray | None, variants: int
) -> Prepared:
    extent = pixels.shape[1], pixels.shape[0]
    frame = covering(part.frame, part.turn)
    mask = _ink_of(part, frame, size)
    if mask is None:
        mask = _read(pixels, frame, size)
    mask = without_neighbours(mask, frame, part.frame, [head.frame for head in part.heads[1:]])
    if part.turn:
        mask = upright_ink(mask, part.turn, size)
    if not mask.any():
        raise SketchError("Nothing is drawn inside the selection: select the face, or select nothing.")
    if mask.shape[0] > 2 * size:
        mask = shrink_by_max(mask, 2 * size)
    trust, painted = request.trust.over(frame, extent), request.appearance.map(frame, extent)
    if part.turn:
        trust, painted = upright_map(trust, part.turn), upright_map(painted, part.turn)
    lines = straightened(thin(centre_lines(mask), size), trust).astype(np.float32)[None]
    looks = [] if palettes is None else request.appearance.variants(variants, palettes)
    palette = None if palettes is None else np.stack([look.colours(palettes) for look in looks])
    seeds = tuple(look.seed for look in looks) or (request.appearance.seed,)
    return Prepared(Inputs.of(lines[None], trust[None], palette, painted[None]), frame, part.turn, part.heads, seeds)


def _find(pixels: np.ndarray) -> tuple[list[Head], Ink, int]:
    """The heads on a sketch, one at least, and its ink reduced by a factor. Raises SketchError when it is empty."""
    factor = reduction_for(max(pixels.shape[:2]), FIND_SIDE)
    ink = read_ink(pixels, factor)
    if not ink.mask.any():
        raise SketchError("This layer is empty: draw the lines of a face on it first.")
    whole = Frame(0, 0, max(ink.mask.shape), max(ink.mask.shape))
    heads = []
    for spot in heads_in(ink.mask):
        head = spot.enlarged(factor).head()
        # The last cells of a reduction may be smaller: a frame that is the whole picture must not gain their rest.
        if factor > 1 and spot.head().frame == whole:
            head = replace(head, frame=Frame(0, 0, max(pixels.shape[:2]), max(pixels.shape[:2])))
        heads.append(head)
    return heads, ink, factor


def _ink_of(part: _Part, frame: Frame, size: int) -> np.ndarray | None:
    """The part of the ink that was read already in a frame; None when it must be read at a finer resolution."""
    if part.ink is None or (part.factor > 1 and frame.width < part.factor * ENOUGH * size):
        return None
    by = part.factor
    if part.ink.shaded and frame.width < NEARER * by * max(part.ink.mask.shape):
        return None
    side = -(-frame.width // by)
    return _cut(part.ink.mask, Frame(frame.left // by, frame.top // by, side, side))


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
