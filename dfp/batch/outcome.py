"""What became of one sketch of a run, for those who count and tell it."""

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """Its face was made now, was there already, or could not be made. The values are the words for it."""

    MADE = "made"
    READY = "up to date"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """name: the sketch, relative to its folder. face: its face, relative to the folder of faces; empty when there is
    none. sentence: why it failed, or why it is doubtful that the sketch shows a face."""

    name: str
    face: str
    state: State
    sentence: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether there is a face and the sketch hardly shows one."""
        return self.state is not State.FAILED and bool(self.sentence)
