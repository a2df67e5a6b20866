"""Where a stroke was drawn: from a layer's pixels, whatever its paper and colours, to a mask.

Two steps. `strength_of` measures how far each pixel is from its paper (0 paper, 255 as far as can be), reduced
by maximum where asked, so that a 1-px line survives. `strokes_of` decides which of it is drawn: paper texture,
compression noise, shading and smudges stay out, faint pencil stays in.
"""

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
    sample = sketch[::step, ::step]
    if sketch.shape[2] in (1, 3):
        return _commonest(sample.reshape(-1, sample.shape[2]), _border(sample))
    visible = sample[:, :, -1] >= VISIBLE
    colours = sample[visible][:, :-1]
    if len(colours) == 0:
        return None
    rows, columns = np.flatnonzero(visible.any(1)), np.flatnonzero(visible.any(0))
    bounds = sample[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    filled = len(colours) / (bounds.shape[0] * bounds.shape[1])
    if filled >= PAPER_FILLS and min(bounds.shape[:2]) * 4 >= max(sample.shape[:2]):
        return _commonest(colours, _border(bounds)[:, :-1])
    if filled >= SHAPE_FILLS:
        flat = _commonest(colours, colours[:0])
        near = (np.abs(colours.astype(np.int16) - flat).max(1) < PAPER_START).mean()
        if near >= SHAPE_SHARE and flat.mean() >= SHAPE_LIGHT:
            return flat
    return np.full(colours.shape[1], 255 if colours.mean() < 128 else 0, np.uint8)


def _border(sample: np.ndarray) -> np.ndarray:
    """The outermost pixels, N x C."""
    return np.concatenate([sample[0], sample[-1], sample[:, 0], sample[:, -1]])


def _commonest(colours: np.ndarray, border: np.ndarray) -> np.ndarray:
    """The commonest colour of N x C pixels, where all of the border weighs as much as all of the rest."""
    weights = (16 ** np.arange(colours.shape[1])).astype(np.int64)
    size = 16 ** colours.shape[1]
    votes = np.bincount((colours >> 4) @ weights, minlength=size) / max(1, len(colours))
    votes += np.bincount((border >> 4) @ weights, minlength=size) / max(1, len(border))
    best = int(votes.argmax())
    centre = np.array([(best // int(weight)) % 16 * 16 + 8 for weight in weights], np.int16)
    close = np.abs(colours.astype(np.int16) - centre).max(1) <= PAPER_START
    return np.median(colours[close], axis=0).astype(np.uint8) if close.any() else centre.astype(np.uint8)


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
    contrast = np.zeros(strip.shape[:2], np.uint8)
    for plane, value in zip(colours, paper, strict=True):
        contrast = np.maximum(contrast, cv2.absdiff(plane, np.full(4, value, np.float64)))
    return contrast if alpha is None else np.minimum(contrast, alpha)


def reduce_by_max(pixels: np.ndarray, factor: int) -> np.ndarray:
    """The largest of each factor x factor block of an H x W array; the last blocks may be smaller."""
    if factor == 1:
        return pixels
    spare = (-pixels.shape[0] % factor, -pixels.shape[1] % factor)
    if any(spare):
        pixels = np.pad(pixels, ((0, spare[0]), (0, spare[1])))
    pixels = np.maximum.reduce([pixels[i::factor] for i in range(factor)])
    # Rows are contiguous and columns are not, hence the two transposes.
    pixels = cv2.transpose(pixels)
    return cv2.transpose(np.maximum.reduce([pixels[i::factor] for i in range(factor)]))


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
    mask = (contrast >= floor).view(np.uint8)
    around = max(3, round(max(strength.shape) * SURROUNDINGS)) | 1
    sharp = cv2.subtract(contrast, cv2.blur(contrast, (around, around), borderType=cv2.BORDER_REPLICATE))
    seeds = sharp >= round(sharp_from * SEED_SHARE)
    return _kept(mask, seeds), cv2.add(floor, level)


def _kept(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The connected pieces of `mask` (uint8 H x W) that hold a sharp pixel (bool) and are no specks, as bool."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    labels = np.asarray(found, np.int32)
    extent = stats[:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1].max(1)
    keep = extent >= max(2, round(max(mask.shape) * SPECK)) if min(mask.shape) > 64 else extent >= 1
    held = np.zeros(count, bool)
    held[labels[seeds]] = True
    keep &= held
    keep[0] = False
    return keep[labels]


def _noise(contrast: np.ndarray) -> float:
    """The standard deviation of what is left of the paper, from its upper half: the lower one is clipped at 0."""
    step = reduction_for(max(contrast.shape), SAMPLE_SIDE)
    sample = contrast[::step, ::step]
    sample = sample[sample < NOISE_CEILING]
    return float(np.percentile(sample, 84)) if len(sample) else 0.0


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
    sample = strength[y.astype(int)][:, x.astype(int)]
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
