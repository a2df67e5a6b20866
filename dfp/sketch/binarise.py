"""Where a stroke was drawn: from a layer's pixels, whatever its paper and colours, to a mask.

Two steps. `strength_of` measures how far each pixel is from its paper (0 paper, 255 as far as can be), reduced
by maximum where asked, so that a 1-px line survives. `strokes_of` decides which of it is drawn: paper texture,
compression noise, shading and smudges stay out, faint pencil stays in.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from dfp.sketch.margins import margins_of, without
from dfp.sketch.paper import SAMPLE_SIDE, paper_of
from dfp.sketch.pooling import max_pool, reduction_for
from dfp.sketch.ruled import without_ruled
from dfp.sketch.shading import cells_of, without_shading

# Units of contrast, 0..255. A soft 1-px pencil at 40 % opacity, anti-aliased, never falls below 30.
FAINTEST_INK = 20
FAINTEST_SEED = 32
SEED_SHARE = 0.6  # of its contrast a line may lose to its surroundings in a dense drawing
NOISE_TO_INK = 5.0
NOISE_TO_SEED = 8.0
NOISY = 2.5  # from so much noise on, pixels are looked at together with their neighbours
# Noise is measured on blocks of the sample: in so many of all it is less, where nothing is drawn.
BLOCK = 16
QUIET = 0.12
NOISE_CEILING = 40
FEWEST_BLOCKS = 6  # a side: on smaller sketches all is drawn on
# Next to a strong line weaker marks are its fringe (compression, blur, smear); 40 % pencil beside black still counts.
FRINGE_SHARE = 0.25
FRINGE_REACH = 5
# A mark is sharp when it stands out of its surroundings, whose width is this share of the sketch.
SURROUNDINGS = 1 / 24
# Specks below this share of the longer side are dust; a nostril or pupil dot is larger.
SPECK = 0.004
JOIN_SIDE = 640  # components are told apart on a reduction to at most so many pixels a side
# Strips keep the working copies of a large layer in the processor's cache.
STRIP_BYTES = 1 << 20


class Ink(NamedTuple):
    """mask: where a stroke was drawn, bool H x W. shaded: whether paper is darker or coloured in wide places."""

    mask: np.ndarray
    shaded: bool


def binarise(sketch: np.ndarray, factor: int = 1) -> np.ndarray:
    """Where a stroke was drawn, bool ceil(H / factor) x ceil(W / factor); see `read_ink`."""
    return read_ink(sketch, factor).mask


def read_ink(sketch: np.ndarray, factor: int = 1) -> Ink:
    """The ink of a sketch, ceil(H / factor) x ceil(W / factor).

    `sketch`: uint8 H x W x C as `check_layout` returns it, on any paper. Where one pixel of a factor x factor block is
    of a stroke, so is the block.
    """
    return strokes_of(strength_of(sketch, paper_of(sketch), factor))


def strength_of(sketch: np.ndarray, paper: np.ndarray | None, factor: int) -> np.ndarray:
    """How far each pixel is from the paper, the largest of each factor x factor block.

    `sketch`: uint8 H x W x C as `check_layout` returns it. Returns uint8 ceil(H / factor) x ceil(W / factor).
    A coloured line counts by the channel that shows it best, a translucent one by at most its alpha.
    """
    height, width, channels = sketch.shape
    out = np.empty((-(-height // factor), -(-width // factor)), np.uint8)
    rows = max(1, STRIP_BYTES // (width * channels * factor))
    planes = None
    for top in range(0, out.shape[0], rows):
        strip = sketch[top * factor : (top + rows) * factor]
        # Into the same memory, strip after strip: new pages cost more than what is done with them.
        planes = cv2.split(strip, planes)
        out[top : top + rows] = max_pool(_contrast(planes, paper), factor)
    return out


def _contrast(planes: Sequence[np.ndarray], paper: np.ndarray | None) -> np.ndarray:
    """Distance from the paper's colour, at most alpha: uint8 H x W, in place of the first of the planes."""
    contrast, *others = planes
    if paper is None:
        return planes[-1] if len(planes) in (2, 4) else np.zeros_like(contrast)
    colours = others[: len(paper) - 1]
    if paper.min() == 255:
        # On white paper, the usual one, the darkest channel is the farthest.
        for plane in colours:
            cv2.min(contrast, plane, contrast)
        cv2.bitwise_not(contrast, contrast)
    else:
        for plane, shade in zip([contrast, *colours], paper, strict=True):
            cv2.absdiff(plane, np.full(4, shade, np.float64), plane)
        for plane in colours:
            cv2.max(contrast, plane, contrast)
    return contrast if len(planes) == len(paper) else cv2.min(contrast, planes[-1], contrast)


