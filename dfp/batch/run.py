"""`dfp batch`: a folder of sketches becomes a folder of faces, in as many runs as it takes."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dfp.batch.colour_layers import ColourFolder, NoLayer
from dfp.batch.context import Context
from dfp.batch.drawing import Bad, Wanted
from dfp.batch.estimate import Estimate
from dfp.batch.estimating import Known, estimate
from dfp.batch.folder_run import FolderRun
from dfp.batch.jobs import Job
from dfp.batch.listener import Done, State
from dfp.batch.manifest import Records
from dfp.batch.reading import look_at
from dfp.batch.writing import write_face
from dfp.pictures.outputs import Outputs

FILES_AT_ONCE = 2  # are read or written: on a processor the model wants the cores itself
WRITING = 16  # faces that wait for the disk are held in memory: no more than so many

Writing = deque[tuple[Job, Done, Future[Bad | None]]]


@dataclass
class Batch(FolderRun):
    """A run over pictures, each of which is one sketch."""

    def estimate(self, jobs: Sequence[Job]) -> tuple[Estimate, list[Job]]:
        """As `FolderRun` says."""
        context = self.context
        asked = self.options.to_json()
        known = Known(self.source, self.out, context.model, asked, context.layers, context.records.latest)
        return estimate(jobs, known)

    def beside(self, job: Job) -> list[Path]:
        """As `FolderRun` says."""
        layer = self.context.layers.get(job.name)
        return [layer] if layer else []

    def _check(self) -> None:
        super()._check()
        self._folder = None if self.options.colours is None else ColourFolder(self.options.colours, self.source)

    def _found(self, records: Records) -> list[Job]:
        found = self._files(records)
        self.tally.passed_over = found.passed_over
        layers = self._layers(found.jobs)
        self.tally.unpainted = 0 if self._folder is None else len(found.jobs) - len(layers)
        outputs = Outputs([*(self.source / job.name for job in found.jobs), *layers.values()], self.options.overwrite)
        self.context = Context(self.drawer.checksum, self.source, self.out, self.options, records, outputs, layers)
        return found.jobs

    def _layers(self, jobs: list[Job]) -> dict[str, Path]:
        try:
            return {} if self._folder is None else self._folder.find(jobs)
        except NoLayer:
            if not self.growing:
                raise
            return {}

    @contextmanager
    def _trial(self, jobs: list[Job]) -> Iterator[Iterator[Wanted]]:
        yield (sketch for job in jobs if isinstance(sketch := look_at(self.context, job), Wanted))

    def _make(self, jobs: list[Job]) -> int:
        self._todo, before = len(jobs), self.tally.made
        self._bar.reset(len(jobs))
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
        return self._todo - (self.tally.made - before)

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
                self._bar.update()
                self.listener.drew()
                self._tell(made)

    def _passed(self, job: Job, outcome: Bad | None) -> None:
        """Count a sketch that the model need not see; rate and time left are those of the faces being made."""
        self._todo -= 1
        self._bar.total = self._todo
        self._bar.refresh()
        if outcome is not None:
            self._fail(job.name, outcome.why)
            return
        made = self.context.records.latest(job.face)
        self._tell(Done(job.name, job.face, State.READY, made.doubt if made else ""))
