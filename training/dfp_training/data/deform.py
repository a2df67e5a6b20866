"""From strokes to sketches: S_syn as they are, S_dfm with every point moved (§3.1)."""

from dataclasses import dataclass

import cv2
import numpy as np

from dfp.sketch.skeleton import thin
from dfp_training.data.beards import shaved
from dfp_training.data.freehand import unopened, with_hatching, with_pupils
from dfp_training.data.parts import Part
from dfp_training.data.vectorise import Strokes, sample

LABEL_SIDE = 512  # the side of the label maps, in whose pixels d is given
SAMPLES = 12  # points along a curve; curves are about 35 px long at 512
OPTIONAL = (Part.EAR, Part.NECK, Part.CLOTH, Part.ACCESSORY)


@dataclass(frozen=True)
class Deformation:
    """How S_syn becomes S_dfm. The defaults are the paper's; the rest are ways of freehand drawing.

    d: largest offset of a control or end point in x and y, pixels of 512.
    least: where above zero, d is drawn for each sketch from [least * d, d].
    careful: power of the share that is drawn so: above 1 more sketches are drawn carefully than wildly.
    missing: probability that a stroke is not drawn.
    omitted: probability that a part is not drawn: ears, neck, cloth, accessories, each on its own.
    doubled: probability that a stroke is drawn twice.
    irises, strands: probability that these are drawn at all.
    opened: probability that a stroke has a gap.
    pupils: probability that drawn irises have pupils.
    hatched: probability that short lines are added anywhere.
    beards: probability that a beard which the photo shows is drawn.
    uneven: largest difference that d makes from the middle of the frame to its edge, as a share of d: one side of
    the face is drawn exactly while the other is loose.
    lines: probability that lines which the photo shows are drawn, each kind on its own (`dfp_training.data.artist`).
    replaced: where lines of features are drawn, probability that eyes, brows, mouth and nose have no other outline.
    pens: probability that a sketch is drawn with wide pens, whose lines run together before they are thinned.
    shift, zoom: how far photo and sketch together are moved (share of the side) and scaled (1 +- zoom), since a
    painter's frame is never placed quite as the training faces' are.
    """

    d: float = 11.0
    least: float = 0.0
    careful: float = 1.0
    missing: float = 0.0
    omitted: float = 0.0
    doubled: float = 0.0
    irises: float = 0.0
    strands: float = 0.0
    opened: float = 0.0
    pupils: float = 0.0
    hatched: float = 0.0
    beards: float = 0.0
    uneven: float = 0.0
    lines: float = 0.0
    replaced: float = 0.0
    pens: float = 0.0
    shift: float = 0.0
    zoom: float = 0.0


@dataclass(frozen=True)
class Looseness:
    """How far a sketch's points were moved, as a share of d: `middle` in the frame's middle, changing by `slope`
    (x, y) from there to the edge; never outside 0..1."""

    middle: float
    slope: tuple[float, float]

    def at(self, points: np.ndarray) -> np.ndarray:
        """... x 2 points (frame = 0..1) -> ... float32."""
        return (self.middle + (2 * points - 1) @ np.array(self.slope)).clip(0, 1).astype(np.float32)


FREEHAND = Deformation(
    least=0.25,
    missing=0.04,
    omitted=0.15,
    doubled=0.06,
    irises=0.5,
    strands=0.4,
    opened=0.15,
    pupils=0.5,
    hatched=0.5,
    beards=0.9,
    shift=0.05,
    zoom=0.12,
)


def rasterise(points: np.ndarray, curves: np.ndarray, size: int) -> np.ndarray:
    """p x 2 points (frame = 0..1) and c x 4 indices -> size x size bool mask of one-pixel lines."""
    canvas = np.zeros((size, size), np.uint8)
    if len(curves):
        pixels = np.rint((sample(points[curves], SAMPLES) * size - 0.5) * 16).astype(np.int32)
        cv2.polylines(canvas, list(pixels), False, 1, 1, cv2.LINE_8, 4)
    return thin(canvas.astype(bool), size)


def aligned(strokes: Strokes, size: int) -> np.ndarray:
    """S_syn: the label map's boundaries and nothing else, size x size bool."""
    return rasterise(strokes.points, strokes.curves[strokes.tag < Part.IRIS], size)


def looseness(how: Deformation, rng: np.random.Generator) -> Looseness:
    """Draw how loose a sketch is."""
    middle = rng.uniform(how.least, 1.0) ** how.careful if how.least else 1.0
    slope = rng.uniform(-how.uneven, how.uneven, 2) if how.uneven else (0.0, 0.0)
    return Looseness(middle, (slope[0], slope[1]))


def deformed(
    strokes: Strokes, size: int, how: Deformation, rng: np.random.Generator, loose: Looseness | None = None
) -> np.ndarray:
    """S_dfm: size x size bool; the same generator state gives the same sketch."""
    drawn = displaced(strokes, how, rng, loose)
    return rasterise(drawn.points, drawn.curves, size)


def displaced(strokes: Strokes, how: Deformation, rng: np.random.Generator, loose: Looseness | None = None) -> Strokes:
    """The strokes of S_dfm: every point moved by up to d, some strokes left out, drawn twice or added.

    Without `loose` it is drawn from `rng`.
    """
    # Nothing is drawn from `rng` for freehand augmentation that is off: sketches stay what they were without them.
    bearded = how.beards > 0 and rng.random() < how.beards
    drawn = _moved(strokes if bearded else shaved(strokes), how, rng, loose)
    if how.pupils and rng.random() < how.pupils:
        drawn = with_pupils(drawn, rng)
    if how.hatched and rng.random() < how.hatched:
        drawn = with_hatching(drawn, rng)
    return drawn


def _moved(strokes: Strokes, how: Deformation, rng: np.random.Generator, loose: Looseness | None) -> Strokes:
    kept = _kept_curves(strokes, how, rng)
    loose = loose or looseness(how, rng)
    d = how.d * loose.at(strokes.points)[:, None] / LABEL_SIDE
    points = strokes.points + rng.uniform(-d, d, strokes.points.shape)
    drawn = Strokes(points, strokes.curves[kept], strokes.path[kept], strokes.tag[kept])
    if not how.doubled:
        return drawn
    count = strokes.path.max(initial=0) + 1
    twice = kept & (rng.random(count) < how.doubled)[strokes.path]
    second = strokes.points + rng.uniform(-d, d, strokes.points.shape)
    return Strokes(
        np.concatenate([points, second]),
        np.concatenate([drawn.curves, strokes.curves[twice] + len(points)]),
        np.concatenate([drawn.path, strokes.path[twice] + count]),
        np.concatenate([drawn.tag, strokes.tag[twice]]),
    )


def _kept_curves(strokes: Strokes, how: Deformation, rng: np.random.Generator) -> np.ndarray:
    chance = np.zeros(Part.BEARD)
    chance[[*OPTIONAL]] = how.omitted
    chance[[Part.IRIS, Part.STRAND]] = 1 - how.irises, 1 - how.strands
    left_out = np.append(rng.random(Part.BEARD) < chance, [False, False])  # beards are decided on before
    count = strokes.path.max(initial=0) + 1
    lost = rng.random(count) < how.missing
    # Of the strands and the stubble that were found a painter draws a random share.
    dense = rng.random()
    thinned = np.isin(strokes.tag, (Part.STRAND, Part.STUBBLE)) & (rng.random(count) > dense)[strokes.path]
    kept = ~left_out[strokes.tag] & ~lost[strokes.path] & ~thinned
    return kept & unopened(strokes.path, how.opened, rng) if how.opened else kept
