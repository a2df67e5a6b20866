"""The heads of one drawing, asked for one after the other."""

from dataclasses import replace
from typing import Any, List, Optional, Tuple

from krita_plugin.shared.seen import MOST_HEADS, frame_of_head, reduction

from ..document.capture import CapturedSketch

# What a server calls it that it finds several heads.
HEADS, TURN = "heads", "turn"


class Heads:
    """A sketch that is asked for, and, as soon as its answer tells of more heads, each of these."""

    def __init__(self, sketch: CapturedSketch) -> None:
        self.answered: List[Tuple[CapturedSketch, Any]] = []
        self._left = [sketch]

    @property
    def count(self) -> int:
        """How many faces there will be, as far as is known."""
        return len(self.answered) + len(self._left)

    @property
    def next(self) -> Optional[CapturedSketch]:
        """What is to be asked for now; None when all are answered."""
        return self._left[0] if self._left else None

    def take(self, sketch: CapturedSketch, answer: Any) -> None:
        """The answer to `next`."""
        self._left.pop(0)
        self.answered.append((sketch, answer))
        if sketch.heads and answer.heads:
            others = (head_sketch(sketch, head) for head in answer.heads[1:MOST_HEADS])
            self._left += [other for other in others if other is not None]


def head_sketch(sketch: CapturedSketch, head: Any) -> Optional[CapturedSketch]:
    """The sketch with the frame of one of the heads that an answer lists; None when that frame is far too large."""
    frame, turn = frame_of_head(head, sketch.reduced)
    framed = replace(sketch, frame=frame, turn=turn, heads=False)
    # Its pixels were made smaller for the server already.
    return framed if reduction(sketch.place, frame) == sketch.reduced else None
