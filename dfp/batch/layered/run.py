"""`dfp batch --layers`: each layer of a name, in each file of a folder, gets a face on a layer of its own above it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import RLock

from tqdm import tqdm

from dfp.batch.drawing import Bad, Drawer, Pictures, Wanted
from dfp.batch.jobs import Job, check_source, find
from dfp.batch.layered.file import Ask
from dfp.batch.layered.kept import KeptFaces
from dfp.batch.layered.kra.runner import Stopped, find_runner
from dfp.batch.layered.opening import KRITA, has_layers, is_without, suffix_of
from dfp.batch.layered.places import Target, digest, look_at_copy, look_at_itself
from dfp.batch.layered.task import Asked, FileTask
from dfp.batch.manifest import Made, Manifest
from dfp.batch.options import BatchOptions
from dfp.batch.run import Tally, tidy
from dfp.batch.writing import clear_parts
from dfp.errors import DfpError, SketchError
from dfp.files import unwritten
from dfp.pictures.outputs import Outputs

NO_FILES = "There is no file with layers in {}: dfp reads those of .kra and .ora files."


@dataclass
class LayeredBatch:
    """One run over a folder of files with layers, as `dfp.batch.run.Batch` is one over pictures.

    out: the folder of the copies; with `options.in_place` that of the files themselves, which then get the faces.
    """

    drawer: Drawer
    source: Path
    out: Path
    options: BatchOptions = field(default_factory=BatchOptions)
    stop: Callable[[], bool] = lambda: False

    def run(self) -> Tally:
        """Make every face that is missing. Raises DfpError when the run cannot begin or go on."""
        self.tally = Tally()
        self._tasks: list[FileTask] = []
        self._given: set[str] = set()
        self._unwritten = False  # a file with faces could not be put in its place: they are kept
        self._lock = RLock()  # whoever draws may ask for the next drawing while a face arrives
        check_source(self.source)
        self.drawer.check(self.options)
        self._asked = Asked(self.drawer.checksum, self.options)
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {self.out} cannot be made: {error.strerror}.") from error
        self._manifest = Manifest(self.out)
        try:
            jobs = self._begun()
            with tqdm(total=0, unit="face", disable=None, dynamic_ncols=True) as self._bar:
                self._make(jobs)
            self._kept.clear(all_done=not self.tally.left and not self._unwritten)
            tidy(self._manifest)
        finally:
            self._manifest.close()
        return self.tally

    def _begun(self) -> list[Job]:
        """What there is to do, once nothing is left of a killed run but its faces."""
        found = find(self.source, self.out, self.options.recursive, self._manifest.files(), self._unreadable)
        jobs = [job for job in found.jobs if has_layers(job.name)]
        self.tally.passed_over = found.passed_over
        found.passed_over.flat += [job.name for job in found.jobs if not has_layers(job.name)]
        if not jobs:
            raise DfpError(NO_FILES.format(self.source))
        clear_parts(self.out, jobs)
        self._kept = KeptFaces(self.out)
        self._kept.clear(all_done=False)
        self._outputs = Outputs([self.source / job.name for job in found.jobs], self.options.overwrite)
        self._unopened = len(jobs)
        return self._without_krita(jobs)

    def _without_krita(self, jobs: list[Job]) -> list[Job]:
        """All files that can be opened: those of Krita's only where its program is."""
        try:
            if any(suffix_of(job.name) == KRITA for job in jobs):
                find_runner()
            return jobs
        except DfpError as error:
            tqdm.write(f"dfp: {error}", file=sys.stderr)
            left = [job for job in jobs if suffix_of(job.name) != KRITA]
            self.tally.failed += len(jobs) - len(left)
            self._unopened = len(left)
            return left

    def _make(self, jobs: list[Job]) -> None:
        with closing(self.drawer.draw(self._wanted(jobs), self.options, self.stop)) as outcomes:
            for wanted, outcome in outcomes:
                with self._lock:
                    self._arrived(wanted.sha256, outcome)
        # How many layers a file has that was not opened nobody knows: it counts as one.
        self.tally.left = max(0, self._unopened) + sum(task.left + task.drawn for task in self._tasks)

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
            if task is None:
                return
            self._tasks.append(task)
            self._bar.total += task.left
            self._finish()
        for wanted in task.wanted():
            if wanted.sha256 not in self._given:
                self._given.add(wanted.sha256)
                yield wanted

    def _open(self, job: Job, number: int) -> FileTask | None:
        """A file with what is to be drawn for it; None when there is nothing to do. Raises SketchError, DfpError."""
        work = self._kept.work(number)
        output = job.name if self._asked.in_place else job.layered
        made = self._manifest.latest(output)
        try:
            target, there = self._look(job, made, work)
        except OSError as error:
            raise SketchError(f"this file cannot be read: {error.strerror or error}.") from error
        same = made is not None and made.input == job.name and self._asked.is_same(made)
        if made is not None and same and there and made.options == self._asked.written():
            self._ready(job, made)
            return None
        if target.outputs is not None:
            target.outputs.check(target.place, target.standing)
        if is_without(target.source, self._asked.patterns):
            self.tally.passed_over.unnamed.append(job.name)
            return None
        known = self._asked.records(made)
        progress = partial(self._say, job.name)
        ask = Ask(self._asked.patterns, known, same, target.earlier, work, self.stop, progress)
        task = FileTask.open(job, self._asked, target, self._kept, ask)
        if not task.file.sketches:
            self.tally.passed_over.unnamed.append(job.name)
            return None
        return task

    def _say(self, name: str, done: int, of: int) -> None:
        """What Krita is busy with: the bar stands still meanwhile."""
        self._bar.set_postfix_str(f"{name}: Krita, layer {done + 1} of {of}")

    def _look(self, job: Job, made: Made | None, work: Path) -> tuple[Target, bool]:
        """Where a file with faces goes, and whether it is there, made of what the file is now."""
        path = self.source / job.name
        sha256 = digest(path)
        if self._asked.in_place:
            return look_at_itself(path, sha256, job.name, work), made is not None and made.output_sha256 == sha256
        target, there = look_at_copy(path, sha256, self.out, job.layered, self._outputs, made, work)
        return target, there and made is not None and made.input_sha256 == sha256

    def _ready(self, job: Job, made: Made) -> None:
        """Count a file that is up to date; what could not be used is still said."""
        for record in self._asked.records(made).values():
            if record.why:
                self._fail(f"{job.name}, {record.layer}", record.why)
            else:
                self.tally.ready += 1

    def _arrived(self, key: str, outcome: Pictures | Bad) -> None:
        for task in self._tasks:
            before = task.left
            task.arrived(key, outcome)
            self._bar.update(before - task.left)
        self._finish()

    def _finish(self) -> None:
        """Write the files whose faces are all there."""
        for task in [task for task in self._tasks if not task.left]:
            if self.stop():
                return
            try:
                task.finish(self._manifest_line)
            except Stopped:
                return
            except SketchError as error:
                self._fail(task.job.name, str(error))
                self.tally.failed += task.drawn - 1 if task.drawn else 0
                self._tasks.remove(task)
                self._unwritten = True
                continue
            self._count(task)
            self._tasks.remove(task)
            for key in task.faces() - {key for other in self._tasks for key in other.faces()}:
                self._kept.forget(key)
                self._given.discard(key)

    def _manifest_line(self, made: Made) -> None:
        try:
            self._manifest.add(made)
        except OSError as error:
            raise DfpError(unwritten(self._manifest.path, error)) from error

    def _count(self, task: FileTask) -> None:
        self.tally.made += task.drawn
        self.tally.ready += task.ready
        self.tally.doubtful += len(task.doubts)
        for layer, why in task.failed.items():
            self._fail(f"{task.job.name}, {layer}", why)
        for layer, doubt in task.doubts.items():
            tqdm.write(f"dfp: {self.source / task.job.name}, {layer}: {doubt}", file=sys.stderr)

    def _fail(self, name: str, why: str) -> None:
        self.tally.failed += 1
        tqdm.write(f"dfp: {self.source / name}: {why}", file=sys.stderr)

    def _unreadable(self, name: str, error: OSError) -> None:
        self._fail(name, f"this folder cannot be read: {error.strerror}.")
