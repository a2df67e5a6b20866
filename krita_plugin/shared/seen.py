"""Which part of a canvas the server has to see, and what of the heads that it finds is asked for."""

from typing import Any, Mapping, Optional, Tuple

from .. import wire  # pyright: ignore[reportAttributeAccessIssue]
from .geometry import Rect

# The server takes lines near the edge of what it is sent as cut off by the canvas. So the drawing is sent
# with room around it, and one that nears the canvas edge with the whole canvas. Shares of the longer sides.
ROOM = 0.125
NEAR_EDGE = 0.04
# The server makes nothing of less.
SMALLEST = 16
# So many faces of one drawing are made at most, the surest.
MOST_HEADS = 24
# Heads that lean by fewer degrees are drawn as they are, as the server does where it finds them itself.
STRAIGHT = 8.0


def needed(drawn: Rect, frame: Optional[Rect], canvas: Rect) -> Rect:
    """The part of the canvas that the server has to see for a face in a frame, or wherever something is drawn."""
    if frame is not None:
        return frame.squared().inside(canvas)
    inner = canvas.grown(-round(NEAR_EDGE * canvas.longer))
    part = drawn.grown(round(ROOM * drawn.longer)).inside(canvas) if drawn.inside(inner) == drawn else canvas
    # Without room it may just fit; what does not is made smaller with the room around it.
    return drawn if drawn.longer <= wire.MAX_SIDE < part.longer else part


def reduction(place: Rect, frame: Optional[Rect]) -> int:
    """By how much a place, and a frame in it, have to be made smaller for the server."""
    longest = max(place.longer, frame.longer if frame is not None else 0)
    return max(1, -(-longest // wire.MAX_SIDE))


def frame_of_head(head: Mapping[str, Any], reduced: int) -> Tuple[Rect, float]:
    """The frame and turn to ask for one of the heads that an answer lists, to a picture made so many times smaller."""
    turn = float(head["turn"]) if abs(head["turn"]) >= STRAIGHT else 0.0
    return Rect(*(number * reduced for number in head["frame"])), turn
