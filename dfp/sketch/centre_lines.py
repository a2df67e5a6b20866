"""Thick strokes as their centre lines, filled areas as the way that the brush took along their edge."""

import cv2
import numpy as np

from dfp.sketch.dry_brush import strokes_of_hairs
from dfp.sketch.skeleton import skeleton
from dfp.sketch.spurs import THIN, pruned
from dfp.sketch.thickness import depth_of, usual_width, width_of

# What is a stroke and what a filled area, by thickness. A stroke becomes its centre line, an area its outline, as
# the network was trained on outlines of regions. Thicker than this many of the drawing's usual strokes is an area:
USUAL_TO_AREA = 2.5
# but never below this share of the frame (a brow or a pupil of a pencil drawing), and always above that one (a
# 30-px brush on a 512-px frame is 0.059), save where strokes of the usual width cross and look thicker by so much.
NEVER_AREA = 0.025
ALWAYS_AREA = 0.065
CROSSING = 1.6
# A brush that fills an area goes along inside of its edge: the rim that it leaves, in widths of the usual stroke.
RIM = 0.8

Box = tuple[slice, slice]  # rows and columns


def centre_lines(mask: np.ndarray) -> np.ndarray:
    """The frame's ink (bool N x N) with thick strokes as their centre lines and filled areas as their outlines.

    Thin lines stay as they are. Returns bool N x N.
    """
    padded, box, inside = _surrounded(mask, round(ALWAYS_AREA * mask.shape[0]) + 2)
    depth = depth_of(padded)
    if width_of(float(depth[inside].max())) <= THIN:
        return mask
    usual = usual_width(padded, depth)
    if (whole := strokes_of_hairs(padded, usual, len(mask), ALWAYS_AREA * len(mask))) is not padded:
        padded, depth = whole, depth_of(whole)
        usual = usual_width(padded, depth)
    if usual > THIN and (filled := _without_pinholes(padded, usual)) is not padded:
        padded, depth = filled, depth_of(filled)
    limit = _area_from(usual, len(mask))
    if width_of(float(depth.max())) > limit:
        # Where most is thicker than any stroke, no brush is known, and the edge itself is the outline.
        rim = RIM * usual if usual <= ALWAYS_AREA * len(mask) else 0.0
        padded = _hollowed(padded, depth, limit, rim)
    lines = np.zeros_like(mask)
    lines[box] = pruned(skeleton(padded.view(bool)), depth)[inside]
    return lines


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


def _hollowed(mask: np.ndarray, depth: np.ndarray, limit: float, rim: float) -> np.ndarray:
    """The mask with its areas wider than `limit` reduced to a rim; strokes that join them stay joined.

    `depth` becomes that of what is left.
    """
    core = (depth > (limit + 1) / 2).view(np.uint8)
    left, top, width, height = cv2.boundingRect(core)
    reach = int(limit) + 2
    box = slice(max(0, top - reach), top + height + reach), slice(max(0, left - reach), left + width + reach)
    # Growing the core back by what was taken gives the area without the strokes that hang on it.
    side = 2 * int(limit / 2) + 1
    area = cv2.dilate(core[box], np.ones((side, side), np.uint8)).view(bool)
    inner = area & (depth[box] > max(1.0, rim))
    hollowed = mask.copy()
    hollowed[box] &= ~inner
    np.minimum(depth[box], depth_of(hollowed[box]), out=depth[box])
    return hollowed
