"""What a file of layers is to a batch, whichever program wrote it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Record:
    """What the manifest says of one layer's face.

    id: what the file calls the layer. pixels: SHA-256 of its drawing. face_id, face: what the file calls the face, and
    what its pixels are known by. frame: left, top, width, height in the image's pixels. doubt, why: sentences where the
    drawing hardly is a face, and where there is none.
    """

    layer: str
    id: str
    pixels: str = ""
    face_id: str = ""
    face: str = ""
    frame: tuple[int, int, int, int] = (0, 0, 0, 0)
    doubt: str = ""
    why: str = ""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Record":
        """From the manifest's values. Raises TypeError, KeyError, ValueError."""
        left, top, width, height = (int(number) for number in said["frame"])
        return cls(**{**said, "frame": (left, top, width, height)})

    def to_json(self) -> dict[str, Any]:
        """As the manifest has it: what says nothing is left out."""
        usual = Record(self.layer, self.id)
        said = {name: value for name, value in asdict(self).items() if value != getattr(usual, name)}
        return {"layer": self.layer, "id": self.id, **said, "frame": list(self.frame)}


@dataclass(frozen=True)
class Earlier:
    """The face that an earlier copy of the file has of the same drawing: uint8 h x w x 4, and its left top corner."""

    picture: np.ndarray
    left: int
    top: int


@dataclass(frozen=True)
class Sketch:
    """A layer or group that is to have a face.

    path: its name after those of the groups around it, with /. face_id, face: what the face is called and known by that
    it has in the file and that may be renewed; empty when it has none. earlier: see `Earlier`. why: the sentence when
    it cannot be used.
    """

    id: str
    path: str
    pixels: str
    face_id: str = ""
    face: str = ""
    earlier: Earlier | None = None
    why: str = ""


@dataclass(frozen=True)
class Placed:
    """A face that goes into a file: the PNG file of its picture, and its left top corner in the image's pixels."""

    sketch: Sketch
    picture: Path
    left: int
    top: int


@dataclass(frozen=True)
class Written:
    """What a face in a file is called and known by."""

    id: str
    face: str


@dataclass
class Ask:
    """What is wanted of a file: which layers, and what is known of them.

    known: of sketches by their ids. same: whether these faces would be made just so again. earlier: an earlier copy
    with them, where there is one that is as it was made. work: a folder for files of a while. shown: whether the faces
    that the file has are to be seen, too. stop: asked all the time; progress: told how many layers of how many are
    done.
    """

    patterns: Sequence[str]
    known: Mapping[str, Record]
    same: bool
    earlier: Path | None
    work: Path
    shown: bool = False
    stop: Callable[[], bool] = field(default=lambda: False)
    progress: Progress = field(default=lambda done, of: None)

    def current(self, id: str, pixels: str) -> Record | None:
        """What is known of a sketch's face, when it would be made just so again of this very drawing."""
        record = self.known.get(id) if self.same else None
        return record if record is not None and record.pixels == pixels and pixels and not record.why else None

    def has(self, sketch: Sketch) -> Record | None:
        """What is known of a sketch whose face the file has as it was made."""
        record = self.current(sketch.id, sketch.pixels)
        return record if record is not None and sketch.face_id and sketch.face == record.face else None

    def had(self, sketch: Sketch) -> Record | None:
        """What is known of a sketch whose face only the earlier copy has."""
        record = self.current(sketch.id, sketch.pixels)
        return record if record is not None and sketch.earlier is not None and self.has(sketch) is None else None


class LayeredFile(Protocol):
    """A file of layers, open. Everything raises SketchError with a sentence, and DfpError when nothing can go on."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    @property
    def sketches(self) -> Sequence[Sketch]:
        """The layers and groups that are meant."""
        ...

    def drawing(self, sketch: Sketch) -> np.ndarray:
        """A sketch alone, at its place in the image: uint8 H x W x 4 RGBA in sRGB."""
        ...

    def face(self, sketch: Sketch) -> np.ndarray | None:
        """The face that a sketch has (`Sketch.face_id`), uint8 h x w x 4; None without one, or when not `Ask.shown`."""
        ...

    def write(self, faces: Sequence[Placed], target: Path) -> dict[str, Written]:
        """Write a copy with these faces; returns what they are called and known by, by their sketches' ids."""
        ...
