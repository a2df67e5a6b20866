"""The model of this machine draws the faces of a folder, while others prepare sketches and make files of faces."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from typing import TypeVar

import numpy as np

from dfp.batch.drawing import Bad, Outcome, Outcomes, Pictures, Stop, Wanted
from dfp.batch.drawn import Drawn
from dfp.batch.options import BatchOptions
from dfp.batch.reading import NO_MEMORY
from dfp.batch.steps import Ready, Steps, pixels_of
from dfp.batch.workers import Workers
from dfp.errors import DfpError, SketchError
from dfp.generator import Face, FaceGenerator
from dfp.runtime.base import Device, is_out_of_memory

# Faces that go through the model together. On a processor more of them are no faster and only fill the memory.
TOGETHER = {"cpu": 4, "cuda": 64}
NOTHING = np.zeros((0, 1, 1), np.uint8)
# Bytes of sketches that are read and wait: many small ones, or a single large one.
WAITING = 1 << 26
PATIENCE = 0.2  # seconds after which it is asked again whether to stop

T = TypeVar("T")


@dataclass(frozen=True)
class LocalDrawer:
    """A `Drawer` with a model in this process."""

    generator: FaceGenerator

    @property
    def checksum(self) -> str:
        """As `Drawer` says."""
        return self.generator.checksum

    def check(self, options: BatchOptions) -> None:
        """As `Drawer` says."""
        options.face.check(self.generator, painted=options.colours is not None)

    def draw(self, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        """As `Drawer` says."""
        generator = self.generator
        steps = Steps(options, generator.config.size, generator.palettes)
        with closing(Workers(steps, workers_for(generator.device))) as workers:
            yield from _Line(generator, wanted, options, stop, workers).outcomes()


class _Line:
    """Sketches on their way through one run: read, prepared, drawn, made into files."""

    def __init__(
        self, generator: FaceGenerator, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop, workers: Workers
    ):
        self._generator, self._options, self._stop, self._workers = generator, options, stop, workers
        self._wanted: Iterator[Wanted] | None = wanted
        self._together = TOGETHER[generator.device.type]
        self._ready: list[tuple[Wanted, Ready]] = []
        self._preparing = self._finishing = self._bytes = 0
        self._done: SimpleQueue[Callable[[], Outcome | None]] = SimpleQueue()

    def outcomes(self) -> Outcomes:
        """Until there are no more, or it is to stop."""
        while True:
            yield from self._taken_in()
            if stopped := self._stop():
                self._ready.clear()
            enough = len(self._ready) >= self._together or (self._ready and not self._preparing)
            # What is drawn and waits to become files is held in memory: no more of it than two batches.
            if enough and self._finishing <= 2 * self._together:
                self._draw()
                yield from self._arrived(0)
            elif self._finishing or (self._preparing and not stopped):
                yield from self._arrived(PATIENCE)
            elif stopped or self._wanted is None:
                return

    def _taken_in(self) -> Outcomes:
        """Begin to prepare sketches, as many as keep the model busy until it is asked again."""
        while self._wanted is not None and self._has_room() and not self._stop():
            wanted = next(self._wanted, None)
            if wanted is None:
                self._wanted = None
                return
            try:
                pixels = pixels_of(wanted)
            except SketchError as error:
                yield wanted, Bad(wanted.job, str(error))
                continue
            preparing = self._workers.submit(pixels, Steps.prepare, wanted.data, wanted.colours)
            self._preparing += 1
            self._bytes += len(wanted.data)
            preparing.add_done_callback(
                lambda done, wanted=wanted: self._done.put(partial(self._prepared, wanted, done))
            )

    def _has_room(self) -> bool:
        waiting = self._preparing + len(self._ready)
        return not waiting or (waiting < 3 * self._together and self._bytes < WAITING)

    def _arrived(self, patience: float) -> Outcomes:
        """What has come, after so many seconds at most until the first."""
        with suppress(Empty):
            outcome = self._done.get(timeout=patience)()
            while True:
                if outcome is not None:
                    yield outcome
                outcome = self._done.get_nowait()()

    def _prepared(self, wanted: Wanted, done: "Future[Ready]") -> Outcome | None:
        self._preparing -= 1
        self._bytes -= len(wanted.data)
        result = _result(wanted, done)
        if isinstance(result, Bad):
            return wanted, result
        self._ready.append((replace(wanted, data=b"", colours=None), result))
        return None

    def _finished(self, wanted: Wanted, done: "Future[Pictures]") -> Outcome | None:
        self._finishing -= 1
        return wanted, _result(wanted, done)

    def _draw(self) -> None:
        """Draw as many sketches as go together; fewer, from now on, when memory runs out. Raises DfpError."""
        now = self._ready[: self._together]
        heads = [prepared for _, ready in now for prepared in ready.prepared]
        at_once = min(self._together, len(heads))
        try:
            faces = iter(
                [
                    self._needed(face)
                    for start in range(0, len(heads), at_once)
                    for face in self._generator.draw(heads[start : start + at_once])
                ]
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if at_once == 1:
                cure = "close other programs" + ", or take --device cpu" * (self._generator.device.type == "cuda")
                raise DfpError(f"There is not enough memory for even one face: {cure}.") from None
            self._together = at_once // 2
        else:
            del self._ready[: len(now)]
            for wanted, ready in now:
                self._finish(wanted, ready, Drawn(list(islice(faces, len(ready.prepared))), ready.extent))
        if self._together < at_once:
            self._generator.release()  # here, where the error no longer holds what it was busy with

    def _finish(self, wanted: Wanted, ready: Ready, drawn: Drawn) -> None:
        pixels = drawn.frame.width * drawn.frame.height
        finishing = self._workers.submit(pixels, Steps.pictures, drawn, wanted.mark, ready.paged)
        self._finishing += 1
        finishing.add_done_callback(lambda done: self._done.put(partial(self._finished, wanted, done)))

    def _needed(self, face: Face) -> Face:
        """What of a face becomes files: many of them wait for that."""
        attention = face.attention if self._options.attention else NOTHING
        return replace(face, attention=attention, regions=face.regions if self._options.face.cut_out else NOTHING)


def _result(wanted: Wanted, done: "Future[T]") -> T | Bad:
    try:
        return done.result()
    except SketchError as error:
        return Bad(wanted.job, str(error))
    except MemoryError:
        return Bad(wanted.job, NO_MEMORY)


def workers_for(device: Device) -> int:
    """How many work beside the model: on a processor it wants the cores itself."""
    cores = os.cpu_count() or 1
    return min(cores, max(2, cores // 4)) if device.type == "cpu" else max(1, min(16, cores - 1))
