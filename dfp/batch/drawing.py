"""Who draws the faces of a folder: the model here, or whatever else takes sketches and gives pictures back."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Protocol

from dfp.batch.colour_layers import ColourFile
from dfp.batch.jobs import Job
from dfp.batch.options import BatchOptions, JsonValue
from dfp.pictures.outputs import Place
from dfp.sketch.frame import Frame

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Wanted:
    """A sketch that needs a face.

    data: the bytes of its file. colours: the file of its painted colours. mark: what its face's mark says of it
    (`sketch_id`), for `encode`. The rest is the folder's: sha256 of the data; asked: what the manifest says of the
    options; places: where its face and its heat map go.
    """

    job: Job
    data: bytes
    colours: ColourFile | None
    mark: str
    sha256: str
    asked: dict[str, JsonValue]
    places: list[Place]


@dataclass(frozen=True)
class Pictures:
    """What was drawn of a sketch, as the bytes of files.

    face, attention: marked PNG files (`encode`); the heat map where the options ask for one. frame: where the picture
    lies in the sketch. doubt: a sentence where the sketch hardly shows a face; else empty. paged: it has several pages
    and only the first was taken.
    """

    face: bytes
    attention: bytes | None
    frame: Frame
    doubt: str = ""
    paged: bool = False


@dataclass(frozen=True)
class Bad:
    """A sketch that cannot be used, and the sentence that says why."""

    job: Job
    why: str


Outcome = tuple[Wanted, Pictures | Bad]
Outcomes = Generator[Outcome, None, None]


class Drawer(Protocol):
    """Who draws. What is done in which process or on which machine is its own affair.

    checksum: of the weights (`FaceGenerator.checksum`), by which the manifest tells whose faces are up to date.
    """

    @property
    def checksum(self) -> str: ...

    def check(self, options: BatchOptions) -> None:
        """Raise SketchError when this model cannot do what is asked: once, before the first sketch."""
        ...

    def draw(self, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        """Each sketch with what became of it, in any order and as soon as it is there.

        `wanted` is for the thread that runs this generator, and read no further than is needed to keep busy: what was
        read waits in memory. Once `stop` says True,
        what is drawn is still given, and sketches whose drawing has not begun are left out; it is asked again and
        again. Closing the generator early ends everything that it began. Raises DfpError when it cannot go on.
        """
        ...
