"""`dfp batch --watch`: a folder that grows, whose new and changed sketches get their face as soon as they are whole."""

import os
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dfp.batch.estimate import Estimate
from dfp.batch.folder_run import FolderRun, Tally
from dfp.batch.jobs import Job, is_marked
from dfp.batch.listener import Done, Listener, State
from dfp.batch.watch.folders import Folders, Stillness, Version
from dfp.errors import DfpError

WAITING, MOVING = 1.0, 0.5  # seconds between two looks at folders, and while a file changes
BUSY = 10  # and then at least so many times as long as a look takes
PATIENCE = 10.0  # seconds that a sketch that cannot be used is still before one says so: who writes it may pause


Key = tuple[str, str]  # `Done.key`


class Seen(NamedTuple):
    """What the faces of a file depend on: their name, and the versions of what is read for them."""

    base: str
    read: tuple[tuple[str, Version | None], ...]


@dataclass(frozen=True)
class Suspect:
    """A sketch that could not be used and may not be whole yet."""

    done: Done
    seen: Seen | None
    since: float


class Watch(Listener):
    """A batch that goes on until it is stopped.

    pause: waits for so many seconds, less when it is to stop, and says whether it is to. What the batch's own listener
    is told is what counts: of a sketch that could not be used only once it is clear that this is not because somebody
    is still writing it.
    """

    def __init__(self, batch: FolderRun, pause: Callable[[float], bool]):
        self._batch, self._pause, self._listener = batch, pause, batch.listener
        batch.listener, batch.growing, batch.is_made = self, True, self._is_made
        options, out = batch.options, batch.out.resolve()
        roots = {batch.source: options.recursive}
        if options.colours is not None:
            roots[options.colours] = options.recursive
        self._folders = Folders(roots, {out, *(root.resolve() for root in roots)})
        self._marks: dict[Path, tuple[Version, bool]] = {}
        self._seen: dict[str, Seen] = {}
        self._handled: dict[str, Seen] = {}
        self._told: dict[Key, Done] = {}
        self._suspects: dict[Key, Suspect] = {}
        self._came: set[Key] = set()
        self._owed = False  # something is to be done as soon as the folder can be read again
        self._complaint = ""

    def run(self) -> Tally:
        """Make what is missing, then what comes, until it is to stop. Raises DfpError when it cannot go on."""
        batch = self._batch
        with batch.opened():
            try:
                self._still = Stillness(self._folders.files())
            except OSError as error:
                raise DfpError(f"The folder {error.filename} cannot be read: {error.strerror}.") from error
            jobs = batch.look()
            self._listener.begins(batch.estimate(jobs)[0])
            self._make(jobs)
            if not batch.stop():
                self._listener.watching()
            batch.bar = False
            while not self._pause(self._rest()):
                self._look()
                self._listener.idle()
            for suspect in self._suspects.values():
                self._tell(suspect.done)
        return self._tally()

    def begins(self, estimate: Estimate) -> None:
        """As `Listener` says."""
        self._listener.begins(estimate)

    @property
    def sees(self) -> bool:
        """As `Listener` says."""
        return self._listener.sees

    def drew(self) -> None:
        """As `Listener` says."""
        self._listener.drew()

    def became(self, done: Done) -> None:
        """As `Listener` says."""
        seen, before = self._seen.get(done.name), self._suspects.pop(done.key, None)
        self._came.add(done.key)
        if done.state is State.FAILED and seen is not None and (before is None or before.seen != seen):
            self._suspects[done.key] = Suspect(done, seen, time.monotonic())
        else:
            self._tell(done)

    def _tell(self, done: Done) -> None:
        before = self._told.get(done.key)
        # A file that was touched and is the same, and a folder that still cannot be read, are no news.
        known = before is not None and before.state is not State.FAILED and done.state is State.READY
        if (not known and before != done) or done.state is State.MADE:
            self._told[done.key] = done.bare
            self._listener.became(done)

    def _rest(self) -> float:
        return max(MOVING, BUSY * self._folders.took) if self._still.moving else WAITING

    def _look(self) -> None:
        """See what has changed, and make the faces that this is worth."""
        again = any(map(self._is_overdue, self._suspects))
        if not (again or self._owed or self._still.moving or self._folders.may_differ()):
            return
        try:
            self._owed |= self._still.update(self._folders.files(), time.monotonic()) or again
            jobs = self._batch.look() if self._owed else []
        except OSError as error:
            self._complain(f"The folder {error.filename} cannot be read: {error.strerror}. It is tried again.")
        except DfpError as error:
            self._complain(str(error))
        else:
            self._complaint = ""
            if self._owed:
                self._owed = False
                self._make(jobs)

    def _complain(self, why: str) -> None:
        if why != self._complaint:
            self._complaint = why
            self._listener.waits(why)

    def _make(self, jobs: list[Job]) -> None:
        there = {job.name for job in jobs}
        self._suspects = {key: suspect for key, suspect in self._suspects.items() if key[0] in there}
        overdue = {key[0] for key in self._suspects if self._is_overdue(key)}
        due = [job for job in jobs if self._is_due(job, overdue)]
        if not due:
            return
        self._came.clear()
        self._batch.make(due)
        if self._batch.stop():
            return
        for job in due:
            self._handled[job.name] = self._seen[job.name]
            self._forget_others(job.name)

    def _forget_others(self, name: str) -> None:
        """Drop what was told of layers that a file has no more, or of the file itself before it could be opened."""
        if (name, "") in self._came:
            return
        for key in [key for key in self._suspects if key[0] == name and key not in self._came]:
            del self._suspects[key]
        for key in [key for key in self._told if key[0] == name and key not in self._came]:
            self._listener.forgets(self._told.pop(key))

    def _is_due(self, job: Job, overdue: Collection[str]) -> bool:
        paths = [_path(self._batch.source, job.name), *map(str, self._batch.beside(job))]
        seen = Seen(job.base, tuple((path, self._still.files.get(path)) for path in paths))
        self._seen[job.name] = seen
        if any(path in self._still.moving for path in paths):
            return False
        return self._handled.get(job.name) != seen or job.name in overdue

    def _is_overdue(self, key: Key) -> bool:
        """Whether a sketch that could not be used has been still for so long that one more try tells."""
        still = _path(self._batch.source, key[0]) not in self._still.moving
        return still and time.monotonic() - self._suspects[key].since >= PATIENCE

    def _is_made(self, path: Path) -> bool:
        """As `is_marked`, but a file is opened once only as long as it stays as it is."""
        version = self._still.files.get(_path(path.parent, path.name))
        known = self._marks.get(path)
        if version is None or known is None or known[0] != version:
            known = version, is_marked(path)
            if version is not None:
                self._marks[path] = version, known[1]
        return known[1]

    def _tally(self) -> Tally:
        tally, told = self._batch.tally, self._told.values()
        tally.ready = sum(done.state is State.READY for done in told)
        tally.failed = sum(done.state is State.FAILED for done in told)
        tally.doubtful = sum(done.doubtful and done.state is State.MADE for done in told)
        tally.paged = sum(done.paged for done in told)
        return tally


def _path(folder: Path, name: str) -> str:
    """As a look at the folder names it."""
    return os.path.join(str(folder), *name.split("/"))
