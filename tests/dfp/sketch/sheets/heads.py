"""Heads of drawn shapes, as strokes on the unit square.

Nothing here comes from the training's synthesis: what learns from that is measured with these.
"""

from dataclasses import dataclass

import cv2
import numpy as np

Stroke = np.ndarray  # float N x 2, x then y; on the unit square when it is a head's

HAIR = "none", "short", "long", "bun", "tail"


@dataclass(frozen=True)
class Looks:
    """What is drawn of a person. `turned`: 0 from the front, 1 three quarters to the right, -1 to the left."""

    hair: str = "short"
    neck: bool = True
    bust: bool = False
    turned: float = 0.0


def head(rng: np.random.Generator, looks: Looks) -> list[Stroke]:
    """The strokes of one head, each a little unsure of its way."""
    strokes = [*_face(rng, looks.turned), *_hair(rng, looks), *_below(looks)]
    return [_unsure(rng, stroke) for stroke in strokes]


def landmarks(turned: float = 0.0) -> np.ndarray:
    """Each eye's middle, the nose's lower end, the mouth's middle and the chin of such a head: 5 x 2."""
    eyes = [(0.5 + 0.02 * turned + 0.115 * side * (1 - 0.35 * max(0.0, side * turned)), 0.485) for side in (-1, 1)]
    return np.array([*eyes, (0.5 + 0.05 * turned, 0.67), (0.5 + 0.02 * turned, 0.7675), (0.5 - 0.05 * turned, 0.915)])


def face_outline(looks: Looks) -> Stroke:
    """The face's closed outline, to fill it with skin."""
    return _bow((0.5 - 0.05 * looks.turned, 0.5), (0.255, 0.415), 0, 360)


def hair_outline(looks: Looks) -> Stroke:
    """The hair's closed outline above the face, to fill it."""
    middle = 0.5 - 0.07 * looks.turned
    outer = _bow((middle, 0.46), (0.36, 0.4), 175, 365)
    inner = _bow((middle + 0.02 * looks.turned, 0.46), (0.27, 0.23), 365, 175)
    return np.concatenate([outer, inner, outer[:1]])


def _bow(centre: tuple[float, float], axes: tuple[float, float], start: float, stop: float) -> Stroke:
    """A piece of an ellipse; degrees from the right, clockwise as pictures have it."""
    angles = np.radians(np.linspace(start, stop, max(8, int(abs(stop - start) / 6))))
    return np.stack([centre[0] + axes[0] * np.cos(angles), centre[1] + axes[1] * np.sin(angles)], 1)


def _curve(*points: tuple[float, float]) -> Stroke:
    """A smooth line through a few points."""
    known = np.array(points, float)
    steps = np.linspace(0, len(known) - 1, 8 * len(known))
    straight = np.stack([np.interp(steps, np.arange(len(known)), known[:, axis]) for axis in (0, 1)], 1)
    padded = np.pad(straight, ((3, 3), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, axis], np.full(7, 1 / 7), "valid") for axis in (0, 1)], 1)
    smooth[0], smooth[-1] = known[0], known[-1]
    return smooth


def _face(rng: np.random.Generator, turned: float) -> list[Stroke]:
    """Outline, eyes, brows, nose, mouth, and the ears that can be seen."""
    strokes = [_bow((0.5 - 0.05 * turned, 0.5), (0.255, 0.415), -15, 195)]
    for side in (-1, 1):
        near = 1 - 0.35 * max(0.0, side * turned)
        x = 0.5 + 0.02 * turned + 0.115 * side * near
        strokes.append(_bow((x, 0.485), (0.052 * near, 0.024), 0, 360))
        strokes.append(_bow((x, 0.485), (0.017, 0.017), 0, 360))
        strokes.append(_bow((x, 0.425), (0.072 * near, 0.02 + 0.01 * rng.random()), 190, 350))
        if side * turned < 0.5:
            strokes.append(_bow((0.5 - 0.05 * turned + 0.265 * side, 0.53), (0.03, 0.07), 90 - 200 * side, 90))
    nose, mouth = 0.5 + 0.05 * turned, 0.5 + 0.02 * turned
    strokes.append(_curve((nose - 0.03, 0.49), (nose - 0.035, 0.58), (nose - 0.055, 0.645), (nose - 0.02, 0.665)))
    strokes.append(_curve((nose - 0.02, 0.665), (nose + 0.02, 0.67), (nose + 0.055, 0.645)))
    wide = 0.09 + 0.03 * rng.random()
    strokes.append(_curve((mouth - wide, 0.755), (mouth - 0.02, 0.735), (mouth + 0.02, 0.735), (mouth + wide, 0.755)))
    strokes.append(_curve((mouth - wide, 0.755), (mouth, 0.762), (mouth + wide, 0.755)))
    strokes.append(_bow((mouth, 0.755), (wide, 0.045), 5, 175))
    return strokes


def _hair(rng: np.random.Generator, looks: Looks) -> list[Stroke]:
    middle = 0.5 - 0.07 * looks.turned
    if looks.hair == "none":
        return [_bow((0.5 - 0.05 * looks.turned, 0.5), (0.255, 0.37), 195, 345)]
    outer = _bow((middle, 0.46), (0.36, 0.4), 175, 365)
    strokes = [outer, _bow((middle + 0.02 * looks.turned, 0.46), (0.27, 0.23), 175, 365)]
    if looks.hair == "long":
        for side in (-1, 1):
            x = middle + 0.36 * side
            strokes.append(_curve((x, 0.45), (x + 0.02 * side, 0.65), (x + 0.01, 0.85), (x + 0.03 * side, 0.99)))
            strokes.append(_curve((x - 0.09 * side, 0.5), (x - 0.1 * side, 0.75), (x - 0.07 * side, 0.97)))
    if looks.hair == "bun":
        x = middle + 0.1 * (rng.random() - 0.5)
        strokes += [_bow((x, -0.03), (0.12, 0.1), 0, 360), _bow((x, -0.03), (0.06, 0.05), 20, 260)]
    if looks.hair == "tail":
        side = -1 if looks.turned > 0 else 1
        x = middle + 0.36 * side
        strokes.append(_curve((x, 0.3), (x + 0.16 * side, 0.4), (x + 0.2 * side, 0.7), (x + 0.1 * side, 0.95)))
        strokes.append(_curve((x, 0.42), (x + 0.06 * side, 0.6), (x + 0.1 * side, 0.95)))
    return strokes


def _below(looks: Looks) -> list[Stroke]:
    strokes = []
    middle = 0.5 - 0.05 * looks.turned
    for side in (-1, 1):
        if looks.neck:
            strokes.append(
                _curve((middle + 0.16 * side, 0.84), (middle + 0.15 * side, 0.92), (middle + 0.19 * side, 1))
            )
        if looks.bust:
            down = (middle + 0.52 * side, 1.12), (middle + 0.6 * side, 1.4)
            strokes.append(_curve((middle + 0.19 * side, 1), (middle + 0.3 * side, 1.04), *down))
    return strokes


def _unsure(rng: np.random.Generator, stroke: Stroke) -> Stroke:
    """The stroke as a hand draws it: it strays slowly by up to half a percent."""
    stray = cv2.GaussianBlur(rng.normal(0, 1, (len(stroke), 2)), (1, 0), 0, sigmaY=3, borderType=cv2.BORDER_REFLECT)
    return stroke + 0.006 * stray
