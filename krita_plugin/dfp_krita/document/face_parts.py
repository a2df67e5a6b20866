"""What goes onto the layers of a face: one part, or, of a group, one for each layer. Plain Python: no Qt, no Krita.

What has soft edges goes there without the transparent room around it: Krita tells of a layer only where it has
anything, and by that a face is known again.
"""

from typing import Any, Generator, List, NamedTuple, Tuple

from .geometry import Rect
from .options import LAYER

ROWS = 64  # looked through in one go


class Part(NamedTuple):
    """What goes onto one layer: BGRA pixels, 8 bit, sRGB, and where they lie in the answer's picture."""

    place: Rect
    pixels: bytes

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.place.width

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.place.height


NOTHING = Part(Rect(0, 0, 0, 0), b"")


def parts_of(form: str, answer: Any) -> Generator[bool, None, List[Part]]:
    """An answer's layers from the bottom, or its picture alone; each yield lets Krita go on."""
    whole = Rect(0, 0, answer.width, answer.height)
    parts = [Part(whole, answer.pixels)]
    if answer.layers is not None:
        parts = [Part(place, pixels) for place, pixels in layers_in(answer)]
    elif form == LAYER and not answer.turn:
        return parts
    found = []
    for part in parts:
        tight = yield from tight_place(part)
        found.append(part if tight == part.place else Part(tight, _cut(part, tight)))
    return found


def tight_place(part: Part) -> Generator[bool, None, Rect]:
    """Where a part is not transparent."""
    width, rows, left, right = part.width, [], part.width, 0
    for row in range(part.height):
        alpha = part.pixels[4 * row * width + 3 : 4 * (row + 1) * width : 4]
        length = len(alpha.lstrip(b"\0"))
        if length:
            rows.append(row)
            left, right = min(left, width - length), max(right, len(alpha.rstrip(b"\0")))
        if row % ROWS == 0:
            yield False
    if not rows:
        return Rect(part.place.left, part.place.top, 0, 0)
    return Rect(part.place.left + left, part.place.top + rows[0], right - left, rows[-1] - rows[0] + 1)


def _cut(part: Part, place: Rect) -> bytes:
    inside = place.seen_from(part.place)
    starts = (4 * (row * part.width + inside.left) for row in range(inside.top, inside.top + inside.height))
    return b"".join(part.pixels[start : start + 4 * inside.width] for start in starts)


def layers_in(answer: Any) -> "List[Tuple[Rect, bytes]]":
    """The layers of an answer that has some, from the bottom: where each lies in its picture, and its pixels."""
    found, start = [], 0
    for place in (Rect(*numbers) for numbers in answer.layer_places):
        end = start + 4 * place.width * place.height
        found.append((place, answer.layers[start:end]))
        start = end
    return found
