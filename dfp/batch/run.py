"""`dfp batch`: a folder of sketches becomes a folder of faces, in as many runs as it takes."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from dfp.batch.colour_layers import ColourFolder, NoLayer
from dfp.batch.context import Context
from dfp.batch.drawing import Bad, Drawer, Stop, Wanted
from dfp.batch.estimate import Estimate
from dfp.batch.estimating import Known, estimate, measure
from dfp.batch.jobs import Found, Job, NoSketch, PassedOver, check_source, find, is_marked
from dfp.batch.listener import Done, Listener, State
from dfp.batch.manifest import Manifest, Records
from dfp.batch.options import BatchOptions
from dfp.batch.reading import look_at
from dfp.batch.writing import clear_parts, write_face
from dfp.errors import DfpError
from dfp.files import unwritten
from dfp.pictures.outputs import Outputs

FILES_AT_ONCE = 2  # are read or written: on a processor the model wants the cores itself
WRITING = 16  # faces that wait for the disk are held in memory: no more than so many

Writing = deque[tuple[Job, Done, Future[Bad | None]]]


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
    """One run over a folder of sketches, or several while it is open.

    stop: asked between two steps; once it says True what is drawn is still written, and the run ends. listener: told
    of what happens. is_made: whether a file is a face that was made here. growing: sketches and layers may be still to
    come. bar: whether a bar is shown where there is a terminal.
    """

    drawer: Drawer
    source: Path
    out: Path
    options: BatchOptions = field(default_factory=BatchOptions)
    stop: Stop = lambda: False
    listener: Listener = field(default_factory=Listener)
    is_made: Callable[[Path], bool] = is_marked
    growing: bool = False
    bar: bool = True

    def run(self) -> Tally:
        """Make every face that is missing. Raises DfpError when the run cannot begin or go on."""
        with self.opened():
            jobs = self.look()
            self.listener.begins(self.estimate(jobs)[0])
            self.make(jobs)
        return self.tally

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Keep the folder of faces to this run, and its manifest tidy at the end. Raises DfpError."""
        self._check()
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {self.out} cannot be made: {error.strerror}.") from error
        self._manifest, self._cleared = Manifest(self.out), False
        try:
            yield
            tidy(self._manifest)
        finally:
            self._manifest.close()

    def look(self) -> list[Job]:
        """The sketches that are there now, once nothing is left of a killed run. Raises DfpError when there is none."""
        jobs = self._found(self._manifest)
        if not self._cleared:  # later on there may be parts that somebody is writing
            clear_parts(self.out, jobs)
            self._cleared = True
        return jobs

    def estimate(self, jobs: list[Job]) -> tuple[Estimate, list[Job]]:
        """What `make` will take, but for its time, and the sketches that seem to need a face."""
        context = self.context
        asked = self.options.to_json()
        known = Known(self.source, self.out, context.model, asked, context.layers, context.records.latest)
        return estimate(jobs, known)

    def make(self, jobs: list[Job]) -> None:
        """Make the faces of some of the sketches that `look` gave."""
        self._todo, before = len(jobs), self.tally.made
        # Without a terminal a bar would only fill a log.
        hidden = None if self.bar else True
        with tqdm(total=len(jobs), unit="face", disable=hidden, dynamic_ncols=True) as self._bar:
            self._make(jobs)
        self.tally.left = self._todo - (self.tally.made - before)

    def measured(self) -> Estimate:
        """What `run` would take, without writing anything. Raises DfpError where that would."""
        self._check()
        jobs = self._found(Records(self.out))
        found, todo = self.estimate(jobs)
        wanted = (sketch for job in todo if isinstance(sketch := look_at(self.context, job), Wanted))
        drawn = measure(self.drawer, wanted, self.options, self.stop)
        if not drawn.rate:
            return found
        return replace(found, seconds=found.todo / drawn.rate, need=round(found.todo * drawn.bytes))

    def _check(self) -> None:
        self.tally = Tally()
        check_source(self.source)
        self._folder = None if self.options.colours is None else ColourFolder(self.options.colours, self.source)
        self.drawer.check(self.options)

    def _found(self, records: Records) -> list[Job]:
        found = self._sketches(records)
        self.tally.passed_over = found.passed_over
        layers = self._layers(found.jobs)
        self.tally.unpainted = 0 if self._folder is None else len(found.jobs) - len(layers)
        outputs = Outputs([*(self.source / job.name for job in found.jobs), *layers.values()], self.options.overwrite)
        self.context = Context(self.drawer.checksum, self.source, self.out, self.options, records, outputs, layers)
        return found.jobs

    def _sketches(self, records: Records) -> Found:
        recursive, colours = self.options.recursive, self.options.colours
        try:
            return find(self.source, self.out, recursive, records.files(), self._unreadable, colours, self.is_made)
        except NoSketch:
            if not self.growing:
                raise
            return Found([], PassedOver())

    def _layers(self, jobs: list[Job]) -> dict[str, Path]:
        try:
            return {} if self._folder is None else self._folder.find(jobs)
        except NoLayer:
            if not self.growing:
                raise
            return {}

    def _make(self, jobs: list[Job]) -> None:
        pool = ThreadPoolExecutor(FILES_AT_ONCE)
        writing: Writing = deque()
        try:
            with closing(self.drawer.draw(self._wanted(pool, jobs), self.options, self.stop)) as outcomes:
                for wanted, outcome in outcomes:
                    if isinstance(outcome, Bad):
                        self._passed(wanted.job, outcome)
                    else:
                        made = Done(wanted.job.name, wanted.job.face, State.MADE, outcome.doubt, outcome.paged)
                        future = pool.submit(write_face, self.context, self._manifest, wanted, outcome)
                        writing.append((wanted.job, made, future))
                    self._await(writing, WRITING)
            self._await(writing, 0)
        finally:
            pool.shutdown(cancel_futures=True)

    def _wanted(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[Wanted]:
        """Sketches that need a face, in order, while the next ones are being read."""
        coming = iter(jobs)
        reading: deque[tuple[Job, Future[Wanted | Bad | None]]] = deque()
        while not self.stop():
            while len(reading) < FILES_AT_ONCE and (job := next(coming, None)) is not None:
                reading.append((job, pool.submit(look_at, self.context, job)))
            if not reading:
                return
            job, future = reading.popleft()
            found = future.result()
            if isinstance(found, Wanted):
                yield found
            else:
                self._passed(job, found)
        for _, future in reading:  # or what is drawn would be written after all of these
            future.cancel()

    def _await(self, writing: Writing, most: int) -> None:
        while writing and (len(writing) > most or writing[0][2].done()):
            job, made, future = writing.popleft()
            if bad := future.result():
                self._passed(job, bad)
            else:
                self.tally.made += 1
                self.tally.paged += made.paged
                self.tally.doubtful += made.doubtful
                self._bar.update()
                self.listener.became(made)

    def _passed(self, job: Job, outcome: Bad | None) -> None:
        """Count a sketch that the model need not see; rate and time left are those of the faces being made."""
        self._todo -= 1
        self._bar.total = self._todo
        self._bar.refresh()
        if outcome is not None:
            self._fail(job.name, outcome.why)
            return
        self.tally.ready += 1
        made = self.context.records.latest(job.face)
        self.listener.became(Done(job.name, job.face, State.READY, made.doubt if made else ""))

    def _fail(self, name: str, why: str) -> None:
        self.tally.failed += 1
        self.listener.became(Done(name, "", State.FAILED, why))

    def _unreadable(self, name: str, error: OSError) -> None:
        self._fail(name, f"this folder cannot be read: {error.strerror}.")


def tidy(manifest: Manifest) -> None:
    """Leave one line for every face, once all are in their place. Raises DfpError."""
    try:
        manifest.tidy()
    except OSError as error:
        raise DfpError(unwritten(manifest.path, error)) from error
