"""What all runs over a folder are: how they begin, tell, are watched, estimated and ended, whatever their sketches."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from dfp.batch.drawing import Drawer, Stop, Wanted
from dfp.batch.estimate import Estimate
from dfp.batch.estimating import measure
from dfp.batch.jobs import Found, Job, NoSketch, PassedOver, check_source, find, is_marked
from dfp.batch.listener import Done, Listener, State
from dfp.batch.manifest import Manifest, Records
from dfp.batch.options import BatchOptions
from dfp.batch.writing import clear_parts
from dfp.errors import DfpError
from dfp.files import unwritten


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
class FolderRun(ABC):
    """One run over a folder, or several while it is open. A job is a file; a sketch is that, or a layer in it.

    out: the folder of faces. stop: asked between two steps; once it says True what is drawn is still written, and the
    run ends. listener: told of what happens. is_made: whether a file is a face that was made here. growing: files and
    colour layers may be still to come. bar: whether a bar is shown where there is a terminal.
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
            _tidy(self._manifest)
        finally:
            self._manifest.close()

    def look(self) -> list[Job]:
        """The files that are there now, once nothing is left of a killed run. Raises DfpError when there is none."""
        jobs = self._found(self._manifest)
        if not self._cleared:  # later on there may be parts that somebody is writing
            clear_parts(self.out, jobs)
            self._cleared = True
        return jobs

    def make(self, jobs: list[Job]) -> None:
        """Make the faces of some of the files that `look` gave. Raises DfpError."""
        with self._shown():
            self.tally.left = self._make(jobs)

    def measured(self) -> Estimate:
        """What `run` would take, without writing anything. Raises DfpError where that would."""
        self._check()
        found, todo = self.estimate(self._found(Records(self.out)))
        with self._trial(todo) as wanted:
            drawn = measure(self.drawer, wanted, self.options, self.stop)
        if not drawn.rate:
            return found
        need = found.copied + round(found.todo * found.times * drawn.bytes)
        return replace(found, seconds=found.todo / drawn.rate, need=need)

    @abstractmethod
    def estimate(self, jobs: Sequence[Job]) -> tuple[Estimate, list[Job]]:
        """What `make` will take, but for its time, and the files that seem to need a face."""

    def beside(self, job: Job) -> list[Path]:
        """What else than the file itself its faces are made of."""
        return []

    @abstractmethod
    def _found(self, records: Records) -> list[Job]:
        """The files that are there now, and what `records` of their faces are to go by. Raises DfpError."""

    @abstractmethod
    def _trial(self, jobs: list[Job]) -> AbstractContextManager[Iterator[Wanted]]:
        """Sketches that need a face, for a measure; nothing is written but what is gone in the end."""

    @abstractmethod
    def _make(self, jobs: list[Job]) -> int:
        """As `make`; returns how many sketches are left because of a stop."""

    def _check(self) -> None:
        self.tally = Tally()
        check_source(self.source)
        self.drawer.check(self.options)

    def _files(self, records: Records) -> Found:
        recursive, colours = self.options.recursive, self.options.colours
        try:
            return find(self.source, self.out, recursive, records.files(), self._unreadable, colours, self.is_made)
        except NoSketch:
            if not self.growing:
                raise
            return Found([], PassedOver())

    @contextmanager
    def _shown(self, leave: bool = True) -> Iterator[None]:
        # Without a terminal a bar would only fill a log.
        hidden = None if self.bar else True
        with tqdm(total=0, unit="face", disable=hidden, dynamic_ncols=True, leave=leave) as self._bar:
            yield

    def _tell(self, done: Done) -> None:
        """Count what became of a sketch, and tell it."""
        tally = self.tally
        if done.state is State.MADE:
            tally.made += 1
            tally.paged += done.paged
            tally.doubtful += done.doubtful
        elif done.state is State.READY:
            tally.ready += 1
        else:
            tally.failed += 1
        self.listener.became(done)

    def _fail(self, name: str, why: str) -> None:
        self._tell(Done(name, "", State.FAILED, why))

    def _unreadable(self, name: str, error: OSError) -> None:
        self._fail(name, f"this folder cannot be read: {error.strerror}.")


def _tidy(manifest: Manifest) -> None:
    """Leave one line for every face, once all are in their place. Raises DfpError."""
    try:
        manifest.tidy()
    except OSError as error:
        raise DfpError(unwritten(manifest.path, error)) from error
