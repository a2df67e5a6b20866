"""A report while a run goes on: what became of each sketch, and the pages that show it."""

import os
import re
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from dfp.batch.listener import Done, State
from dfp.batch.report.page import ENDINGS, PER_PAGE, Card, Listed, Summary, is_report, link, page_file, render
from dfp.batch.report.thumbnails import Kept, Spool, thumbnail
from dfp.errors import DfpError
from dfp.files import stage, unwritten, write_whole

EVERY = 10.0  # seconds between two renewals at least
SHARE = 20  # and this many times as long as the last one took
AHEAD = 32  # small pictures that wait to be made; more would be a queue that a stop has to wait for


@dataclass(frozen=True)
class Entry:
    """A sketch with its small pictures."""

    done: Done
    sketch: Kept | None = None
    face: Kept | None = None


class Report:
    """The report of one run, or of a watch with many; from one thread.

    file: its first page. source, out: the folders of sketches and faces. page: which one of a picture of several is
    the sketch. Close it when done: it keeps small pictures in a temporary file.
    """

    def __init__(self, file: Path, source: Path, out: Path, page: int = 1, overwrite: bool = False):
        """Raises DfpError when the report could not be written, before anything else is done.

        overwrite: also over a file that is no report.
        """
        self.file, self._source, self._out, self._page = file, source, out, page
        _check(file, overwrite)
        try:
            self._spool = Spool()
        except OSError as error:
            raise DfpError(f"There is no room for the report's small pictures: {error.strerror or error}.") from error
        self._entries: dict[tuple[str, str], Entry] = {}
        self._written: dict[int, object] = {}
        self._pool = ThreadPoolExecutor(max(1, min(4, (os.cpu_count() or 1) // 4)), "thumbnails")
        self._coming: deque[tuple[Done, Future[Entry]]] = deque()
        self._next = time.monotonic() + EVERY

    def __enter__(self) -> "Report":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        self._pool.shutdown(cancel_futures=True)
        self._spool.close()

    def add(self, done: Done) -> None:
        """Tell what became of a sketch, again when it became something else. Waits where too much waits."""
        small, done = done.small, done.bare
        if small is not None:
            self._entries[done.key] = Entry(done, self._spool.keep(small.sketch), self._spool.keep(small.face))
            return
        self._entries[done.key] = Entry(done)
        if not done.layer:  # of a layer the file shows nothing
            self._coming.append((done, self._pool.submit(self._pictured, done)))
            self._collect(AHEAD)

    def remove(self, done: Done) -> None:
        """Take out what was told of a sketch that is not there any more."""
        self._entries.pop(done.key, None)

    def all_done(self) -> list[Done]:
        """What became of every sketch so far, by name."""
        return [entry.done for _, entry in sorted(self._entries.items(), key=_place)]

    def renew(self, summary: Callable[[], Summary]) -> None:
        """Write the pages that have changed, when it is time for that; what stands in the way `finish` says."""
        if time.monotonic() < self._next:
            return
        began = time.monotonic()
        self._collect(AHEAD)
        with suppress(DfpError):
            self.write(summary())
        now = time.monotonic()
        self._next = now + max(EVERY, SHARE * (now - began))

    def finish(self, summary: Summary, stopped: bool) -> None:
        """Write all pages with all small pictures; when stopped, with those that are there. Raises DfpError."""
        if stopped:
            for _, future in self._coming:
                future.cancel()
        self._collect(0)
        self.write(summary)

    def write(self, summary: Summary) -> None:
        """Write the pages that have changed, each whole, the first one last. Raises DfpError."""
        entries = [entry for _, entry in sorted(self._entries.items(), key=_place)]
        count = max(1, -(-len(entries) // PER_PAGE))
        names = [page_file(self.file, number).name for number in range(1, count + 1)]
        summary = replace(summary, **_listed(entries, names))
        for number in range(count, 0, -1):
            begin = (number - 1) * PER_PAGE
            shown = entries[begin : begin + PER_PAGE]
            state = tuple(shown), tuple(names), summary.title, summary if number == 1 else None
            if self._written.get(number) != state:
                cards = [self._card(begin + at, entry) for at, entry in enumerate(shown, 1)]
                path = page_file(self.file, number)
                try:
                    write_whole(render(summary, cards, number, names), path)
                except OSError as error:
                    raise DfpError(unwritten(path, error)) from error
                self._written[number] = state
        self._forget_after(count)

    def _pictured(self, done: Done) -> Entry:
        sketch = self._spool.keep(thumbnail(self._source / done.name, self._page))
        face = self._spool.keep(thumbnail(self._out / done.face, transparent=True)) if done.face else None
        return Entry(done, sketch, face)

    def _collect(self, most: int) -> None:
        """Take the small pictures that are made, and wait until no more than so many are not."""
        while self._coming and (len(self._coming) > most or self._coming[0][1].done()):
            done, future = self._coming.popleft()
            # What was cancelled has none; of what was told again meanwhile the later ones count.
            # A picture that cannot be made small is no reason to end a run.
            sound = not future.cancelled() and future.exception() is None
            entry = self._entries.get(done.key)
            if sound and entry is not None and entry.done is done:
                self._entries[done.key] = future.result()

    def _card(self, number: int, entry: Entry) -> Card:
        done = entry.done
        face = link(self._out / done.face, self.file) if done.face else ""
        sketch = link(self._source / done.name, self.file)
        return Card(number, done, sketch, face, self._spool.url(entry.sketch), self._spool.url(entry.face))

    def _forget_after(self, number: int) -> None:
        """Remove the further pages of an earlier report that had more."""
        while is_report(further := page_file(self.file, number + 1), self.file):
            with suppress(OSError):
                further.unlink()
            number += 1
            self._written.pop(number, None)


def _place(named: tuple[tuple[str, str], Entry]) -> tuple[str, str]:
    return named[0]


def _listed(entries: list[Entry], pages: list[str]) -> dict[str, list[Listed]]:
    all_of = [Listed(number, entry.done, pages[(number - 1) // PER_PAGE]) for number, entry in enumerate(entries, 1)]
    failed = [one for one in all_of if one.done.state is State.FAILED]
    return {"failed": failed, "doubtful": [one for one in all_of if one.done.doubtful]}


def _check(file: Path, overwrite: bool) -> None:
    if file.suffix.lower() not in ENDINGS:
        raise DfpError(f"The report is an HTML page: call it {file.name}.html.")
    if file.exists() and not is_report(file) and not (overwrite and file.is_file()):
        raise DfpError(f"{file} is there already and is no report of dfp: give the report another name.")
    for further in [] if overwrite else _further(file):
        if not is_report(further, file):
            raise DfpError(f"{further} is in the way of the report's further pages: give the report another name.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        stage(b"", file.parent.resolve()).unlink()
    except OSError as error:
        raise DfpError(unwritten(file, error)) from error


def _further(file: Path) -> list[Path]:
    """What stands where further pages would go."""
    found = re.compile(re.escape(file.stem) + "-[1-9][0-9]*" + re.escape(file.suffix))
    try:
        return [path for path in file.parent.iterdir() if found.fullmatch(path.name)]
    except OSError:
        return []
