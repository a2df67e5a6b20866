"""Where a stroke was drawn: from a layer's pixels, whatever its paper and colours, to a mask.

Two steps. `strength_of` measures how far each pixel is from its paper (0 paper, 255 as far as can be), reduced
by maximum where asked, so that a 1-px line survives. `strokes_of` decides which of it is drawn: paper texture,
compression noise, shading and smudges stay out, faint pencil stays in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from dfp.errors import SketchError

# Units of contrast, 0..255. A soft 1-px pencil at 40 % opacity, anti-aliased, never falls below 30.
FAINTEST_INK = 20
FAINTEST_SEED = 32
SEED_SHARE = 0.6  # of its contrast a line may lose to its surroundings in a dense drawing
NOISE_TO_INK = 4.0
NOISE_TO_SEED = 6.0
NOISE_CEILING = 40  # contrasts above this are not noise and do not count when noise is measured
# Next to a strong line weaker marks are its fringe (compression, blur, smear); 40 % pencil beside black still counts.
FRINGE_SHARE = 0.25
FRINGE_REACH = 5
# Shading and smudges change slowly: less than this from one cell of the paper grid to the next.
PAPER_CELLS = 32
PAPER_START = 24
PAPER_STEP = 14
CELL_SAMPLES = 8
# A mark is sharp when it stands out of its surroundings, whose width is this share of the sketch.
SURROUNDINGS = 1 / 24
# Specks below this share of the longer side are dust; a nostril or pupil dot is larger.
SPECK = 0.004
# Strips keep the working copies of a large layer in the processor's cache.
STRIP_BYTES = 1 << 21
SAMPLE_SIDE = 256  # a sketch is sampled this finely to learn its paper and its noise
DECIDE_SIDE = 2048  # `ink_of` decides on a reduction to this side
VISIBLE = 64  # alpha from which a pixel counts when the paper is chosen
# A layer is its own paper when its visible pixels fill its bounds; a flat light shape under lines is one too.
PAPER_FILLS = 0.8
SHAPE_FILLS = 0.4
SHAPE_SHARE = 0.6
SHAPE_LIGHT = 170


def check_layout(sketch: np.ndarray) -> np.ndarray:
    """The sketch as uint8 H x W x C with C in 1..4; raises SketchError for any other layout."""
    if sketch.dtype == np.bool_:
        sketch = sketch.astype(np.uint8) * 255
    if sketch.ndim == 2:
        sketch = sketch[:, :, None]
    if sketch.dtype != np.uint8 or sketch.ndim != 3 or not 1 <= sketch.shape[2] <= 4:
        raise SketchError("This layer's pixels cannot be read: convert it to 8-bit gray or RGBA and try again.")
    return sketch


def ink_of(sketch: np.ndarray) -> np.ndarray:
    """Where a stroke was drawn.

    `sketch`: uint8, H x W gray, H x W x 2 gray + alpha, x 3 RGB or x 4 RGBA with straight alpha, on any paper.
    Returns bool H x W. Raises SketchError when the layout is none of these.
    """
    sketch = check_layout(sketch)
    height, width = sketch.shape[:2]
    factor = reduction_for(max(height, width), DECIDE_SIDE)
    paper = paper_of(sketch)
    coarse, floor = strokes_of(strength_of(sketch, paper, factor))
    if factor == 1:
        return coarse
    # The decision is made small; only where it says ink are the pixels of the layer asked again.
    full = (width, height)
    grown = (coarse.shape[1] * factor, coarse.shape[0] * factor)
    mask = cv2.resize(coarse.view(np.uint8), grown, interpolation=cv2.INTER_NEAREST)[: full[1], : full[0]]
    limit = cv2.resize(floor, grown, interpolation=cv2.INTER_NEAREST)[: full[1], : full[0]]
    return (strength_of(sketch, paper, 1) >= limit) & mask.view(bool)


def reduction_for(side: int, limit: int) -> int:
    """The whole number by which `side` is reduced to be at most `limit`."""
    return max(1, -(-side // limit))


def paper_of(sketch: np.ndarray) -> np.ndarray | None:
    """The paper's colour, uint8 per colour channel; None when only alpha can tell ink from paper.

    `sketch`: uint8 H x W x C as `check_layout` returns it. On a transparent layer the paper is taken as white
    under dark strokes and black under light ones, so that covering up with the paper's colour works there too.
    """
    step = reduction_for(max(sketch.shape[:2]), SAMPLE_SIDE)
    planes = [np.ascontiguousarray(sketch[::step, ::step, channel]) for channel in range(sketch.shape[2])]
    height, width = planes[0].shape
    if sketch.shape[2] in (1, 3):
        return _commonest(planes, np.full((height, width), 255, np.uint8), [_border(plane) for plane in planes])
    visible = cv2.inRange(planes.pop(), VISIBLE, 255)
    count = cv2.countNonZero(visible)
    if count == 0:
        return None
    left, top, across, down = cv2.boundingRect(visible)
    filled = count / (across * down)
    if filled >= PAPER_FILLS and min(across, down) * 4 >= max(height, width):
        bounds = [plane[top : top + down, left : left + across] for plane in planes]
        return _commonest(planes, visible, [_border(plane) for plane in bounds])
    if filled >= SHAPE_FILLS:
        flat = _commonest(planes, visible, [])
        near = cv2.countNonZero(_close(planes, visible, flat, PAPER_START - 1)) / count
        if near >= SHAPE_SHARE and flat.mean() >= SHAPE_LIGHT:
            return flat
    total = sum(int(plane[visible.view(bool)].sum()) for plane in planes)
    return np.full(len(planes), 255 if total / (count * len(planes)) < 128 else 0, np.uint8)


def _border(plane: np.ndarray) -> np.ndarray:
    """The outermost pixels of an H x W plane, N."""
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _commonest(planes: Sequence[np.ndarray], counted: np.ndarray, border: Sequence[np.ndarray]) -> np.ndarray:
    """The commonest colour of the counted pixels, where all of the border weighs as much as all of the rest.

    `planes`: uint8 H x W, one a channel. `counted`: uint8 H x W, 255 where a pixel counts. `border`: uint8 N, one a
    channel, or nothing.
    """
    votes = _histogram(planes, 16, counted) / cv2.countNonZero(counted)
    if border:
        votes += _histogram(border, 16, None) / len(border[0])
    # Where colours draw, the one whose last channel is darkest wins.
    best = np.unravel_index(votes.T.argmax(), votes.shape)[::-1]
    centre = np.array(best, np.uint8) * 16 + 8
    close = _close(planes, counted, centre, PAPER_START)
    if not close.any():
        return centre
    return np.array([_median(_histogram([plane], 256, close)) for plane in planes], np.uint8)


def _close(planes: Sequence[np.ndarray], counted: np.ndarray, colour: np.ndarray, most: int) -> np.ndarray:
    """Which counted pixels differ from `colour` by `most` at most in every channel: uint8 H x W, 0 or 255."""
    for plane, value in zip(planes, colour, strict=True):
        counted = counted & cv2.inRange(plane, int(value) - most, int(value) + most)
    return counted


def _histogram(planes: Sequence[np.ndarray], bins: int, counted: np.ndarray | None) -> np.ndarray:
    """How many pixels there are of each colour, one axis of `bins` bins a channel."""
    channels = list(range(len(planes)))
    counts = cv2.calcHist(list(planes), channels, counted, [bins] * len(planes), [0, 256] * len(planes))
    return counts.reshape([bins] * len(planes)).astype(np.float64)


def _median(histogram: np.ndarray) -> int:
    """The median of the counted values, rounded down between two."""
    below = histogram.cumsum()
    low, high = np.searchsorted(below, [(below[-1] - 1) // 2, below[-1] // 2], side="right")
    return int(low + high) // 2


def strength_of(sketch: np.ndarray, paper: np.ndarray | None, factor: int) -> np.ndarray:
    """How far each pixel is from the paper, the largest of each factor x factor block.

    `sketch`: uint8 H x W x C as `check_layout` returns it. Returns uint8 ceil(H / factor) x ceil(W / factor).
    A coloured line counts by the channel that shows it best, a translucent one by at most its alpha.
    """
    height, width, channels = sketch.shape
    out = np.empty((-(-height // factor), -(-width // factor)), np.uint8)
    rows = max(1, STRIP_BYTES // (width * channels * factor))
    for top in range(0, out.shape[0], rows):
        strip = _contrast(sketch[top * factor : (top + rows) * factor], paper)
        out[top : top + rows] = reduce_by_max(strip, factor)
    return out


def _contrast(strip: np.ndarray, paper: np.ndarray | None) -> np.ndarray:
    """Distance from the paper's colour, at most alpha: uint8 H x W."""
    planes = cv2.split(strip)
    colours, alpha = (planes[:-1], planes[-1]) if strip.shape[2] in (2, 4) else (planes, None)
    if paper is None:
        return np.zeros(strip.shape[:2], np.uint8) if alpha is None else np.array(alpha)
    contrast = _largest(
        [cv2.absdiff(plane, np.full(4, value, np.float64)) for plane, value in zip(colours, paper, strict=True)]
    )
    return contrast if alpha is None else np.minimum(contrast, alpha, out=contrast)


