"""From strokes to sketches: S_syn as they are, S_dfm with every point moved (§3.1)."""

from dataclasses import dataclass

import cv2
import numpy as np

from dfp.sketch.skeleton import thin
from dfp_training.data.beards import shaved
from dfp_training.data.freehand import unopened, with_hatching, with_pupils
from dfp_training.data.parts import Part
from dfp_training.data.vectorise import Strokes, sample
from dfp_training.option import option

LABEL_SIDE = 512  # the side of the label maps, in whose pixels d is given
SAMPLES = 12  # points along a curve; curves are about 35 px long at 512
OPTIONAL = (Part.EAR, Part.NECK, Part.CLOTH, Part.ACCESSORY)


@dataclass(frozen=True)
class Deformation:
    """How S_syn becomes S_dfm. The defaults are the paper's; the rest are ways of freehand drawing."""

    d: float = option(11.0, "largest offset of a control or end point in x and y, pixels of 512")
    least: float = option(0.0, "where above zero, d is drawn for each sketch from [least * d, d]")
    careful: float = option(1.0, "power of the share drawn so: above 1 more sketches are drawn carefully than wildly")
    missing: float = option(0.0, "probability that a stroke is not drawn")
    omitted: float = option(0.0, "probability that ears, neck, cloth, accessories are not drawn, each on its own")
    doubled: float = option(0.0, "probability that a stroke is drawn twice")
    irises: float = option(0.0, "probability that irises are drawn at all")
    strands: float = option(0.0, "probability that strands of hair are drawn at all")
    opened: float = option(0.0, "probability that a stroke has a gap")
    pupils: float = option(0.0, "probability that drawn irises have pupils")
    hatched: float = option(0.0, "probability that short lines are added anywhere")
    beards: float = option(0.0, "probability that a beard which the photo shows is drawn")
    # One side of the face is drawn exactly while the other is loose.
    uneven: float = option(0.0, "largest difference that d makes from the middle of the frame to its edge, share of d")
    lines: float = option(0.0, "probability that lines which the photo shows are drawn, each kind on its own")
    replaced: float = option(
        0.0, "where lines of features are drawn, probability that eyes, brows, mouth and nose have no other outline"
    )
    bent: float = option(0.0, "probability that a face is bent as a whole, its trust told (see data.bend)", most=1)
    pens: float = option(0.0, "probability of wide pens, whose lines run together before they are thinned")
    # A painter's frame is never placed quite as the training faces' are.
    shift: float = option(0.0, "how far photo and sketch together are moved, share of the side")
    zoom: float = option(0.0, "how far photo and sketch together are scaled, 1 +- zoom")


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

    The strokes' own points come first, in their order, without those of a beard that is not drawn; what is drawn twice
    or added comes behind them. Without `loose` it is drawn from `rng`.
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
