"""From any layer to the one thing the network knows: thin lines on a square placed as training faces are."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from dfp.errors import SketchError
from dfp.model.inputs import Inputs
from dfp.sketch.appearance import NO_APPEARANCE, Appearance
from dfp.sketch.binarise import check_layout, paper_of, reduction_for, strength_of, strokes_of
from dfp.sketch.depth import to_8_bit
from dfp.sketch.frame import Frame, frame_of
from dfp.sketch.skeleton import reduce_by_maximum, skeleton, thin
from dfp.sketch.trust import NO_TRUST, Trust

SMALLEST = 16
LARGEST = 8192
FIND_SIDE = 1024  # the drawing is looked for on a reduction to at most this many pixels a side
ENOUGH = 1.5  # a frame this many times wider than `size` on that reduction need not be read again

# What is a stroke and what a filled area, by thickness. A stroke becomes its centre line, an area its outline, as
# the network was trained on outlines of regions. Thicker than this many of the drawing's usual strokes is an area:
USUAL_TO_AREA = 2.5
# but never below this share of the frame (a brow or a pupil of a pencil drawing), and always above that one (a
# 30-px brush on a 512-px frame is 0.059), save where strokes of the usual width cross and look thicker by so much.
NEVER_AREA = 0.025
ALWAYS_AREA = 0.065
CROSSING = 1.6
# Lines up to this many pixels wide have no spurs to prune and nothing to fill.
THIN = 3.0
# A spur runs from the centre line to a bump of the stroke's edge: so many half widths, and so many pixels, at most.
SPUR_REACH = 1.35
SPUR_SLACK = 1.5


@dataclass(frozen=True)
class Prepared:
    """What the network reads, and where its answer belongs.

    `inputs`: of this sketch alone. `frame`: the square in the sketch's pixels.
    """

    inputs: Inputs
    frame: Frame

    @property
    def lines(self) -> np.ndarray:
        """float32 1 x size x size, 1 on lines, 0 elsewhere."""
        return self.inputs.lines[0]

    @property
    def trust(self) -> np.ndarray:
        """float32 1 x 16 x 16, see `Trust.over`."""
        return self.inputs.trust[0]


def prepare(
    sketch: "np.ndarray | Image.Image",
    size: int,
    selection: "tuple[int, int, int, int] | Frame | None" = None,
    trust: Trust = NO_TRUST,
    appearance: Appearance = NO_APPEARANCE,
    palettes: np.ndarray | None = None,
) -> Prepared:
    """Thin lines on the square frame of a sketch.

    `sketch`: uint8 gray, gray + alpha, RGB or RGBA (straight alpha), 16 to 8192 pixels a side, or a Pillow image.
    `size`: the network's side in pixels. `selection`: left, top, width, height in the sketch's pixels; without it
    the frame is found from the drawing. `trust`: how exactly its lines are meant. `appearance`: what the face shall
    look like, filled in from `palettes` (`Appearance.colours`); networks that know no colours have none. Raises
    SketchError with a sentence for the painter when the layer is empty, too small, too large or of another layout, or
    when nothing is drawn inside the selection, or when painted colours have other proportions than the sketch.
    """
    pixels = _pixels(sketch)
    extent = pixels.shape[1], pixels.shape[0]
    appearance.check_shape(extent)
    if selection is None:
        frame, mask = _find(pixels, size)
    else:
        frame, mask = _selected(selection), None
    if mask is None:
        mask = _read(pixels, frame, size)
    if not mask.any():
        raise SketchError("Nothing is drawn inside the selection: select the face, or select nothing.")
    if mask.shape[0] > 2 * size:
        mask = reduce_by_maximum(mask, 2 * size)
    lines = thin(centre_lines(mask), size).astype(np.float32)[None]
    palette = None if palettes is None else appearance.colours(palettes)[None]
    inputs = Inputs.of(lines[None], trust.over(frame, extent)[None], palette, appearance.map(frame, extent)[None])
    return Prepared(inputs, frame)


def centre_lines(mask: np.ndarray) -> np.ndarray:
    """The frame's ink (bool N x N) with thick strokes as their centre lines and filled areas as their outlines.

    Thin lines stay as they are. Returns bool N x N.
    """
    padded, box, inside = _surrounded(mask, round(ALWAYS_AREA * mask.shape[0]) + 2)
    thickness = _thickness(padded)
    if thickness[inside].max() <= THIN:
        return mask
    ridge = (thickness >= cv2.dilate(thickness, np.ones((3, 3), np.uint8))) & (thickness > 0)
    usual = float(np.median(thickness[ridge]))
    if usual > THIN and (filled := _without_pinholes(padded, usual)) is not padded:
        padded = filled
        thickness = _thickness(padded)
    limit = _area_from(usual, len(mask))
    if thickness.max() > limit:
        padded = _hollowed(padded, thickness, limit)
        thickness = _thickness(padded)
    lines = np.zeros_like(mask)
    lines[box] = _pruned(skeleton(padded.view(bool)), thickness / 2)[inside]
    return lines


Box = tuple[slice, slice]  # rows and columns


def _surrounded(mask: np.ndarray, rim: int) -> tuple[np.ndarray, Box, Box]:
    """The part of a mask that holds ink, uint8, with its place in the mask and the mask's place in it.

    A brush that runs off the frame goes on for `rim` pixels outside it, or its centre line would fork towards two
    corners; everywhere else there is an empty edge.
    """
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    right, bottom = min(left + width + 1, mask.shape[1]), min(top + height + 1, mask.shape[0])
    left, top = max(0, left - 1), max(0, top - 1)
    box = slice(top, bottom), slice(left, right)
    before = rim * (top == 0), rim * (left == 0)
    after = rim * (bottom == mask.shape[0]), rim * (right == mask.shape[1])
    sides = before[0], after[0], before[1], after[1]
    padded = cv2.copyMakeBorder(mask[box].view(np.uint8), *sides, cv2.BORDER_REPLICATE)
    height, width = bottom - top, right - left
    return padded, box, (slice(before[0], before[0] + height), slice(before[1], before[1] + width))


def _area_from(usual: float, side: int) -> float:
    """The thickness in pixels above which ink on a frame of `side` pixels is a filled area and no stroke."""
    never, always = NEVER_AREA * side, ALWAYS_AREA * side
    return max(THIN, min(max(USUAL_TO_AREA * usual, never), max(always, CROSSING * min(usual, always))))


def _thickness(mask: np.ndarray) -> np.ndarray:
    """Twice the distance to the nearest unset pixel less 1: on a stroke's ridge its width in pixels; 0 outside."""
    thickness = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    thickness += thickness
    thickness -= 1
    return np.maximum(thickness, 0, out=thickness)


