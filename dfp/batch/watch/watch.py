"""`dfp batch --watch`: a folder that grows, whose new and changed sketches get their face as soon as they are whole."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from dfp.batch.estimate import Estimate
from dfp.batch.jobs import Job, is_marked
from dfp.batch.listener import Done, Listener, State
from dfp.batch.run import Batch, Tally
from dfp.batch.watch.folders import Folders, Stillness, Version
from dfp.errors import DfpError

WAITING, MOVING = 1.0, 0.5  # seconds between two looks at folders, and while a file changes
BUSY = 10  # and then at least so many times as long as a look takes
PATIENCE = 10.0  # seconds that a sketch that cannot be used is still before one says so: who writes it may pause


class Seen(NamedTuple):
    """What a face depends on: its name, its sketch and its colour layer."""

    base: str
    sketch: Version | None
    layer: Version | None


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

    def __init__(self, batch: Batch, pause: Callable[[float], bool]):
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
        self._told: dict[str, Done] = {}
        self._suspects: dict[str, Suspect] = {}
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

    def became(self, done: Done) -> None:
        """As `Listener` says."""
        name, seen = done.name, self._seen.get(done.name)
        if seen is not None:
            self._handled[name] = seen
        before = self._suspects.pop(name, None)
        if done.state is State.FAILED and seen is not None and (before is None or before.seen != seen):
            self._suspects[name] = Suspect(done, seen, time.monotonic())
        else:
            self._tell(done)

    def _tell(self, done: Done) -> None:
        before = self._told.get(done.name)
        # A file that was touched and is the same, and a folder that still cannot be read, are no news.
        known = before is not None and before.state is not State.FAILED and done.state is State.READY
        if (not known and before != done) or done.state is State.MADE:
            self._told[done.name] = done
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
        for gone in self._suspects.keys() - {job.name for job in jobs}:
            del self._suspects[gone]
        due = [job for job in jobs if self._is_due(job)]
        if due:
            self._batch.make(due)

    def _is_due(self, job: Job) -> bool:
        paths = [_path(self._batch.source, job.name)]
        if layer := self._batch.context.layers.get(job.name):
            paths.append(str(layer))
        versions = [self._still.files.get(path) for path in paths]
        seen = self._seen[job.name] = Seen(job.base, versions[0], versions[1] if layer else None)
        if any(path in self._still.moving for path in paths):
            return False
        return self._handled.get(job.name) != seen or self._is_overdue(job.name)

    def _is_overdue(self, name: str) -> bool:
        """Whether a sketch that could not be used has been still for so long that one more try tells."""
        suspect = self._suspects.get(name)
        still = _path(self._batch.source, name) not in self._still.moving
        return suspect is not None and still and time.monotonic() - suspect.since >= PATIENCE

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
