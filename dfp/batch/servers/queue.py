"""Sketches on their way to a face, each of which gets exactly one end, whichever servers die meanwhile."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

from dfp.batch.servers.answer import Answer
from dfp.batch.servers.asking import Asked
from dfp.errors import DfpError, SketchError

MOST_BREAKS = 5  # servers that may die of one sketch, or have too little time or memory for it


@dataclass(eq=False)
class Errand:
    """One sketch that a face is wanted of; breaks: how often that came to nothing."""

    asked: Asked
    face: "Future[Answer]" = field(default_factory=Future)
    breaks: int = 0


class Queue:
    """What no server has at the moment, in order. `changed` is told when there is more of it; all in one event loop."""

    def __init__(self, changed: Callable[[], None]):
        self._errands: deque[Errand] = deque()
        self._changed = changed

    def __bool__(self) -> bool:
        return bool(self._errands)

    def add(self, errand: Errand) -> None:
        """Something new."""
        self._errands.append(errand)
        self._changed()

    def take(self) -> Errand | None:
        """The next one that is still wanted."""
        while self._errands:
            errand = self._errands.popleft()
            if not errand.face.cancelled():
                return errand
        return None

    def put_back(self, errand: Errand, why: str = "") -> None:
        """A server did not draw it; `why` where that may be its own doing, which not every server shall suffer."""
        errand.breaks += bool(why)
        if errand.breaks >= MOST_BREAKS:
            end(errand, SketchError(f"{MOST_BREAKS} times no face came of it: {why}"))
            return
        self._errands.appendleft(errand)
        self._changed()

    def recall(self) -> None:
        """Nobody waits any more for what has not been handed out."""
        for errand in self._errands:
            errand.face.cancel()

    def give_up(self, why: str) -> None:
        """There is nobody left to draw."""
        while (errand := self.take()) is not None:
            end(errand, DfpError(why))


def end(errand: Errand, outcome: "Answer | DfpError") -> None:
    """The one end of an errand, unless nobody waits for it any more."""
    if errand.face.cancelled() or not errand.face.set_running_or_notify_cancel():
        return
    if isinstance(outcome, DfpError):
        errand.face.set_exception(outcome)
    else:
        errand.face.set_result(outcome)


async def rest(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, at most so long."""
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except asyncio.TimeoutError:
        return