def _without_pinholes(mask: np.ndarray, usual: float) -> np.ndarray:
    """A dry brush leaves holes that would become loops: fill those smaller than half the usual stroke is wide."""
    count, found = cv2.connectedComponents(1 - mask, connectivity=4)
    found = np.asarray(found, np.int32)
    labels = found.ravel()
    # The first piece is nearly always the paper around the drawing; only holes are worth visiting.
    spots = np.flatnonzero(labels > 1)
    areas = np.bincount(labels[spots], minlength=count)
    areas[1:2] = mask.size - cv2.countNonZero(mask) - len(spots)
    small = areas <= (usual / 2) ** 2
    small[0] = False
    # What fills an edge is the paper around the drawing, cut off.
    small[[edge[0] for edge in (found[0], found[-1], found[:, 0], found[:, -1]) if edge.all()]] = False
    if not small.any():
        return mask
    filled = mask.copy()
    filled.ravel()[spots[small[labels[spots]]]] = 1
    return filled if not small[1] else filled | np.equal(found, 1)


def _hollowed(mask: np.ndarray, thickness: np.ndarray, limit: float) -> np.ndarray:
    """The mask with its areas thicker than `limit` reduced to their outlines; strokes that join them stay joined."""
    core = (thickness > limit).view(np.uint8)
    left, top, width, height = cv2.boundingRect(core)
    reach = int(limit) + 2
    box = slice(max(0, top - reach), top + height + reach), slice(max(0, left - reach), left + width + reach)
    # Growing the core back by what was taken gives the area without the strokes that hang on it.
    area = (cv2.distanceTransform(1 - core[box], cv2.DIST_L2, 3) <= limit / 2) & mask[box].view(bool)
    inner = cv2.erode(area.view(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    hollowed = mask.copy()
    hollowed[box] &= 1 - inner
    return hollowed


def _pruned(lines: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The skeleton without branches that end inside the stroke they hang on: they say nothing but a rough edge.

    `lines`: bool N x M, `radius`: half the stroke's width at every pixel.
    """
    skeleton = cv2.copyMakeBorder(lines.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    reach = cv2.copyMakeBorder(radius, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0).ravel()
    width = skeleton.shape[1]
    around = [width * y + x for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
    longest = float(reach.max()) * SPUR_REACH + SPUR_SLACK
    # The walks below look at one pixel at a time, for which bytes are several times as fast as an array.
    pixels = bytearray(skeleton)
    seen = np.frombuffer(pixels, np.uint8).reshape(skeleton.shape)
    walked: dict[int, list[int]] = {}
    changed: set[int] = set()  # what has lost a neighbour: elsewhere a second walk would find what the first did
    for _ in range(2):
        spots = np.flatnonzero(seen.view(bool))
        counts = cv2.boxFilter(seen, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for end in spots[counts.ravel()[spots] == 2].tolist():
            if end in walked and changed.isdisjoint(walked[end]):
                continue
            path, onward = [end], []
            while len(path) <= longest:
                spot, behind = path[-1], path[-3:]
                onward = [near for step in around if pixels[near := spot + step] and near not in behind]
                if len(onward) != 1:
                    break
                path.append(onward[0])
            walked[end] = path
            half = reach.item(path[-1])
            if len(onward) > 1 and half > THIN / 2 and len(path) <= half * SPUR_REACH + SPUR_SLACK:
                for spot in path[:-1]:
                    pixels[spot] = 0
                    changed.update(spot + step for step in around)
    return seen[1:-1, 1:-1].view(bool)


def _find(pixels: np.ndarray, size: int) -> "tuple[Frame, np.ndarray | None]":
    """The drawing's frame and its ink; None for the ink when the frame must be read at a finer resolution."""
    factor = reduction_for(max(pixels.shape[:2]), FIND_SIDE)
    ink, _ = strokes_of(strength_of(pixels, paper_of(pixels), factor))
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


def _selected(selection: "tuple[int, int, int, int] | Frame") -> Frame:
    frame = frame_of(np.zeros((1, 1), bool), selection)
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
    ink, _ = strokes_of(strength_of(crop, paper_of(crop), factor))
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


def _pixels(sketch: "np.ndarray | Image.Image") -> np.ndarray:
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
