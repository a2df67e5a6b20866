"""Who prepares sketches and makes files of faces while the model draws: threads for a few, processes for many."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Any, TypeVar

from dfp.batch.steps import Steps
from dfp.batch.worker import Ended, WorkerProcess
from dfp.errors import SketchError

# Pixels from which pictures are worked on one at a time: several at once could fill the memory.
LARGE = 1 << 24
# Steps, two a sketch, that threads do, whatever comes after them: processes take longer to start.
FEW = 32
LOST = (
    "the program that worked on this sketch was ended from outside, twice: there may be too little memory for it. "
    "Close other programs or make it smaller, and try again."
)
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Task:
    step: Callable[..., Any]
    arguments: tuple[object, ...]
    large: bool
    future: "Future[Any]" = field(default_factory=Future)

    def fulfil(self, do: "Callable[[_Task], object]") -> None:
        """Let somebody do it, whatever becomes of it."""
        try:
            self.future.set_result(do(self))
        except BaseException as error:
            self.future.set_exception(error)


class Workers:
    """`count` of them, for one run. few: how many steps threads do before processes are started."""

    def __init__(self, steps: Steps, count: int, few: int = FEW):
        self._steps, self._count, self._few = steps, count, few
        self._tasks: deque[_Task] = deque()
        self._changed = Condition()
        self._closed = self._large = False
        self._given = self._begun = 0
        self._processes: set[WorkerProcess] = set()
        self._threads: list[Thread] = []
        self._start(self._be_a_thread)

    def submit(self, pixels: int, step: Callable[..., T], *arguments: object) -> "Future[T]":
        """Let a method of `Steps`, with further arguments, be done for a picture of so many pixels.

        The future raises what the method raises, and SketchError when two processes were lost with it.
        """
        task = _Task(step, arguments, pixels > LARGE)
        with self._changed:
            self._tasks.append(task)
            self._given += 1
            many = self._given == self._few + 1
            self._changed.notify()
        if many:
            self._start(self._be_a_process)
        return task.future

    def close(self) -> None:
        """End them; nobody wants any more what they are doing."""
        with self._changed:
            self._closed = True
            for task in self._tasks:
                task.future.cancel()
            self._tasks.clear()
            for process in self._processes:
                process.kill()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[[], None]) -> None:
        threads = [Thread(target=work, daemon=True) for _ in range(self._count)]
        self._threads += threads
        for thread in threads:
            thread.start()

    def _be_a_thread(self) -> None:
        for task in self._taken(lambda: self._begun == self._count):
            task.fulfil(lambda task: task.step(self._steps, *task.arguments))

    def _be_a_process(self) -> None:
        try:
            process = self._begin()
        except Ended:
            return  # then threads have to do
        with self._changed:
            self._begun += 1
            self._changed.notify_all()

        def do(task: _Task) -> object:
            nonlocal process
            for _ in range(2):
                try:
                    process = process or self._begin()
                    return process.do(task.step, task.arguments)
                except Ended:
                    if process is not None:
                        self._end(process)
                        process = None
                    if self._closed:
                        raise CancelledError from None
            raise SketchError(LOST)

        for task in self._taken(lambda: False):
            task.fulfil(do)
        if process is not None:
            self._end(process)

    def _begin(self) -> WorkerProcess:
        with self._changed:
            if self._closed:
                raise Ended
            process = WorkerProcess()
            self._processes.add(process)
        try:
            process.begin(self._steps)
        except BaseException:
            self._end(process)
            raise
        return process

    def _end(self, process: WorkerProcess) -> None:
        process.end()
        with self._changed:
            self._processes.discard(process)

    def _taken(self, enough: Callable[[], bool]) -> Iterator[_Task]:
        """One task after the other, until these workers are closed or `enough` says True."""
        while True:
            with self._changed:
                while (task := self._first()) is None and not self._closed and not enough():
                    self._changed.wait()
                if task is None or enough():
                    return
                self._tasks.remove(task)
                self._large |= task.large
            if task.future.set_running_or_notify_cancel():
                yield task
            if task.large:
                with self._changed:
                    self._large = False
                    self._changed.notify_all()

    def _first(self) -> _Task | None:
        return next((task for task in self._tasks if not (task.large and self._large)), None)
