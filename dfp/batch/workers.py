"""Who prepares sketches and makes files of faces while the model draws."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from threading import Lock
from typing import Concatenate, ParamSpec, TypeVar

from dfp.batch.steps import Steps

# Pixels from which pictures are worked on one at a time: several at once could fill the memory.
LARGE = 1 << 24

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """So many of them, for one run."""

    def __init__(self, steps: Steps, count: int):
        self._steps = steps
        self._threads = ThreadPoolExecutor(count)
        self._large = Lock()

    def submit(
        self, step: Callable[Concatenate[Steps, P], T], pixels: int, *args: P.args, **kwargs: P.kwargs
    ) -> "Future[T]":
        """Let a method of `Steps` be done for a picture of so many pixels."""

        def work() -> T:
            with self._large if pixels > LARGE else nullcontext():
                return step(self._steps, *args, **kwargs)

        return self._threads.submit(work)

    def close(self) -> None:
        """End them; what they have not begun is left out."""
        self._threads.shutdown(cancel_futures=True)
