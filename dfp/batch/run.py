"""`dfp batch`: a folder of sketches becomes a folder of faces, in as many runs as it takes."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

from dfp.batch.colour_layers import ColourFolder
from dfp.batch.context import Bad, Context, Ready
from dfp.batch.drawn import Drawn
from dfp.batch.jobs import Job, PassedOver, check_source, find
from dfp.batch.manifest import Manifest
from dfp.batch.options import BatchOptions
from dfp.batch.reading import prepare_job
from dfp.batch.writing import clear_parts, write_face
from dfp.errors import DfpError
from dfp.files import unwritten
from dfp.generator import Face, FaceGenerator
from dfp.pictures.outputs import Outputs
from dfp.runtime.base import Device, is_out_of_memory

# Faces that go through the model together. On a processor more of them are no faster and only fill the memory.
TOGETHER = {"cpu": 4, "cuda": 64}
NOTHING = np.zeros((0, 1, 1), np.uint8)


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

    generator: FaceGenerator
    source: Path
    out: Path
    options: BatchOptions = field(default_factory=BatchOptions)
    stop: Callable[[], bool] = lambda: False

    def run(self) -> Tally:
        """Make every face that is missing. Raises DfpError when the run cannot begin or go on."""
        self.tally = Tally()
        self._todo = 0
        self._together = TOGETHER[self.generator.device.type]
        check_source(self.source)
        layers = None if self.options.colours is None else ColourFolder(self.options.colours, self.source)
        self.options.face.check(self.generator, painted=layers is not None)
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
            _tidy(manifest)
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
        self._context = Context(self.generator, self.source, self.out, asked, manifest, outputs, layers)
        return found.jobs

    def _make(self, jobs: list[Job]) -> None:
        pool = ThreadPoolExecutor(workers_for(self.generator.device))
        writing: deque[Future[Bad | None]] = deque()
        try:
            for batch in self._batches(pool, jobs):
                for ready, drawn in self._draw(batch):
                    self._doubt(ready.job.name, drawn.doubt)
                    writing.append(pool.submit(write_face, self._context, ready, drawn))
                # What waits to be written is held in memory: no more of it than two batches.
                self._await(writing, 2 * len(batch))
            self._await(writing, 0)
        finally:
            pool.shutdown(cancel_futures=True)

    def _await(self, writing: "deque[Future[Bad | None]]", most: int) -> None:
        while writing and (len(writing) > most or writing[0].done()):
            if bad := writing.popleft().result():
                self._passed(bad)
            else:
                self.tally.made += 1
                self._bar.update()

    def _batches(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[list[Ready]]:
        """Sketches that need the model, in batches of the size that the device takes at the moment."""
        batch: list[Ready] = []
        for outcome in self._prepared(pool, jobs):
            if isinstance(outcome, Ready):
                self.tally.paged += outcome.paged
                batch.append(outcome)
            else:
                self._passed(outcome)
            if len(batch) >= self._together:
                yield batch
                batch = []
        if batch and not self.stop():
            yield batch

    def _prepared(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[Ready | Bad | None]:
        """What becomes of each sketch, in order, while the next ones are being read; None when its face is there."""
        coming = iter(jobs)
        waiting: deque[Future[Ready | Bad | None]] = deque()
        while not self.stop():
            ahead = 2 * self._together
            while len(waiting) < ahead and (job := next(coming, None)) is not None:
                waiting.append(pool.submit(prepare_job, self._context, job))
            if not waiting:
                return
            yield waiting.popleft().result()
        for future in waiting:  # or what is drawn would be written after all of these
            future.cancel()

    def _passed(self, outcome: Bad | None) -> None:
        """Count a sketch that the model need not see; rate and time left are those of the faces being made."""
        if outcome is None:
            self.tally.ready += 1
        else:
            self._fail(outcome.job.name, outcome.why)
        self._todo -= 1
        self._bar.total = self._todo
        self._bar.refresh()

    def _doubt(self, name: str, why: str) -> None:
        if why:
            self.tally.doubtful += 1
            tqdm.write(f"dfp: {self.source / name}: {why}", file=sys.stderr)

    def _fail(self, name: str, why: str) -> None:
        self.tally.failed += 1
        tqdm.write(f"dfp: {self.source / name}: {why}", file=sys.stderr)

    def _unreadable(self, name: str, error: OSError) -> None:
        self._fail(name, f"this folder cannot be read: {error.strerror}.")

    def _draw(self, batch: list[Ready]) -> Iterator[tuple[Ready, Drawn]]:
        """Each sketch with its faces; in smaller batches, from now on, when memory runs out."""
        while batch:
            now, rest = batch[: self._together], batch[self._together :]
            heads = [prepared for ready in now for prepared in ready.prepared]
            at_once = min(self._together, len(heads))
            try:
                faces = iter(
                    [
                        self._needed(face)
                        for start in range(0, len(heads), at_once)
                        for face in self.generator.draw(heads[start : start + at_once])
                    ]
                )
                drawn = [(r, Drawn(list(islice(faces, len(r.prepared))), r.extent)) for r in now]
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if at_once == 1:
                    cure = "close other programs" + ", or take --device cpu" * (self.generator.device.type == "cuda")
                    raise DfpError(f"There is not enough memory for even one face: {cure}.") from None
                self._together = at_once // 2
            else:
                yield from drawn
                batch = rest
            if self._together < at_once:
                self.generator.release()  # here, where the error no longer holds what it was busy with

    def _needed(self, face: Face) -> Face:
        """What of a face is written: many of them wait for that."""
        attention = face.attention if self.options.attention else NOTHING
        return replace(face, attention=attention, regions=face.regions if self.options.face.cut_out else NOTHING)


def workers_for(device: Device) -> int:
    """How many threads read and write: on a processor the model wants the cores itself."""
    return min(2 if device.type == "cpu" else 8, os.cpu_count() or 1)


def _tidy(manifest: Manifest) -> None:
    try:
        manifest.tidy()
    except OSError as error:
        raise DfpError(unwritten(manifest.path, error)) from error
