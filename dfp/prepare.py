"""From any layer to the one thing the network knows: thin lines on a square placed as training faces are."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image
from skimage.morphology import skeletonize

from dfp.errors import SketchError
from dfp.frame import Frame, frame_of
from dfp.ink import check_layout, paper_of, reduction_for, strength_of, strokes_of
from dfp.lines import reduce_by_maximum, thin

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

    `lines`: float32 1 x size x size, 1 on lines, 0 elsewhere. `frame`: the square in the sketch's pixels.
    """

    lines: np.ndarray
    frame: Frame


def prepare(
    sketch: "np.ndarray | Image.Image",
    size: int,
    selection: "tuple[int, int, int, int] | Frame | None" = None,
) -> Prepared:
    """Thin lines on the square frame of a sketch.

    `sketch`: uint8 gray, gray + alpha, RGB or RGBA (straight alpha), 16 to 8192 pixels a side, or a Pillow image.
    `size`: the network's side in pixels. `selection`: left, top, width, height in the sketch's pixels; without it
    the frame is found from the drawing. Raises SketchError with a sentence for the painter when the layer is
    empty, too small, too large or of another layout, or when nothing is drawn inside the selection.
    """
    pixels = _pixels(sketch)
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
    return Prepared(thin(centre_lines(mask), size).astype(np.float32)[None], frame)


def centre_lines(mask: np.ndarray) -> np.ndarray:
    """The frame's ink (bool N x N) with thick strokes as their centre lines and filled areas as their outlines.

    Thin lines stay as they are. Returns bool N x N.
    """
    if _thickness(mask).max() <= THIN:
        return mask
    # A brush that runs off the frame goes on outside it, or its centre line would fork towards two corners.
    rim = round(ALWAYS_AREA * mask.shape[0]) + 2
    padded = cv2.copyMakeBorder(mask.view(np.uint8), rim, rim, rim, rim, cv2.BORDER_REPLICATE)
    thickness = _thickness(padded)
    ridge = (thickness >= cv2.dilate(thickness, np.ones((3, 3), np.uint8))) & (thickness > 0)
    usual = float(np.median(thickness[ridge]))
    if usual > THIN:
        padded = _without_pinholes(padded, usual)
        thickness = _thickness(padded)
    limit = _area_from(usual, len(mask))
    if thickness.max() > limit:
        padded = _hollowed(padded, thickness, limit)
        thickness = _thickness(padded)
    lines = _pruned(skeletonize(padded.view(bool)), thickness / 2)
    return lines[rim:-rim, rim:-rim]


def _area_from(usual: float, side: int) -> float:
    """The thickness in pixels above which ink on a frame of `side` pixels is a filled area and no stroke."""
    never, always = NEVER_AREA * side, ALWAYS_AREA * side
    return max(THIN, min(max(USUAL_TO_AREA * usual, never), max(always, CROSSING * min(usual, always))))


def _thickness(mask: np.ndarray) -> np.ndarray:
    """Twice the distance to the nearest unset pixel less 1: on a stroke's ridge its width in pixels; 0 outside."""
    return np.maximum(2 * cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3) - 1, 0)


def _without_pinholes(mask: np.ndarray, usual: float) -> np.ndarray:
    """A dry brush leaves holes that would become loops: fill those smaller than half the usual stroke is wide."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(1 - mask, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= (usual / 2) ** 2
    small[0] = False
    if count <= 1 or not small.any():
        return mask
    return mask | small.astype(np.uint8)[np.asarray(found, np.int32)]


def _hollowed(mask: np.ndarray, thickness: np.ndarray, limit: float) -> np.ndarray:
    """The mask with its areas thicker than `limit` reduced to their outlines; strokes that join them stay joined."""
    core = (thickness > limit).astype(np.uint8)
    # Growing the core back by what was taken gives the area without the strokes that hang on it.
    area = (cv2.distanceTransform(1 - core, cv2.DIST_L2, 3) <= limit / 2) & mask.view(bool)
    inner = cv2.erode(area.view(np.uint8), np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    return mask * np.equal(inner, 0)


def _pruned(lines: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The skeleton without branches that end inside the stroke they hang on: they say nothing but a rough edge.

    `lines`: bool N x N, `radius`: half the stroke's width at every pixel.
    """
    skeleton = np.pad(lines, 1).view(np.uint8)
    reach = np.pad(radius, 1)
    around = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
    longest = float(reach.max()) * SPUR_REACH + SPUR_SLACK
    for _ in range(2):
        neighbours = cv2.filter2D(skeleton, -1, np.ones((3, 3), np.float32), borderType=cv2.BORDER_CONSTANT) - 1
        for end in np.argwhere((skeleton == 1) & (neighbours == 1)):
            path, onward = [(int(end[0]), int(end[1]))], []
            while len(path) <= longest:
                y, x = path[-1]
                near = ((y + v, x + u) for v, u in around if skeleton.item(y + v, x + u))
                onward = [spot for spot in near if spot not in path[-3:]]
                if len(onward) != 1:
                    break
                path.append(onward[0])
            radius = reach.item(path[-1])
            if len(onward) > 1 and radius > THIN / 2 and len(path) <= radius * SPUR_REACH + SPUR_SLACK:
                for spot in path[:-1]:
                    skeleton[spot] = 0
    return skeleton[1:-1, 1:-1].view(bool)


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
        if sketch.mode.startswith(("I", "F")):
            raise SketchError("This picture has more than 8 bits a channel: convert it to 8-bit and try again.")
        if sketch.mode not in ("L", "LA", "RGB", "RGBA"):
            sketch = sketch.convert("RGBA" if "transparency" in sketch.info or "A" in sketch.getbands() else "RGB")
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
