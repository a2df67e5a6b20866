"""`dfp batch`: a folder of sketches becomes a folder of faces, in as many runs as it takes."""

import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from dfp.batch.colour_layers import ColourFolder
from dfp.batch.context import Context
from dfp.batch.drawing import Bad, Drawer, Pictures, Wanted
from dfp.batch.jobs import Job, PassedOver, check_source, find
from dfp.batch.manifest import Manifest
from dfp.batch.options import BatchOptions
from dfp.batch.reading import look_at
from dfp.batch.writing import clear_parts, write_face
from dfp.errors import DfpError
from dfp.files import unwritten
from dfp.pictures.outputs import Outputs

FILES_AT_ONCE = 2  # are read or written: on a processor the model wants the cores itself
WRITING = 16  # faces that wait for the disk are held in memory: no more than so many


@dataclass
class Tally:
    """How many sketches became faces, had theirs already, could not be used, and are left because of a stop.

    paged: of those that became faces, how many have several pages of which the first was taken. unpainted: of all, how
    many have no colour layer, where there is a folder of these. doubtful: of those that became faces, how many hardly
    show one.
    """

    made: int = 0
    ready: int = 0
    failed: int = 0
    left: int = 0
    paged: int = 0
    unpainted: int = 0
    doubtful: int = 0
    passed_over: PassedOver = field(default_factory=PassedOver)


@dataclass
class Batch:
    """One run over a folder of sketches.

    `stop` is asked between two steps; once it says True what is drawn is still written, and the run ends.
    """

    drawer: Drawer
    source: Path
    out: Path
    options: BatchOptions = field(default_factory=BatchOptions)
    stop: Callable[[], bool] = lambda: False

    def run(self) -> Tally:
        """Make every face that is missing. Raises DfpError when the run cannot begin or go on."""
        self.tally = Tally()
        self._todo = 0
        check_source(self.source)
        layers = None if self.options.colours is None else ColourFolder(self.options.colours, self.source)
        self.drawer.check(self.options)
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {self.out} cannot be made: {error.strerror}.") from error
        manifest = Manifest(self.out)
        try:
            jobs = self._begun(manifest, layers)
            self._todo = len(jobs)
            # Without a terminal a bar would only fill a log.
            with tqdm(total=len(jobs), unit="face", disable=None, dynamic_ncols=True) as self._bar:
                self._make(jobs)
            self.tally.left = self._todo - self.tally.made
            tidy(manifest)
        finally:
            manifest.close()
        return self.tally

    def _begun(self, manifest: Manifest, folder: ColourFolder | None) -> list[Job]:
        """What there is to do, once nothing is left of a killed run."""
        asked = self.options
        found = find(self.source, self.out, asked.recursive, manifest.files(), self._unreadable, asked.colours)
        self.tally.passed_over = found.passed_over
        layers = {} if folder is None else folder.find(found.jobs)
        self.tally.unpainted = 0 if folder is None else len(found.jobs) - len(layers)
        clear_parts(self.out, found.jobs)
        outputs = Outputs([*(self.source / job.name for job in found.jobs), *layers.values()], asked.overwrite)
        self._context = Context(self.drawer.checksum, self.source, self.out, asked, manifest, outputs, layers)
        return found.jobs

    def _make(self, jobs: list[Job]) -> None:
        pool = ThreadPoolExecutor(FILES_AT_ONCE)
        writing: deque[Future[Bad | None]] = deque()
        try:
            with closing(self.drawer.draw(self._wanted(pool, jobs), self.options, self.stop)) as outcomes:
                for wanted, outcome in outcomes:
                    if isinstance(outcome, Bad):
                        self._passed(outcome)
                    else:
                        self._note(wanted, outcome)
                        writing.append(pool.submit(write_face, self._context, wanted, outcome))
                    self._await(writing, WRITING)
            self._await(writing, 0)
        finally:
            pool.shutdown(cancel_futures=True)

    def _wanted(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[Wanted]:
        """Sketches that need a face, in order, while the next ones are being read."""
        coming = iter(jobs)
        reading: deque[Future[Wanted | Bad | None]] = deque()
        while not self.stop():
            while len(reading) < FILES_AT_ONCE and (job := next(coming, None)) is not None:
                reading.append(pool.submit(look_at, self._context, job))
            if not reading:
                return
            found = reading.popleft().result()
            if isinstance(found, Wanted):
                yield found
            else:
                self._passed(found)
        for future in reading:  # or what is drawn would be written after all of these
            future.cancel()

    def _await(self, writing: "deque[Future[Bad | None]]", most: int) -> None:
        while writing and (len(writing) > most or writing[0].done()):
            if bad := writing.popleft().result():
                self._passed(bad)
            else:
                self.tally.made += 1
                self._bar.update()

    def _passed(self, outcome: Bad | None) -> None:
        """Count a sketch that the model need not see; rate and time left are those of the faces being made."""
        if outcome is None:
            self.tally.ready += 1
        else:
            self._fail(outcome.job.name, outcome.why)
        self._todo -= 1
        self._bar.total = self._todo
        self._bar.refresh()

    def _note(self, wanted: Wanted, pictures: Pictures) -> None:
        self.tally.paged += pictures.paged
        if pictures.doubt:
            self.tally.doubtful += 1
            tqdm.write(f"dfp: {self.source / wanted.job.name}: {pictures.doubt}", file=sys.stderr)

    def _fail(self, name: str, why: str) -> None:
        self.tally.failed += 1
        tqdm.write(f"dfp: {self.source / name}: {why}", file=sys.stderr)

    def _unreadable(self, name: str, error: OSError) -> None:
        self._fail(name, f"this folder cannot be read: {error.strerror}.")


def tidy(manifest: Manifest) -> None:
    """Leave one line for every face, once all are in their place. Raises DfpError."""
    try:
        manifest.tidy()
    except OSError as error:
        raise DfpError(unwritten(manifest.path, error)) from error