def reduce_by_max(pixels: np.ndarray, factor: int) -> np.ndarray:
    """The largest of each factor x factor block of an H x W array; the last blocks may be smaller."""
    if factor == 1:
        return pixels
    spare = (-pixels.shape[0] % factor, -pixels.shape[1] % factor)
    if any(spare):
        pixels = np.pad(pixels, ((0, spare[0]), (0, spare[1])))
    rows = _largest([pixels[i::factor] for i in range(factor)])
    # Columns are not contiguous, but as channels of one pixel OpenCV takes them apart fast.
    return _largest(cv2.split(rows.reshape(len(rows), -1, factor)))


def _largest(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The largest of several arrays, one at least, element by element."""
    out = np.array(arrays[0])
    for array in arrays[1:]:
        np.maximum(out, array, out=out)
    return out


def strokes_of(strength: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which pixels belong to strokes, and the strength each pixel had to reach for it.

    `strength`: uint8 H x W, 0 on paper. Returns bool H x W and uint8 H x W.
    """
    level = _paper_level(strength)
    contrast = cv2.subtract(strength, level) if level.any() else strength
    noise = _noise(contrast)
    weak = int(np.clip(NOISE_TO_INK * noise, FAINTEST_INK, 128))
    sharp_from = int(np.clip(NOISE_TO_SEED * noise, FAINTEST_SEED, 160))
    reach = np.ones((FRINGE_REACH, FRINGE_REACH), np.uint8)
    fringe = cv2.convertScaleAbs(cv2.dilate(contrast, reach), alpha=FRINGE_SHARE)
    floor = np.maximum(fringe, np.uint8(weak))
    mask = contrast >= floor
    around = max(3, round(max(strength.shape) * SURROUNDINGS)) | 1
    sharp = cv2.subtract(contrast, cv2.blur(contrast, (around, around), borderType=cv2.BORDER_REPLICATE))
    seeds = sharp >= round(sharp_from * SEED_SHARE)
    return _kept(mask, seeds), cv2.add(floor, level)


@dataclass(frozen=True)
class Pieces:
    """The N set pixels of a mask and the connected pieces they form.

    `spots`: N, row after row, where they are in the flattened mask; `x`, `y`: N, their place. `piece`: N, which
    piece each is of, from 0. `bounds`: a row for each piece: left, top, right, bottom, the last two exclusive.
    """

    spots: np.ndarray
    x: np.ndarray
    y: np.ndarray
    piece: np.ndarray
    bounds: np.ndarray

    @property
    def extents(self) -> np.ndarray:
        """The longer side of each piece's bounds."""
        return (self.bounds[:, 2:] - self.bounds[:, :2]).max(1)


def pieces_of(mask: np.ndarray) -> Pieces:
    """The 8-connected pieces of a mask, bool H x W."""
    # OpenCV's own statistics take four times as long, for it counts every pixel of the paper.
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    spots = np.flatnonzero(mask)
    piece = np.asarray(labels).ravel()[spots].astype(np.intp) - 1
    y, x = spots // mask.shape[1], spots % mask.shape[1]
    low, high = np.full((2, count - 1), np.iinfo(np.intp).max), np.zeros((2, count - 1), np.intp)
    for axis, place in enumerate((x, y)):
        np.minimum.at(low[axis], piece, place)
        np.maximum.at(high[axis], piece, place)
    return Pieces(spots, x, y, piece, np.concatenate([low, high + 1]).T)


def _kept(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The connected pieces of `mask` (bool H x W) that hold a sharp pixel (bool) and are no specks, as bool."""
    pieces = pieces_of(mask)
    keep = np.zeros(len(pieces.bounds), bool)
    keep[pieces.piece[seeds.ravel()[pieces.spots]]] = True
    if min(mask.shape) > 64:
        keep &= pieces.extents >= max(2, round(max(mask.shape) * SPECK))
    out = np.zeros(mask.size, bool)
    out[pieces.spots[keep[pieces.piece]]] = True
    return out.reshape(mask.shape)


def _noise(contrast: np.ndarray) -> float:
    """The standard deviation of what is left of the paper, from its upper half: the lower one is clipped at 0."""
    step = reduction_for(max(contrast.shape), SAMPLE_SIDE)
    below = _histogram([np.ascontiguousarray(contrast[::step, ::step])], 256, None)[:NOISE_CEILING].cumsum()
    if not below[-1]:
        return 0.0
    rank = 0.84 * (below[-1] - 1)
    low, high = np.searchsorted(below, [rank // 1, rank // 1 + 1], side="right")
    return float(low + (min(high, NOISE_CEILING - 1) - low) * (rank % 1))


def _paper_level(strength: np.ndarray) -> np.ndarray:
    """The paper's own strength at every pixel: shading, vignette, wide smudges; uint8 H x W.

    The sketch's cells that can be reached from clean paper in small steps are paper; a filled area is a cliff and
    takes the level of the paper around it.
    """
    height, width = strength.shape
    cell = max(8, -(-max(height, width) // PAPER_CELLS))
    rows, columns = max(1, height // cell), max(1, width // cell)
    y = (np.arange(rows * CELL_SAMPLES) + 0.5) * height / (rows * CELL_SAMPLES)
    x = (np.arange(columns * CELL_SAMPLES) + 0.5) * width / (columns * CELL_SAMPLES)
    sample = strength.take(y.astype(np.intp), 0).take(x.astype(np.intp), 1)
    cells = sample.reshape(rows, CELL_SAMPLES, columns, CELL_SAMPLES).swapaxes(1, 2).reshape(rows, columns, -1)
    grid = np.ascontiguousarray(np.partition(cells, cells.shape[2] // 2, axis=2)[:, :, cells.shape[2] // 2])
    if grid.max() <= 2:
        return np.zeros_like(strength)
    paper = _reachable(grid)
    if not paper.any():
        return np.zeros_like(strength)
    while not paper.all():
        weight = cv2.blur(paper.astype(np.float32), (3, 3))
        total = cv2.blur(grid.astype(np.float32) * paper, (3, 3))
        new = ~paper & (weight > 0)
        grid[new] = (total[new] / weight[new]).astype(np.uint8)
        paper |= new
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)


def _reachable(grid: np.ndarray) -> np.ndarray:
    """The cells of a uint8 grid that small steps join to clean paper, as bool."""
    reached = np.zeros((grid.shape[0] + 2, grid.shape[1] + 2), np.uint8)
    clean = grid <= PAPER_START
    while (waiting := clean & (reached[1:-1, 1:-1] == 0)).any():
        row, column = divmod(int(waiting.argmax()), grid.shape[1])
        flags = cv2.FLOODFILL_MASK_ONLY | 4 | (1 << 8)
        cv2.floodFill(grid, reached, (column, row), 1, PAPER_STEP, PAPER_STEP, flags)
    return reached[1:-1, 1:-1].astype(bool)
