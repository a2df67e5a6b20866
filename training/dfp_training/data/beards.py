"""Beards: label maps count them as skin, painters draw them. They are found in the photo, as skin that is darker."""

import cv2
import numpy as np

from dfp_training.data.datasets import classes
from dfp_training.data.parts import Part, appended
from dfp_training.data.vectorise import Strokes

SIDE = 256  # of the photo and the label map that are looked at; lengths below are its pixels
(SKIN, NOSE), LIPS = classes("skin nose"), classes("mouth u_lip l_lip")
DARK = 0.82  # of the cheek's lightness, on each side of its own: one side of a face may lie in shade
LEAST = 0.35  # of the skin around the mouth that is dark on either side, else it is a shadow
LEAST_SPOT = 0.4  # of the upper lip and of the chin
ROUGHNESS, ROUGHER = 3.0, 1.15  # fine differences in lightness of 0..255, at least, and beside the cheek's
LEAST_AREA = 60  # of a piece of beard
BESIDE = 4  # where the jaw's or the lips' line runs no second one is drawn
LEAST_LINE = 12  # of an outline
DENSITY = 0.012  # short lines a pixel of beard
HAIRS = (4.0, 13.0)  # their lengths


def with_beard(strokes: Strokes, photo: np.ndarray, labels: np.ndarray, seed: int) -> Strokes:
    """Strokes of a face, its photo (S x S x 3 uint8) and label map -> the same, its beard's outline and short lines.

    They come last, so that a face can do without (`shaved`). Where no beard is found nothing is added.
    """
    seen = cv2.resize(labels.astype(np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    mask = beard(cv2.resize(photo, (SIDE, SIDE), interpolation=cv2.INTER_AREA), seen)
    if mask is None:
        return strokes
    chains = [(Part.BEARD, line) for line in outlines(mask, seen)]
    chains += [(Part.STUBBLE, line) for line in stubble(mask, np.random.default_rng(seed))]
    return appended(strokes, chains, (SIDE, SIDE))


def shaved(strokes: Strokes) -> Strokes:
    """The strokes without those of a beard, which are the last."""
    bearded = np.flatnonzero(strokes.tag >= Part.BEARD)
    if not len(bearded):
        return strokes
    first = bearded[0]
    points = strokes.points[: strokes.curves[:first].max(initial=-1) + 1]
    return Strokes(points, strokes.curves[:first], strokes.path[:first], strokes.tag[:first])


def beard(photo: np.ndarray, labels: np.ndarray) -> np.ndarray | None:
    """SIDE x SIDE x 3 uint8 photo and its SIDE x SIDE label map -> bool mask of the beard, None without one.

    Stubble that darkens the skin counts. A beard is on both sides, on upper lip and chin, and rough; shadows are not.
    """
    lightness = cv2.cvtColor(photo, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32)
    skin, nose, lips = labels == SKIN, labels == NOSE, np.isin(labels, LIPS)
    if nose.sum() < 50 or lips.sum() < 20:
        return None
    rows, columns = np.mgrid[:SIDE, :SIDE]
    (lip_rows, lip_columns), nose_rows = np.nonzero(lips), np.nonzero(nose)[0]
    base, width, middle = nose_rows.max(), np.ptp(lip_columns), lip_columns.mean()
    cheeks = skin & (rows > (0.6 * nose_rows.min() + 0.4 * base)) & (rows < base)
    below = skin & (rows > base)
    near = np.abs(columns - middle)
    around = below & (near < 0.9 * width) & (rows < lip_rows.max() + width)
    smooth = cv2.GaussianBlur(lightness, (0, 0), 2)
    dark = np.zeros_like(skin)
    for half in (columns < middle, columns >= middle):
        if min((cheeks & half).sum(), (around & half).sum()) < 60:
            return None
        dark |= below & half & (smooth < DARK * np.median(lightness[cheeks & half]))
        if (dark & around & half).sum() < LEAST * (around & half).sum():
            return None
    upper = below & (rows < lip_rows.min() + 2) & (near < 0.5 * width)
    chin = below & (rows > lip_rows.max() + 2) & (rows < lip_rows.max() + 0.5 * width) & (near < 0.5 * width)
    for spot in (upper, chin):
        if (dark & spot).sum() < LEAST_SPOT * spot.sum():
            return None
    return dark if _rough(lightness, dark, cheeks) else None


def _rough(lightness: np.ndarray, dark: np.ndarray, cheeks: np.ndarray) -> bool:
    fine = np.abs(lightness - cv2.GaussianBlur(lightness, (0, 0), 1.5))
    # Lines of the drawn face, such as a jaw, are rough, too: some pixels away from them.
    hairy, bare = (fine[cv2.erode(mask.view(np.uint8), np.ones((5, 5), np.uint8)) > 0] for mask in (dark, cheeks))
    return len(hairy) > 30 and len(bare) > 0 and hairy.mean() > max(ROUGHNESS, ROUGHER * bare.mean())


def outlines(mask: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """The beard's edges within the skin, as m x 2 (x, y) pixels each."""
    # Rounded and without its holes: nobody draws these.
    rounded = (cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 3) > 0.5).view(np.uint8)
    # The mouth is no edge of the skin here: lines beside it are left out below.
    contours, _ = cv2.findContours(rounded, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    within = cv2.distanceTransform((labels == SKIN).view(np.uint8), cv2.DIST_L2, 5)
    lines = []
    for contour in contours:
        line = contour[:, 0].astype(float)
        if cv2.contourArea(contour) < LEAST_AREA:
            continue
        free = within[contour[:, 0, 1], contour[:, 0, 0]] > BESIDE
        # Begun beside a drawn line, so that no run goes around the end.
        start = int(np.argmin(free))
        line, free = np.roll(line, -start, 0), np.roll(free, -start)
        edges = np.flatnonzero(np.diff(free, prepend=False, append=False))
        lines += [line[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= LEAST_LINE]
    return lines


def stubble(mask: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Short lines all over the beard, more or less downwards, as m x 2 (x, y) pixels each."""
    rows, columns = np.nonzero(mask)
    chosen = rng.integers(len(rows), size=round(DENSITY * len(rows)))
    lean = rng.uniform(-0.6, 0.6, len(chosen))
    long = rng.uniform(*HAIRS, len(chosen))
    steps = np.linspace(-0.5, 0.5, 5)[:, None]
    ways = np.stack([np.sin(lean), np.cos(lean)], 1) * long[:, None]
    middles = np.stack([columns[chosen], rows[chosen]], 1)
    return [middle + steps * way for middle, way in zip(middles, ways, strict=True)]