def strokes_of(strength: np.ndarray) -> Ink:
    """Which pixels belong to strokes. `strength`: uint8 H x W, 0 on paper."""
    measured, cells = strength, cells_of(strength)
    if (margins := margins_of(cells)) is not None:
        strength = without(strength, margins)
        cells = np.where(margins, np.uint8(0), cells)
    even, shaded = without_shading(strength, cells)
    contrast = without_ruled(even)
    offset, noise = _noise(contrast)
    if noise >= NOISY:
        contrast = cv2.GaussianBlur(contrast, (5, 5), 0.9)
        offset, noise = _noise(contrast)
    if offset:
        contrast = cv2.subtract(contrast, np.full(4, offset, np.float64))
    weak = int(np.clip(NOISE_TO_INK * noise, FAINTEST_INK, 128))
    sharp_from = int(np.clip(NOISE_TO_SEED * noise, FAINTEST_SEED, 160))
    reach = np.ones((FRINGE_REACH, FRINGE_REACH), np.uint8)
    fringe = cv2.convertScaleAbs(cv2.dilate(contrast, reach), alpha=FRINGE_SHARE)
    mask = (contrast >= fringe) & (contrast >= weak)
    cells = cells if contrast is measured else cells_of(contrast)
    return Ink(_kept(mask, contrast, cells, round(sharp_from * SEED_SHARE)), shaded)


def _kept(mask: np.ndarray, contrast: np.ndarray, cells: np.ndarray, sharp_from: int) -> np.ndarray:
    """The components of `mask` (bool H x W) that stand out somewhere by `sharp_from` and are no specks, as bool.

    `contrast`: uint8 H x W. `cells`: its mean, as `cells_of` returns it. On a large mask what lies a pixel apart is one
    component.
    """
    factor = reduction_for(max(mask.shape), JOIN_SIDE)
    joined = max_pool(mask.view(np.uint8), factor)
    left, top, width, height = cv2.boundingRect(joined)
    if not width:
        return mask
    box = slice(top, top + height), slice(left, left + width)
    drawn = joined[box].copy()
    count, labels = cv2.connectedComponents(drawn, connectivity=8)
    spots = np.flatnonzero(drawn.view(bool))
    label = np.asarray(labels).ravel()[spots].astype(np.intp)
    rise = cv2.subtract(max_pool(contrast, factor)[box], _surroundings(cells, joined.shape)[box])
    keep = np.zeros(count, bool)
    keep[label[rise.ravel()[spots] >= sharp_from]] = True
    if min(mask.shape) > 64:
        least = max(2, round(max(joined.shape) * SPECK))
        # What has more pixels than a square of that side is longer than it.
        small = keep & (np.bincount(label, minlength=count) <= (least - 1) ** 2)
        keep[small] = _extents(small, label, spots, width) >= least
    keep[0] = True
    if keep.all():
        return mask
    drawn.ravel()[spots[~keep[label]]] = 0
    joined = np.zeros_like(joined)
    joined[box] = drawn
    return mask & _grown(joined, factor, mask.shape)


def _surroundings(cells: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """How strong a mask of some shape is around each of its pixels, uint8, given the mean of blocks of it."""
    side = max(3, round(max(cells.shape) * SURROUNDINGS)) | 1
    around = cv2.blur(cells, (side, side), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(around, shape[::-1], interpolation=cv2.INTER_LINEAR))


def _grown(cells: np.ndarray, factor: int, shape: tuple[int, ...]) -> np.ndarray:
    """Cells, uint8, as the bool pixels of a mask that they are the reduction of."""
    if factor > 1:
        cells = cv2.resize(cells, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)
    return cells[: shape[0], : shape[1]].view(bool)


def _extents(which: np.ndarray, label: np.ndarray, spots: np.ndarray, width: int) -> np.ndarray:
    """The longer side of the bounds of some components (`which`: bool), given the label and place of every pixel."""
    member = which[label]
    number = (which.cumsum() - 1)[label[member]]
    extents = np.zeros(np.count_nonzero(which), np.intp)
    for place in (spots[member] // width, spots[member] % width):
        low, high = np.full((2, len(extents)), np.iinfo(np.intp).max)
        np.minimum.at(low, number, place)
        np.minimum.at(high, number, -place)
        extents = np.maximum(extents, 1 - high - low)
    return extents


def _noise(contrast: np.ndarray) -> tuple[float, float]:
    """What is left of the paper where least is drawn: its mean, 0 when it is clipped there, and how far it strays."""
    step = reduction_for(max(contrast.shape), SAMPLE_SIDE)
    few = np.ascontiguousarray(contrast[::step, ::step]).astype(np.float32)
    blocks = max(1, few.shape[1] // BLOCK), max(1, few.shape[0] // BLOCK)
    if min(blocks) < FEWEST_BLOCKS:
        return 0.0, 0.0
    mean = cv2.resize(few, blocks, interpolation=cv2.INTER_AREA).ravel()
    stray = np.sqrt(np.maximum(0, cv2.resize(few * few, blocks, interpolation=cv2.INTER_AREA).ravel() - mean * mean))
    # Filled areas are quiet, too, and no paper.
    paper = np.flatnonzero(mean < NOISE_CEILING)
    if not len(paper):
        return 0.0, 0.0
    rank = int(len(paper) * QUIET)
    quiet = paper[np.argpartition(stray[paper], rank)[rank]]
    if mean[quiet] < stray[quiet]:
        return 0.0, float(mean[quiet] + stray[quiet])
    return float(mean[quiet]), float(stray[quiet])
