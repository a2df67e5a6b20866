"""Which head live work follows where there are several, and when doubt about a drawing is told.

Each answer is of the head that looks most like one just then, which may be another one at each stroke. Live has one
face, so it stays with the head that this was of; where an answer is of another one, the right one is asked for.
"""

from typing import Any, List, Optional

from krita_plugin.shared.head_places import nearest

from ..document.capture import CapturedSketch
from ..document.geometry import Rect
from ..generation.several import head_sketch

# A drawing that has only begun looks like no face yet: doubt is told when it lasts for so many faces, and then it
# stays until one is as it should be.
PATIENCE = 3


class Followed:
    """The head that a face follows; `count` is how many the newest answer has found."""

    def __init__(self, place: Optional[Rect] = None) -> None:
        self.count = 1
        self._place = place
        self._doubtful = 0

    @property
    def doubtful(self) -> bool:
        """Whether the drawing has long looked like no face."""
        return self._doubtful >= PATIENCE

    def instead(self, sketch: CapturedSketch, answer: Any) -> Optional[CapturedSketch]:
        """What to ask for because the answer is of another head; None when it is of the right one, or that is gone."""
        heads = answer.heads or ()
        self.count = max(1, len(heads))
        if len(heads) < 2:
            return None
        places = [self._on_canvas(sketch, head) for head in heads]
        own = nearest(self._place, places) if self._place is not None else None
        return head_sketch(sketch, heads[own]) if own else None

    def took(self, place: Rect, doubtful: bool) -> None:
        """The face was renewed at this place."""
        self._place = place
        self._doubtful = self._doubtful + 1 if doubtful else 0

    def _on_canvas(self, sketch: CapturedSketch, head: Any) -> Rect:
        numbers: List[int] = [number * sketch.reduced for number in head["frame"]]
        return Rect(*numbers).moved(sketch.place.left, sketch.place.top)
