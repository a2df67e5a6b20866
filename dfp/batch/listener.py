"""What a run over a folder tells whoever listens: what it will take, and what became of each sketch."""

from dataclasses import dataclass
from enum import Enum

from dfp.batch.estimate import Estimate


class State(Enum):
    """Its face was made now, was there already, or could not be made. The values are the words for it."""

    MADE = "made"
    READY = "up to date"
    FAILED = "failed"


@dataclass(frozen=True)
class Done:
    """name: the sketch, relative to its folder. face: its face, relative to the folder of faces; empty when there is
    none. sentence: why it failed, or why it is doubtful that the sketch shows a face. paged: it has several pages, and
    the first was taken."""

    name: str
    face: str
    state: State
    sentence: str = ""
    paged: bool = False

    @property
    def doubtful(self) -> bool:
        """Whether there is a face and the sketch hardly shows one."""
        return self.state is not State.FAILED and bool(self.sentence)


class Listener:
    """Who is told of a run, in its own thread; this one does not mind."""

    def begins(self, estimate: Estimate) -> None:
        """Faces are about to be drawn."""

    def became(self, done: Done) -> None:
        """A sketch is done with."""

    def watching(self) -> None:
        """All that was there is done with; from now on what comes is waited for."""

    def idle(self) -> None:
        """Some time has passed in which one waited."""

    def waits(self, why: str) -> None:
        """A watched folder cannot be looked at for now; the sentence says why."""
