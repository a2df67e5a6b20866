"""Thick strokes as their centre lines, filled areas as the way that the brush took along their edge."""

import cv2
import numpy as np

from dfp.sketch.dry_brush import strokes_of_hairs
from dfp.sketch.skeleton import skeleton
from dfp.sketch.thickness import thickness_of, usual_thickness

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
# Lines up to this many pixels wide have no spurs to prune and nothing to fill.
THIN = 3.0
# A spur runs from the centre line to a bump of the stroke's edge: so many half widths, and so many pixels, at most.
SPUR_REACH = 1.35
SPUR_SLACK = 1.5

Box = tuple[slice, slice]  # rows and columns


def centre_lines(mask: np.ndarray) -> np.ndarray:
    """The frame's ink (bool N x N) with thick strokes as their centre lines and filled areas as their outlines.

    Thin lines stay as they are. Returns bool N x N.
    """
    padded, box, inside = _surrounded(mask, round(ALWAYS_AREA * mask.shape[0]) + 2)
    thickness = thickness_of(padded)
    if thickness[inside].max() <= THIN:
        return mask
    usual = usual_thickness(thickness)
    if (whole := strokes_of_hairs(padded, usual, len(mask), ALWAYS_AREA * len(mask))) is not padded:
        padded = whole
        thickness = thickness_of(padded)
        usual = usual_thickness(thickness)
    if usual > THIN and (filled := _without_pinholes(padded, usual)) is not padded:
        padded = filled
        thickness = thickness_of(padded)
    limit = _area_from(usual, len(mask))
    if thickness.max() > limit:
        # Where most is thicker than any stroke, no brush is known, and the edge itself is the outline.
        rim = RIM * usual if usual <= ALWAYS_AREA * len(mask) else 0.0
        padded = _hollowed(padded, thickness, limit, rim)
    lines = np.zeros_like(mask)
    lines[box] = _pruned(skeleton(padded.view(bool)), thickness / 2)[inside]
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


def _hollowed(mask: np.ndarray, thickness: np.ndarray, limit: float, rim: float) -> np.ndarray:
    """The mask with its areas thicker than `limit` reduced to a rim; strokes that join them stay joined.

    `thickness` becomes that of what is left.
    """
    core = (thickness > limit).view(np.uint8)
    left, top, width, height = cv2.boundingRect(core)
    reach = int(limit) + 2
    box = slice(max(0, top - reach), top + height + reach), slice(max(0, left - reach), left + width + reach)
    # Growing the core back by what was taken gives the area without the strokes that hang on it.
    side = 2 * int(limit / 2) + 1
    area = cv2.dilate(core[box], np.ones((side, side), np.uint8)).view(bool)
    inner = area & (thickness[box] > max(1.0, 2 * rim - 1))
    hollowed = mask.copy()
    hollowed[box] &= ~inner
    np.minimum(thickness[box], thickness_of(hollowed[box]), out=thickness[box])
    return hollowed


def _pruned(lines: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The skeleton without branches that end inside the stroke they hang on: they say nothing but a rough edge.

    `lines`: bool N x M, `radius`: half the stroke's width at every pixel.
    """
    skeleton = cv2.copyMakeBorder(lines.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    reach = cv2.copyMakeBorder(radius, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0).ravel()
    width = skeleton.shape[1]
    longest = float(reach.max()) * SPUR_REACH + SPUR_SLACK
    # How thick strokes are near an end says how far a spur may reach: most ends are of thin lines, which have none.
    side = 2 * round(longest) + 3
    thickest = cv2.dilate(reach.reshape(skeleton.shape), np.ones((side, side), np.uint8)).ravel()
    around = [width * y + x for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x]
    # The walks below look at one pixel at a time, for which bytes are several times as fast as an array.
    pixels = bytearray(skeleton)
    seen = np.frombuffer(pixels, np.uint8).reshape(skeleton.shape)
    walked: dict[int, list[int]] = {}
    changed: set[int] = set()  # what has lost a neighbour: elsewhere a second walk would find what the first did
    for _ in range(2):
        spots = np.flatnonzero(seen.view(bool))
        counts = cv2.boxFilter(seen, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for end in spots[(counts.ravel()[spots] == 2) & (thickest[spots] > THIN / 2)].tolist():
            if end in walked and changed.isdisjoint(walked[end]):
                continue
            path, onward = [end], []
            farthest = thickest.item(end) * SPUR_REACH + SPUR_SLACK
            while len(path) <= farthest:
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
