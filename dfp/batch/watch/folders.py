"""What lies in folders, looked at often and cheaply: names, sizes and times, no file is opened."""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dfp.pictures.formats import ENDINGS

STILL = 1.0  # seconds that a file has not changed when it is taken for written to its end
OFTEN, SELDOM = 1.0, 30.0  # seconds between two looks at every file, at least and at most
SHARE = 100  # and in between this many times as long as one takes the processor
WAITED = 2  # or so many times as long as one takes, where a network drive makes it wait


class Version(NamedTuple):
    """What changes when a file is written again, in place or by a rename over it."""

    size: int
    time: int
    number: int


class Folders:
    """The files in folders that may be sketches; hidden ones and those in folders `aside`, resolved, are none.

    roots: each folder, and whether those below it are looked at, too. took: seconds of the last look at all of them.
    """

    def __init__(self, roots: dict[Path, bool], aside: Collection[Path] = ()):
        self._roots, self._aside = roots, aside
        self._folders: dict[str, int] = {}
        self._next = self.took = 0.0

    def files(self) -> dict[str, Version]:
        """All of them, by their paths. Raises OSError when one of the roots cannot be read; another one is empty."""
        began, busy = time.monotonic(), time.thread_time()
        found: dict[str, Version] = {}
        self._folders = {}
        for root, recursive in self._roots.items():
            self._look(root, recursive, found)
        now = time.monotonic()
        self.took = now - began
        pause = max(OFTEN, SHARE * (time.thread_time() - busy), WAITED * self.took)
        self._next = now + min(pause, SELDOM)
        return found

    def may_differ(self) -> bool:
        """Whether it is worth while to ask for all files: a name came or went, or that was not done for long.

        A folder's own time tells of new names at the cost of one look; of a file written in place it does not.
        """
        return time.monotonic() >= self._next or any(_time_of(name) != when for name, when in self._folders.items())

    def _look(self, root: Path, recursive: bool, found: dict[str, Version]) -> None:
        waiting = [str(root)]
        while waiting:
            here = waiting.pop()
            self._folders[here] = _time_of(here)
            try:
                entries = os.scandir(here)
            except OSError:
                if here == str(root):
                    raise
                continue
            with entries:
                for entry in entries:
                    name = entry.name
                    if name.startswith("."):
                        continue
                    if _is_folder(entry):
                        if recursive and not (self._aside and Path(entry.path).resolve() in self._aside):
                            waiting.append(entry.path)
                    elif name[name.rfind(".") :].lower() in ENDINGS and (version := _version(entry)):
                        found[entry.path] = version


def _time_of(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


def _version(entry: "os.DirEntry[str]") -> Version | None:
    try:
        status = entry.stat()
    except OSError:  # gone since, or a link to nothing
        return None
    return Version(status.st_size, status.st_mtime_ns, status.st_ino)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


@dataclass
class Stillness:
    """Which files have changed, and which of those are still since.

    moving: the files that changed last, with the time when that was seen. Times are those of one clock, ours: other
    machines' clocks, which stamp the files of a network drive, may be wrong.
    """

    files: dict[str, Version]
    moving: dict[str, float] = field(default_factory=dict)

    def update(self, files: dict[str, Version], now: float) -> bool:
        """Take in what lies there now. Returns whether a file that had changed has come to rest, or is gone."""
        for path, version in files.items():
            if self.files.get(path) != version:
                self.moving[path] = now
        self.files = files
        rested = [path for path, since in self.moving.items() if now - since >= STILL or path not in files]
        for path in rested:
            del self.moving[path]
        return bool(rested)
