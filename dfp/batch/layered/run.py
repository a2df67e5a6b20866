"""`dfp batch --layers`: each layer of a name, in each file of a folder, gets a face on a layer of its own above it."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import RLock

from dfp.batch.drawing import Bad, Pictures, Wanted
from dfp.batch.estimate import Estimate
from dfp.batch.estimating import Known
from dfp.batch.folder_run import FolderRun
from dfp.batch.jobs import Job
from dfp.batch.layered.estimating import Looked, Survey, estimate
from dfp.batch.layered.file import Ask
from dfp.batch.layered.kept import KeptFaces
from dfp.batch.layered.kra.runner import Stopped, find_runner
from dfp.batch.layered.opening import KRITA, has_layers, is_without, open_layers, suffix_of
from dfp.batch.layered.places import Target, digest, look_at_copy, look_at_itself
from dfp.batch.layered.task import Asked, FileTask
from dfp.batch.layered.telling import pictures_of, told_of
from dfp.batch.listener import Done, State
from dfp.batch.manifest import Made, Records
from dfp.errors import DfpError, SketchError
from dfp.files import unwritten
from dfp.pictures.outputs import Outputs

NO_FILES = "There is no file with layers in {}: dfp reads those of .kra and .ora files."


@dataclass
class LayeredBatch(FolderRun):
    """A run over files with layers, of which those with some names are the sketches.

    out: the folder of the copies; with `options.in_place` that of the files themselves, which then get the faces.
    """

    def estimate(self, jobs: Sequence[Job]) -> tuple[Estimate, list[Job]]:
        """As `FolderRun` says; what there was no time for when it is to stop counts as one face."""
        asked = self._asked
        latest = self._records.latest
        known = Known(self.source, self.out, asked.model, asked.written(), {}, latest, self._output)
        survey = Survey(known, asked, self._kept)
        with self._shown(leave=False):
            looked: list[Looked] = []
            for number, job in enumerate(jobs):
                self._bar.set_postfix_str(f"{number + 1}/{len(jobs)}: {job.name}")
                looked.append(Looked(job, 1, 1) if self.stop() else survey.look(job))
        return estimate(looked, self.out)

    def _check(self) -> None:
        super()._check()
        self._asked = Asked(self.drawer.checksum, self.options)
        self._lock = RLock()  # whoever draws may ask for the next drawing while a face arrives
        self._unnamed: set[str] = set()  # files without a layer that is meant
        self._unwritten: set[str] = set()  # files that could not be put in their place: their faces are kept
        self._seen: set[str] = set()  # files whose layers were told of with pictures

    def _found(self, records: Records) -> list[Job]:
        found = self._files(records)
        jobs = [job for job in found.jobs if has_layers(job.name)]
        passed = self.tally.passed_over = found.passed_over
        passed.flat += [job.name for job in found.jobs if not has_layers(job.name)]
        self._unnamed &= {job.name for job in jobs}
        passed.unnamed += self._unnamed
        if not jobs and not self.growing:
            raise DfpError(NO_FILES.format(self.source))
        self._records = records
        self._kept = KeptFaces(self.out)
        self._outputs = Outputs([self.source / job.name for job in found.jobs], self.options.overwrite)
        return self._without_krita(jobs)

    def _without_krita(self, jobs: list[Job]) -> list[Job]:
        """All files that can be opened: those of Krita's only where its program is."""
        try:
            if any(suffix_of(job.name) == KRITA for job in jobs):
                find_runner()
            return jobs
        except DfpError as error:
            for job in jobs:
                if suffix_of(job.name) == KRITA:
                    self._tell(Done(job.name, "", State.FAILED, str(error), about=""))
            return [job for job in jobs if suffix_of(job.name) != KRITA]

    @contextmanager
    def _trial(self, jobs: list[Job]) -> Iterator[Iterator[Wanted]]:
        try:
            with tempfile.TemporaryDirectory(prefix="dfp-") as folder, self._shown(leave=False):
                self._kept = KeptFaces(Path(folder))
                yield self._tried(jobs)
        except OSError as error:
            raise DfpError(unwritten(Path(tempfile.gettempdir()), error)) from error

    def _tried(self, jobs: list[Job]) -> Iterator[Wanted]:
        for job in jobs:
            with suppress(Stopped, SketchError):
                if isinstance(opened := self._open(job, 0), FileTask):
                    yield from opened.wanted()

    def _make(self, jobs: list[Job]) -> int:
        self._tasks: list[FileTask] = []
        self._given: set[str] = set()
        self._unopened = len(jobs)
        self._kept.clear(all_done=False)
        with closing(self.drawer.draw(self._wanted(jobs), self.options, self.stop)) as outcomes:
            for wanted, outcome in outcomes:
                with self._lock:
                    self._arrived(wanted.sha256, outcome)
        # How many layers a file has that was not opened nobody knows: it counts as one.
        left = max(0, self._unopened) + sum(task.left + task.drawn for task in self._tasks)
        self._kept.clear(all_done=not left and not self._unwritten)
        return left

    def _wanted(self, jobs: list[Job]) -> Iterator[Wanted]:
        """The drawings of all files that need a face, one file after the other."""
        for number, job in enumerate(jobs):
            if self.stop():
                return
            self._bar.set_postfix_str(f"{number + 1}/{len(jobs)}: {job.name}")
            try:
                yield from self._drawings(job, number)
            except Stopped:
                return
            except SketchError as error:
                self._fail(job.name, str(error))
            self._unopened -= 1

    def _drawings(self, job: Job, number: int) -> Iterator[Wanted]:
        with self._lock:
            task = self._open(job, number)
            if not isinstance(task, FileTask):
                for done in task:
                    self._tell(done)
                return
            self._tasks.append(task)
            self._bar.total += task.left
            self._finish()
        for wanted in task.wanted():
            if wanted.sha256 not in self._given:
                self._given.add(wanted.sha256)
                yield wanted

    def _open(self, job: Job, number: int) -> FileTask | list[Done]:
        """A file with what is to be drawn for it, or what there is to tell of it. Raises SketchError, DfpError."""
        work = self._kept.work(number)
        made = self._records.latest(self._output(job))
        try:
            target, there = self._look(job, made, work)
        except OSError as error:
            raise SketchError(f"this file cannot be read: {error.strerror or error}.") from error
        known, progress = self._asked.records(made), partial(self._say, job.name)
        same = made is not None and made.input == job.name and self._asked.is_same(made)
        ask = Ask(self._asked.patterns, known, same, target.earlier, work, self.listener.sees, self.stop, progress)
        if made is not None and same and there and made.options == self._asked.written():
            return self._known(job, target, ask)
        if target.outputs is not None:
            target.outputs.check(target.place, target.standing)
        self._unnamed.discard(job.name)
        if is_without(target.source, self._asked.patterns):
            return self._without(job)
        task = FileTask.open(job, self._asked, target, self._kept, ask)
        return task if task.file.sketches else self._without(job)

    def _without(self, job: Job) -> list[Done]:
        self._unnamed.add(job.name)
        self.tally.passed_over.unnamed = sorted(self._unnamed)
        return []

    def _say(self, name: str, done: int, of: int) -> None:
        """What Krita is busy with: the bar stands still meanwhile."""
        self._bar.set_postfix_str(f"{name}: Krita, layer {done + 1} of {of}")

    def _output(self, job: Job) -> str:
        """What the file with faces is called, for the manifest."""
        return job.name if self._asked.in_place else job.layered

    def _look(self, job: Job, made: Made | None, work: Path) -> tuple[Target, bool]:
        """Where a file with faces goes, and whether it is there, made of what the file is now."""
        path = self.source / job.name
        sha256 = digest(path)
        if self._asked.in_place:
            return look_at_itself(path, sha256, job.name, work), made is not None and made.output_sha256 == sha256
        target, there = look_at_copy(path, sha256, self.out, job.layered, self._outputs, made, work)
        return target, there and made is not None and made.input_sha256 == sha256

    def _known(self, job: Job, target: Target, ask: Ask) -> list[Done]:
        """What is told of a file that is up to date; only who wants to see it makes it be opened, once."""
        pictures = {}
        if ask.shown and job.name not in self._seen:
            self._seen.add(job.name)
            with suppress(SketchError):
                ask = replace(ask, earlier=None)
                pictures = pictures_of(open_layers(target.place.path, ask), ask)
        return told_of(job.name, target.output, ((record, State.READY) for record in ask.known.values()), pictures)

    def _arrived(self, key: str, outcome: Pictures | Bad) -> None:
        for task in self._tasks:
            before = task.left
            task.arrived(key, outcome)
            for _ in range(before - task.left):
                self._bar.update()
                if not isinstance(outcome, Bad):
                    self.listener.drew()
        self._finish()

    def _finish(self) -> None:
        """Write the files whose faces are all there."""
        for task in [task for task in self._tasks if not task.left]:
            if self.stop():
                return
            told = task.told(self.listener.sees)
            self._unwritten.discard(task.job.name)
            try:
                task.finish(self._manifest_line)
            except Stopped:
                return
            except SketchError as error:
                told = task.unwritten(told, str(error))
                self._unwritten.add(task.job.name)
            self._seen.add(task.job.name)
            self._tasks.remove(task)
            for done in told:
                self._tell(done)
            if task.job.name not in self._unwritten:
                self._forget(task)

    def _forget(self, task: FileTask) -> None:
        """Drop the faces that were kept for a file which has them now."""
        for key in task.faces() - {key for other in self._tasks for key in other.faces()}:
            self._kept.forget(key)
            self._given.discard(key)

    def _manifest_line(self, made: Made) -> None:
        try:
            self._manifest.add(made)
        except OSError as error:
            raise DfpError(unwritten(self._manifest.path, error)) from error
