"""What may be written where: the one rule of `dfp generate` and `dfp batch`.

What stands in an output's place is replaced when this program made it of the same sketch and nobody changed it since,
or when the painter says so (`--overwrite`). An input is never an output, and two outputs are never one file, whatever
she says.
"""

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from threading import Lock

from dfp.errors import DfpError, SketchError
from dfp.files import put, stage, unwritten
from dfp.pictures.marks import mark_of
from dfp.pictures.reading import is_whole


class Kept(SketchError):
    """Something stands in an output's place and stays; the text says what to do."""


class Standing(Enum):
    """What stands in an output's place: nothing, the very file that is on record, another one that was made here (or
    what a full disk left of it), or somebody's own."""

    NOTHING = auto()
    RECORDED = auto()
    MADE = auto()
    FOREIGN = auto()


@dataclass(frozen=True)
class Place:
    """Where an output goes: `path`, with links followed, `name`, as it was asked for, and what stood there."""

    path: Path
    name: str
    seen: os.stat_result | None

    def unchanged(self) -> bool:
        """Whether what stands there is still what was looked at."""
        now = _status(self.path)
        if now is None or self.seen is None:
            return now is self.seen
        return _version(now) == _version(self.seen)


class Outputs:
    """The files of one run, from any thread.

    inputs: every file that the run reads; none is ever written. overwrite: the painter wants to lose what stands in
    the way.
    """

    def __init__(self, inputs: Iterable[Path], overwrite: bool = False):
        self.overwrite = overwrite
        self._inputs = {_file(status) for path in inputs if (status := _status(path)) is not None}
        self._claimed: dict[Path, str] = {}
        self._written: set[tuple[int, int]] = set()
        self._lock = Lock()

    def claim(self, name: Path) -> Place:
        """The place of an output, for this run and no other output. Raises Kept."""
        path = Path(os.path.realpath(name))
        place = Place(path, str(name), _status(path))
        with self._lock:
            if path in self._claimed:
                one = "" if self._claimed[path] == str(name) else f"{self._claimed[path]} and "
                raise Kept(f"Two pictures would both become {one}{name}: give them different names.")
            self._claimed[path] = str(name)
        if place.seen is not None and _file(place.seen) in self._inputs:
            raise Kept(f"{name} is read by this command and would be lost: give the face another name.")
        return place

    def standing(self, place: Place, record: str | None = None, sketch: str = "") -> Standing:
        """What stands in a place, without changing it.

        record: the SHA-256 that the manifest has of it. sketch: `sketch_id` of what it would be made of, empty when a
        face of another one may be replaced, too. Raises Kept where there is no file or none that can be read.
        """
        if place.seen is None:
            return Standing.NOTHING
        if not stat.S_ISREG(place.seen.st_mode):
            raise Kept(f"{place.name} is in the way of its face and is no file: move it.")
        if record is not None and _digest(place) == record:
            return Standing.RECORDED
        mark = mark_of(place.path)
        if mark is not None and (not sketch or not mark.sketch or mark.sketch == sketch):
            return Standing.MADE
        # What was made here and cannot be read any more is torn, which no painter does.
        return Standing.MADE if mark is None and record is not None and not is_whole(place.path) else Standing.FOREIGN

    def check(self, place: Place, standing: Standing) -> None:
        """Raise Kept when what stands in a place has to stay."""
        if standing is Standing.FOREIGN and not self.overwrite:
            whose = "is the face of another sketch" if mark_of(place.path) else "is not as dfp made it"
            raise Kept(f"{place.name} is there already and {whose}: move it or say --overwrite.")

    def check_still(self, place: Place) -> None:
        """Raise Kept when something else has come to a place since it was looked at."""
        status = _status(place.path)
        with self._lock:
            # Names that differ may mean one file, on disks that know no capitals.
            twice = status is not None and _file(status) in self._written
        if twice:
            raise Kept(f"{place.name} was written just now as another picture: give them different names.")
        if not self.overwrite and not place.unchanged():
            raise Kept(f"{place.name} was changed while its face was made: move it or say --overwrite.")

    def put(self, place: Place, part: Path) -> None:
        """Put a staged file in its place. Raises Kept as `check_still` does; OSError."""
        self.check_still(place)
        put(part, place.path)
        status = _status(place.path)
        if status is not None:
            with self._lock:
                self._written.add(_file(status))

    def write(self, files: dict[Place, bytes]) -> None:
        """Write files, all of them or, as long as a disk is full, none. Raises Kept, DfpError."""
        parts: dict[Place, Path] = {}
        place = None
        try:
            for place, data in files.items():
                parts[place] = stage(data, place.path.parent)
            for place, part in parts.items():
                self.put(place, part)
        except OSError as error:
            raise DfpError(unwritten(Path(place.name) if place else Path(), error)) from error
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)


def _digest(place: Place) -> str:
    try:
        return hashlib.sha256(place.path.read_bytes()).hexdigest()
    except OSError as error:
        raise Kept(f"{place.name} is in the way of its face: {error.strerror or error}.") from error


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Kept(f"{path} cannot be looked at: {error.strerror or error}.") from error


def _file(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _version(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
