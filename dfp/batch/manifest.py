"""manifest.jsonl: one line for every face that `dfp batch` made, saying of what and how."""

import errno
import json
import os
import stat
import threading
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from dfp.batch.jobs import MANIFEST
from dfp.errors import DfpError
from dfp.files import unwritten, write_whole

NAME = MANIFEST
LAYERS, IN_PLACE = "layers", "in_place"  # options: which layers got faces, and that they did in the sketches' own files


@dataclass(frozen=True)
class Made:
    """One face and what it was made of.

    Paths are relative and written with /: `input` to the folder of sketches, `output` and `attention` (the heat map,
    or None) to the folder of faces. `model`: the weights' checksum. `options`: what was asked for beside the face.
    `frame`: left, top, width, height in the sketch's pixels. `date`: ISO 8601, UTC. `doubt`: a sentence where the
    sketch hardly shows a face. `layers`: of a file with faces on layers of their own what is known of each
    (`dfp.batch.layered.file.Record`); then the frame is the whole picture, and `before` the checksum of the file that
    this one takes the place of. What of the last three is empty is not written.
    """

    input: str
    input_sha256: str
    output: str
    output_sha256: str
    attention: str | None
    attention_sha256: str | None
    model: str
    options: dict[str, Any]
    frame: tuple[int, int, int, int]
    date: str
    doubt: str = ""
    layers: list[dict[str, Any]] | None = None
    before: str = ""

    @property
    def in_place(self) -> bool:
        """Whether this is the sketches' own file, with faces in it."""
        return bool(self.options.get(IN_PLACE))

    def files(self) -> dict[str, str]:
        """Every file that was written, with its SHA-256."""
        files = {self.output: self.output_sha256}
        if self.attention is not None and self.attention_sha256 is not None:
            files[self.attention] = self.attention_sha256
        return files

    def line(self) -> bytes:
        """One line of the manifest."""
        values = asdict(self)
        for name in ("doubt", "layers", "before"):
            if not values[name]:
                del values[name]
        return json.dumps(values).encode() + b"\n"

    @classmethod
    def of(cls, line: bytes) -> "Made | None":
        """What a line says; None for one that was torn when the program was killed."""
        try:
            values = json.loads(line)
            made = cls(**{**values, "frame": tuple(values["frame"])})
        except (ValueError, TypeError, KeyError):
            return None
        texts = [f.name for f in fields(cls) if f.type is str]
        sound = all(isinstance(getattr(made, name), str) for name in texts) and isinstance(made.options, dict)
        sound = sound and (made.layers is None or isinstance(made.layers, list))
        return made if sound else None


class Records:
    """What is known of the faces of a folder, which may not be there; it is only looked at."""

    def __init__(self, folder: Path):
        """Raises DfpError when there are some that cannot be read."""
        self.path = folder / NAME
        self._latest: dict[str, Made] = {}
        try:
            if self.path.exists():
                _check_file(self.path.stat())
                self._latest = read_manifest(folder)
        except OSError as error:
            raise DfpError(f"{self.path} cannot be read: {error.strerror or error}.") from error

    def latest(self, output: str) -> Made | None:
        """What is known of a face."""
        return self._latest.get(output)

    def files(self) -> set[str]:
        """Every file that was written, by this run and earlier ones, but for sketches' own."""
        return {file for made in self._latest.values() if not made.in_place for file in made.files()}


class Manifest(Records):
    """The manifest of a folder, open for one program at a time.

    A face's line is written before the face is put in its place. A program killed between the two leaves a line
    whose face is missing or older, which is seen and made again; never a face that nobody knows the maker of.
    """

    def __init__(self, folder: Path):
        """Open or begin the manifest in an existing folder. Raises DfpError with a sentence."""
        self.path = folder / NAME
        self._append = threading.Lock()
        self._folder = _lock(folder)
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            _check_file(os.fstat(self._file))
            self._torn = not _ends_with_newline(self._file)
            self._latest = read_manifest(folder)
        except OSError as error:
            raise DfpError(unwritten(self.path, error)) from error

    def add(self, made: Made) -> None:
        """Append a line, from any thread. Raises OSError; the next line then begins on a line of its own."""
        with self._append:
            rest = memoryview((b"\n" if self._torn else b"") + made.line())
            self._torn = True
            while rest:
                rest = rest[os.write(self._file, rest) :]
            self._torn = False
            self._latest[made.output] = made

    def tidy(self) -> None:
        """Leave one line for every face. Only after a run whose faces are all in their place. Raises OSError."""
        lines = self.path.read_bytes().splitlines()
        latest = {made.output: made for line in lines if (made := Made.of(line))}
        if len(latest) < len(lines):
            write_whole(b"".join(made.line() for made in latest.values()), self.path)

    def close(self) -> None:
        """Let other programs at the folder."""
        os.close(self._file)
        if self._folder is not None:
            os.close(self._folder)


def read_manifest(folder: Path) -> dict[str, Made]:
    """What the manifest of a folder says of each face, by its file. Raises OSError."""
    with (folder / NAME).open("rb") as file:
        return {made.output: made for line in file if (made := Made.of(line))}


def _check_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "It is no file")


def _ends_with_newline(file: int) -> bool:
    size = os.fstat(file).st_size
    if not size:
        return True
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1) == b"\n"


def _lock(folder: Path) -> int | None:
    """Keep a folder to this program; the system lets go of it however the program ends. Raises DfpError."""
    try:
        import fcntl
    except ImportError:  # Windows cannot lock a folder
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise DfpError(f"The folder {folder} cannot be read: {error.strerror}.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise DfpError(f"Another dfp batch is at work on {folder}: wait for it, or give another folder.") from error
    except OSError:  # some network drives have no locks; working alone there is the painter's to see to
        os.close(handle)
        return None
    return handle
