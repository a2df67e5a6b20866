"""How much file and how much time a picture may take: of whatever somebody gives, at most so much."""

import io
import stat
import time
from pathlib import Path
from typing import BinaryIO

from dfp.errors import SketchError

LARGEST_FILE = 1 << 29  # bytes; 8192 x 8192 RGBA without any compression is half of it
SECONDS = 30.0  # of the processor's time; the largest pictures take five
NO_FILE = "this is no file with a picture in it but a pipe, a device or the like: save the sketch as PNG and try again."
TOO_LONG = "this picture takes too long to read: open it in a painting program, save it as PNG and try again."


class TooLong(Exception):
    """A picture has used up its time."""


class Bounded(io.BufferedIOBase):
    """A file that can be read until the thread has worked for so many seconds since it was opened.

    A file can be small and mean hours of work: a million pages, a million passes over one picture. Decoders come back
    for more of it all the time, and here they are told when to end. Waiting for a slow disk does not count.
    """

    def __init__(self, file: BinaryIO, seconds: float):
        super().__init__()
        self._file = file
        self._until = time.thread_time() + seconds

    def check(self) -> None:
        """Raise TooLong when the time is up."""
        if time.thread_time() > self._until:
            raise TooLong

    def read(self, size: int | None = -1, /) -> bytes:
        self.check()
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self.check()
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def open_bounded(path: Path) -> BinaryIO:
    """Open a file that is one and is not too large. Raises SketchError, and OSError for one that may not be read."""
    # Before it is opened: to open a pipe is to wait for whoever writes into it.
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise SketchError("this is a folder: dfp batch takes all sketches of a folder.")
    if not stat.S_ISREG(status.st_mode):
        raise SketchError(NO_FILE)
    check_length(status.st_size)
    return path.open("rb")


def check_length(size: int) -> None:
    """Raise SketchError for a file of more bytes than are read."""
    if size > LARGEST_FILE:
        raise SketchError(f"this file is too large ({size >> 20} MiB): save the sketch as PNG and try again.")
