"""A file that one program holds, until that program ends, however it ends. Plain Python: no Qt, no Krita.

Process numbers would not do: in a sandbox every Krita has the same one.
"""

import contextlib
import sys
from pathlib import Path
from typing import Any, Optional

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class HeldFile:
    """The file itself says nothing, and stays when it is let go."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._opened: Optional[Any] = None

    def take(self) -> bool:
        """Hold it from now on; returns whether it could be made and no other program holds it."""
        if self._opened is not None:
            return True
        try:
            opened = open(self._file, "ab")  # noqa: SIM115 (it is held while it is open)
        except OSError:
            return False
        try:
            _lock(opened)
        except OSError:
            opened.close()
            return False
        self._opened = opened
        return True

    def let_go(self) -> None:
        """Let others hold it."""
        opened, self._opened = self._opened, None
        if opened is not None:
            with contextlib.suppress(OSError):
                opened.close()


def _lock(opened: Any) -> None:
    if sys.platform == "win32":
        opened.seek(0)
        msvcrt.locking(opened.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
