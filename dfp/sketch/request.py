"""What callers from Python may ask for, checked where it comes in: one sentence for whatever cannot be used."""

import math
from collections.abc import Sequence
from numbers import Real
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from PIL import Image

from dfp.errors import SketchError
from dfp.sketch.frame import Frame
from dfp.sketch.pixels import LARGEST

# A frame may be larger than the largest sketch, as a drawing of hair alone may want it, but its face must fit the
# memory.
LARGEST_FRAME = 2 * LARGEST
FARTHEST = 1 << 20  # pixels from the sketch's corner
EXAMPLES = {"Trust": "a Trust, as dfp.Trust(0.5)", "Appearance": "an Appearance, as dfp.Appearance(seed=7)"}
FRAME = "A frame must be four numbers, left, top, width and height in the sketch's pixels"


def is_list(asked: object) -> TypeGuard[Sequence[Any]]:
    """Whether something holds several things, one after the other, and is no text."""
    return isinstance(asked, Sequence) and not isinstance(asked, (str, bytes))


def check_sketch(sketch: object) -> None:
    """Raise SketchError for what is neither a numpy array nor a PIL picture."""
    if isinstance(sketch, (str, Path)):
        raise SketchError(f"A sketch must be a picture, not a file's name: open {sketch} with PIL.Image.open first.")
    if not isinstance(sketch, (np.ndarray, Image.Image)):
        raise SketchError(f"A sketch must be a numpy array or a PIL picture, not {_kind(sketch)}.")


def frame_from(asked: object) -> Frame | None:
    """The frame that somebody asked for; None stays None. Raises SketchError for anything but four usable numbers."""
    if asked is None:
        return None
    if isinstance(asked, Frame):
        asked = (asked.left, asked.top, asked.width, asked.height)
    if isinstance(asked, np.ndarray):
        asked = asked.tolist()
    if not is_list(asked) or len(asked) != 4 or not all(_is_finite(value) for value in asked):
        raise SketchError(f"{FRAME}, not {_short(asked)}.")
    left, top, width, height = (round(float(value)) for value in asked)
    if max(width, height) > LARGEST_FRAME:
        raise SketchError(f"A frame must be at most {LARGEST_FRAME} pixels wide and high, not {width} x {height}.")
    if max(abs(left), abs(top)) > FARTHEST:
        raise SketchError(f"A frame must lie within {FARTHEST} pixels of the sketch's corner, not at {left}, {top}.")
    return Frame(left, top, width, height)


def frame_of_text(text: str) -> Frame | None:
    """The frame that is written as L,T,W,H. Raises SketchError."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 4:
        raise SketchError(f"{FRAME}, as in 40,30,256,256, not {_short(text)}.")
    return frame_from(values)


def frames_for(asked: Any, count: int) -> list[Frame | None]:
    """A frame for each of `count` sketches: the same one for all, or one each, None where the drawing says it."""
    # Four numbers are one frame; anything else in a list is a list of frames.
    each = is_list(asked) and (not asked or any(item is None or isinstance(item, (Frame, Sequence)) for item in asked))
    if not each:
        return [frame_from(asked)] * count
    _check_count(len(asked), count, "frames")
    return [frame_from(item) for item in asked]


def each_of(asked: Any, kind: type, count: int, name: str) -> list[Any]:
    """One `kind` for each of `count` sketches: the same one for all, or one each. Raises SketchError."""
    given = list(asked) if is_list(asked) else [asked] * count
    if is_list(asked):
        _check_count(len(given), count, f"{name}s")
    for item in given:
        if not isinstance(item, kind):
            raise SketchError(f"{name.capitalize()} must be {EXAMPLES[kind.__name__]} is, not {_short(item)}.")
    return given


def _is_finite(value: object) -> bool:
    try:
        return isinstance(value, Real) and math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _check_count(given: int, count: int, name: str) -> None:
    if given != count:
        raise SketchError(f"There are {given} {name} for {count} sketches: give one for all, or one for each.")


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."
