"""What a run over a folder tells whoever listens: what it will take, and what became of each sketch."""

from dataclasses import dataclass, field, replace
from enum import Enum

from dfp.batch.estimate import Estimate


class State(Enum):
    """Its face was made now, was there already, or could not be made. The values are the words for it."""

    MADE = "made"
    READY = "up to date"
    FAILED = "failed"


@dataclass(frozen=True)
class Small:
    """Small pictures of a sketch and of its face, as `dfp.batch.report.thumbnails` makes them; empty for none."""

    sketch: bytes
    face: bytes


@dataclass(frozen=True)
class Done:
    """What became of a sketch: of a file, or of a layer in one.

    name: the file, relative to the folder of sketches. face: that of its face, relative to the folder of faces; empty
    when there is none. sentence: why it failed, or why it is doubtful that the sketch shows a face. paged: it has
    several pages, and the first was taken. layer: the layer that is the sketch; empty when the whole file is. about:
    what the sentence is of when it is the same for several sketches: a file's name, or nothing for all of them. small:
    pictures, where the files themselves do not show sketch and face.
    """

    name: str
    face: str
    state: State
    sentence: str = ""
    paged: bool = False
    layer: str = ""
    about: str | None = None
    small: Small | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What tells the sketch from all others of a run."""
        return self.name, self.layer

    @property
    def title(self) -> str:
        """What the sketch is called."""
        return _named(self.name, self.layer)

    @property
    def face_title(self) -> str:
        """What its face is called."""
        return _named(self.face, self.layer) if self.face else ""

    @property
    def bare(self) -> "Done":
        """The same without pictures."""
        return replace(self, small=None)

    @property
    def doubtful(self) -> bool:
        """Whether there is a face and the sketch hardly shows one."""
        return self.state is not State.FAILED and bool(self.sentence)


class Listener:
    """Who is told of a run, in its own thread; this one does not mind."""

    @property
    def sees(self) -> bool:
        """Whether it looks at `Done.small`."""
        return False

    def begins(self, estimate: Estimate) -> None:
        """Faces are about to be drawn."""

    def drew(self) -> None:
        """A face is drawn; that its sketch is done with is told once it is in its file."""

    def became(self, done: Done) -> None:
        """A sketch is done with."""

    def forgets(self, done: Done) -> None:
        """What was told last of a sketch holds no longer: its file is another one now, in which it is not."""

    def watching(self) -> None:
        """All that was there is done with; from now on what comes is waited for."""

    def idle(self) -> None:
        """Some time has passed in which one waited."""

    def waits(self, why: str) -> None:
        """A watched folder cannot be looked at for now; the sentence says why."""


def _named(file: str, layer: str) -> str:
    return f"{file}, {layer}" if layer else file
