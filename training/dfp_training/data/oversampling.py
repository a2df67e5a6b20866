"""Faces that the data has few of and painters draw: shown more often, so that they are learnt."""

from collections.abc import Callable

import numpy as np

from dfp_training.data.pack import Pack
from dfp_training.data.parts import Part
from dfp_training.data.vectorise import Strokes

# Where glasses lie in an aligned face, shares of the side: left, top, right, bottom. Hats end above, earrings beside.
LENSES = np.array([0.3, 0.4, 0.7, 0.58])
LEAST_OF_GLASSES = 12  # points of strokes, on either side of the nose


def hairless(strokes: Strokes) -> bool:
    """Whether no hair is seen: bald heads, and most hats."""
    return not (strokes.tag == Part.HAIR).any()


def with_glasses(strokes: Strokes) -> bool:
    """Whether an accessory is drawn before both eyes."""
    points = strokes.points[strokes.curves[strokes.tag == Part.ACCESSORY].ravel()]
    inside = points[((points > LENSES[:2]) & (points < LENSES[2:])).all(1)]
    left = (inside[:, 0] < 0.5).sum()
    return min(left, len(inside) - left) >= LEAST_OF_GLASSES


def bearded(strokes: Strokes) -> bool:
    """Whether a beard was found."""
    return bool((strokes.tag >= Part.BEARD).any())


KINDS: tuple[Callable[[Strokes], bool], ...] = (hairless, with_glasses, bearded)


def faces_of_epoch(pack: Pack, oversample: float) -> np.ndarray:
    """The training faces of an epoch; several times those of a kind that is less than the share `oversample` of them.

    So often that the kind has about that share of what there was before. A face of two kinds follows the rarer one.
    """
    faces = pack.indices("train")
    if not oversample:
        return faces
    kinds = np.array([[kind(strokes) for kind in KINDS] for strokes in map(pack.strokes, faces)])
    times = np.ones(len(faces), int)
    for of_kind in kinds.T:
        if of_kind.any():
            times = np.where(of_kind, times.clip(round(oversample / of_kind.mean())), times)
    return faces.repeat(times)
