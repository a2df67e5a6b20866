"""A dry, bristly brush: its strokes are broken up into grains and parallel scratches."""

import cv2
import numpy as np

from .canvas import SHIFT, Canvas
from .heads import Stroke

STEP = 0.5  # pixels between two places of a stroke, along and across


def lay(rng: np.random.Generator, canvas: Canvas, strokes: list[Stroke], width: float, dryness: float) -> None:
    """Lay strokes, in the sheet's pixels; `dryness`: from -0.3, where few hairs part, to 0.7, where few leave ink."""
    tooth = _noise(rng, canvas.shape, rng.uniform(0.6, 1.2))
    for stroke in strokes:
        _stroke(rng, canvas, stroke, width, dryness, tooth)


def _stroke(
    rng: np.random.Generator, canvas: Canvas, stroke: Stroke, width: float, dryness: float, tooth: np.ndarray
) -> None:
    """One stroke: each hair leaves more or less ink on its way, less towards the end, most where the paper rises."""
    steps = np.diff(stroke, axis=0)
    along = np.concatenate([[0], np.hypot(steps[:, 0], steps[:, 1]).cumsum()])
    places = np.arange(0, along[-1], STEP)
    if len(places) < 4:
        return
    middle = np.stack([np.interp(places, along, stroke[:, axis]) for axis in (0, 1)], 1)
    ahead = np.gradient(middle, axis=0)
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-6)[:, None]
    across = np.arange(-width / 2, width / 2, STEP)
    hairs = _noise(rng, (1, len(across)), 1.6)
    change = _noise(rng, (len(middle), len(across)), 1.6, width * 1.5)
    wet = 0.75 * hairs + 0.65 * change - np.abs(across / width * 2) ** 4 + 0.3
    dry = dryness + np.linspace(-0.5, 0.5, len(middle))[:, None]
    at = middle[:, None] + across[:, None] * np.stack([-ahead[:, 1], ahead[:, 0]], 1)[:, None]
    x, y = (np.clip(np.round(at[..., axis]).astype(int), 0, canvas.shape[1 - axis] - 1) for axis in (0, 1))
    np.maximum.at(canvas.ink, (y, x), np.clip(2 * (wet - dry + 0.8 * tooth[y, x]), 0, 1).astype(np.float32))
    fixed = [np.round(stroke * 2**SHIFT).astype(np.int32)]
    cv2.polylines(canvas.lines, fixed, False, 1, 1, cv2.LINE_8, SHIFT)


def _noise(rng: np.random.Generator, shape: tuple[int, int], across: float, along: float = 0) -> np.ndarray:
    """Smooth noise, float32, of deviation 1."""
    noise = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), across, sigmaY=along or across)
    return noise / max(float(noise.std()), 1e-6)
