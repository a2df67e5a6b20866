"""How one layer is laid over what is below it: the ways that OpenRaster knows, as the W3C's compositing text has them.

Colours here are float32 in 0 to 1, h x w x 3, and alphas h x w x 1.
"""

from collections.abc import Callable

import numpy as np

Mix = Callable[[np.ndarray, np.ndarray], np.ndarray]
WEIGHTS = np.array([0.3, 0.59, 0.11], np.float32)
LEAST = np.float32(1e-6)


def lay(below: np.ndarray, above: np.ndarray, operation: str) -> np.ndarray:
    """Lay one picture over another: float32 h x w x 4 with premultiplied alpha, as both are.

    An operation that the format does not have, as a program's own, counts as svg:src-over: so the format says.
    """
    under, over = below[..., 3:], above[..., 3:]
    if operation in COVERAGE:
        of_above, of_below = COVERAGE[operation](over, under)
        return np.minimum(above * of_above + below * of_below, np.float32(1))
    if operation not in MIXES:
        return above + below * (1 - over)
    mixed = MIXES[operation](below[..., :3] / np.maximum(under, LEAST), above[..., :3] / np.maximum(over, LEAST))
    colour = above[..., :3] * (1 - under) + below[..., :3] * (1 - over) + mixed * (over * under)
    return np.concatenate([colour, over + under * (1 - over)], axis=2)


# How much of the picture above and of the one below is left, by the alphas of both.
COVERAGE: dict[str, Callable[[np.ndarray, np.ndarray], tuple[np.ndarray | float, np.ndarray | float]]] = {
    "svg:plus": lambda over, under: (1.0, 1.0),
    "svg:dst-in": lambda over, under: (0.0, over),
    "svg:dst-out": lambda over, under: (0.0, 1 - over),
    "svg:src-atop": lambda over, under: (under, 1 - over),
    "svg:dst-atop": lambda over, under: (1 - under, over),
}
# These change what lies below also where they themselves are empty.
EVERYWHERE = "svg:dst-in", "svg:dst-atop"


def _hard_light(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    return np.where(above <= 0.5, 2 * above * below, 1 - 2 * (1 - above) * (1 - below))


def _soft_light(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    root = np.where(below <= 0.25, ((16 * below - 12) * below + 4) * below, np.sqrt(below))
    darker = below - (1 - 2 * above) * below * (1 - below)
    return np.where(above <= 0.5, darker, below + (2 * above - 1) * (root - below))


def _dodge(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    light = np.minimum(1, below / np.maximum(1 - above, LEAST))
    return np.where(below <= 0, np.float32(0), np.where(above >= 1, np.float32(1), light))


def _burn(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    dark = 1 - np.minimum(1, (1 - below) / np.maximum(above, LEAST))
    return np.where(below >= 1, np.float32(1), np.where(above <= 0, np.float32(0), dark))


def _light(colour: np.ndarray) -> np.ndarray:
    return (colour * WEIGHTS).sum(axis=2, keepdims=True)


def _range(colour: np.ndarray) -> np.ndarray:
    return colour.max(axis=2, keepdims=True) - colour.min(axis=2, keepdims=True)


def _with_light(colour: np.ndarray, light: np.ndarray) -> np.ndarray:
    """A colour as light as wanted, and less saturated where it would be too light or too dark."""
    moved = colour + (light - _light(colour))
    least, most = moved.min(axis=2, keepdims=True), moved.max(axis=2, keepdims=True)
    moved = np.where(least < 0, light + (moved - light) * light / np.maximum(light - least, LEAST), moved)
    return np.where(most > 1, light + (moved - light) * (1 - light) / np.maximum(most - light, LEAST), moved)


def _with_range(colour: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """A colour as saturated as wanted."""
    return (colour - colour.min(axis=2, keepdims=True)) * wanted / np.maximum(_range(colour), LEAST)


MIXES: dict[str, Mix] = {
    "svg:multiply": lambda below, above: below * above,
    "svg:screen": lambda below, above: below + above - below * above,
    "svg:overlay": lambda below, above: _hard_light(above, below),
    "svg:darken": np.minimum,
    "svg:lighten": np.maximum,
    "svg:color-dodge": _dodge,
    "svg:color-burn": _burn,
    "svg:hard-light": _hard_light,
    "svg:soft-light": _soft_light,
    "svg:difference": lambda below, above: np.abs(below - above),
    "svg:color": lambda below, above: _with_light(above, _light(below)),
    "svg:luminosity": lambda below, above: _with_light(below, _light(above)),
    "svg:hue": lambda below, above: _with_light(_with_range(above, _range(below)), _light(below)),
    "svg:saturation": lambda below, above: _with_light(_with_range(below, _range(above)), _light(below)),
}
