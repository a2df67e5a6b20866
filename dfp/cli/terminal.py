"""What a program says must not stop what it does, wherever its words go."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from dfp.errors import DfpError


class Steady:
    """A stream that takes every text: letters that it does not have as \\N numbers, and none once nobody takes them.

    Files may be called anything, the terminal may know few letters, and what reads the other end of a pipe may be
    gone, or the disk full that the words go to.
    """

    def __init__(self, stream: TextIO | None):
        self._stream = stream
        self._lost = stream is None

    def write(self, text: str) -> int:
        """Write what can be written."""
        if self._lost or self._stream is None:
            return len(text)
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            known = self._stream.encoding or "ascii"
            self.write(text.encode(known, "backslashreplace").decode(known))
        except (OSError, ValueError):
            self._lose()
        return len(text)

    def flush(self) -> None:
        """Send on what was written."""
        if self._lost or self._stream is None:
            return
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._lose()

    def isatty(self) -> bool:
        """Whether a person looks on."""
        return not self._lost and self._stream is not None and self._stream.isatty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _lose(self) -> None:
        self._lost = True
        # What is still held back would make the interpreter's end fail.
        with suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, cast(TextIO, self._stream).fileno())
            os.close(nowhere)


@contextmanager
def steady() -> Iterator[None]:
    """Let standard output and standard error be `Steady` for a while."""
    _close_gaps()
    before = sys.stdout, sys.stderr
    ours = Steady(sys.stdout), Steady(sys.stderr)
    sys.stdout, sys.stderr = cast(TextIO, ours[0]), cast(TextIO, ours[1])
    try:
        yield
    finally:
        for stream in ours:
            stream.flush()
        sys.stdout, sys.stderr = before


def ended(command: Callable[[], int]) -> int:
    """Run a command to its end: its exit code, or a sentence and 1 for a DfpError, 130 for Ctrl-C."""
    try:
        return command()
    except DfpError as error:
        print(f"dfp: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndfp: Stopped.", file=sys.stderr)  # a terminal shows ^C before it
        return 130


def _close_gaps() -> None:
    """Open what the program was started without: else the next file takes its number, and complaints go into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)
