"""What a face is asked for, checked where it comes in: one sentence for whatever cannot be used."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from PIL import Image

from dfp.errors import SketchError
from dfp.sketch.appearance import NO_APPEARANCE, Appearance
from dfp.sketch.frame import Frame
from dfp.sketch.pixels import LARGEST
from dfp.sketch.trust import NO_TRUST, Trust

# A frame may be larger than the largest sketch, as a drawing of hair alone may want it, but its face must fit the
# memory.
LARGEST_FRAME = 2 * LARGEST
FARTHEST = 1 << 20  # pixels from the sketch's corner
HALF_TURN = 180  # degrees
FRAME = "A frame must be four numbers, left, top, width and height in the sketch's pixels"

Sketch = np.ndarray | Image.Image
Selection = tuple[float, float, float, float] | Frame


@dataclass(frozen=True, eq=False)
class FaceRequest:
    """One sketch and all that is wanted of its face: the one thing that goes from whoever asks to `prepare`.

    sketch: uint8 H x W gray, H x W x 2 gray + alpha, x 3 RGB or x 4 RGBA (straight alpha), 16 to 8192 pixels a side, or
    a Pillow image. frame: where the face sits, left, top, width, height in the sketch's pixels; None where the drawing
    says it. turn: how far that frame is turned around its middle, degrees clockwise, -180 to 180. trust: how exactly
    lines are meant. appearance: which colours the face has. Raises SketchError for anything of another kind; what the
    sketch's pixels are, `prepare` sees.
    """

    sketch: Sketch
    frame: Selection | None = None
    trust: Trust = NO_TRUST
    appearance: Appearance = NO_APPEARANCE
    turn: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.sketch, (str, Path)):
            raise SketchError(
                f"A sketch must be a picture, not a file's name: open {self.sketch} with PIL.Image.open first."
            )
        if not isinstance(self.sketch, Sketch):
            raise SketchError(f"A sketch must be a numpy array or a PIL picture, not {_kind(self.sketch)}.")
        if not isinstance(self.trust, Trust):
            raise SketchError(f"Trust must be a Trust, as dfp.Trust(0.5) is, not {_short(self.trust)}.")
        if not isinstance(self.appearance, Appearance):
            raise SketchError(
                f"Appearance must be an Appearance, as dfp.Appearance(seed=7) is, not {_short(self.appearance)}."
            )
        if not _is_finite(self.turn) or abs(self.turn) > HALF_TURN:
            raise SketchError(f"A turn is a number of degrees from -180 to 180, not {_short(self.turn)}.")
        if self.turn and self.frame is None:
            raise SketchError("A turn belongs to a frame: give both, or neither.")
        self.selection()

    def selection(self) -> Frame | None:
        """The frame in whole pixels. Raises SketchError for anything but four usable numbers."""
        return None if self.frame is None else _frame_from(self.frame)


def requests_for(sketches: Any, frame: Any, **others: Any) -> list[FaceRequest]:
    """A request for one sketch, or for each of several.

    `others`: fields of `FaceRequest`. Each of them, and the frame, is the same one for all sketches, or a list with one
    for each. Raises SketchError.
    """
    if isinstance(sketches, Sketch):
        if any(_is_list(value) for value in others.values()):
            raise SketchError("One sketch has one trust and one appearance: give a list of sketches for lists.")
        return [FaceRequest(sketches, frame, **others)]
    if not _is_list(sketches):
        return [FaceRequest(sketches)]  # which says what is wrong with it
    count = len(sketches)
    frames = _each_frame(frame, count)
    each = {name: _each_of(value, count, name) for name, value in others.items()}
    return [
        FaceRequest(sketch, frames[i], **{name: values[i] for name, values in each.items()})
        for i, sketch in enumerate(sketches)
    ]


def frame_of_text(text: str) -> Frame:
    """The frame that is written as L,T,W,H. Raises SketchError."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 4:
        raise SketchError(f"{FRAME}, as in 40,30,256,256, not {_short(text)}.")
    return _frame_from(values)


def _frame_from(asked: object) -> Frame:
    """The frame that somebody asked for. Raises SketchError for anything but four usable numbers."""
    if isinstance(asked, Frame):
        asked = (asked.left, asked.top, asked.width, asked.height)
    if isinstance(asked, np.ndarray):
        asked = asked.tolist()
    if not _is_list(asked) or len(asked) != 4 or not all(_is_finite(value) for value in asked):
        raise SketchError(f"{FRAME}, not {_short(asked)}.")
    left, top, width, height = (round(float(value)) for value in asked)
    if max(width, height) > LARGEST_FRAME:
        raise SketchError(f"A frame must be at most {LARGEST_FRAME} pixels wide and high, not {width} x {height}.")
    if max(abs(left), abs(top)) > FARTHEST:
        raise SketchError(f"A frame must lie within {FARTHEST} pixels of the sketch's corner, not at {left}, {top}.")
    return Frame(left, top, width, height)


def _each_frame(asked: Any, count: int) -> Sequence[Any]:
    """A frame for each of `count` sketches: the same one for all, or one each, None where the drawing says it."""
    # Four numbers are one frame; anything else in a list is a list of frames.
    each = _is_list(asked) and (not asked or any(item is None or isinstance(item, (Frame, Sequence)) for item in asked))
    return _counted(asked, count, "frames") if each else [asked] * count


def _each_of(asked: Any, count: int, name: str) -> Sequence[Any]:
    """Something for each of `count` sketches: the same one for all, or one each. Raises SketchError."""
    return _counted(asked, count, f"{name}s") if _is_list(asked) else [asked] * count


def _counted(given: Sequence[Any], count: int, name: str) -> Sequence[Any]:
    if len(given) != count:
        raise SketchError(f"There are {len(given)} {name} for {count} sketches: give one for all, or one for each.")
    return given


def _is_list(asked: object) -> TypeGuard[Sequence[Any]]:
    """Whether something holds several things, one after the other, and is no text."""
    return isinstance(asked, Sequence) and not isinstance(asked, (str, bytes))


def _is_finite(value: object) -> bool:
    try:
        return isinstance(value, Real) and math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:57]}..."
