"""Servers draw the faces of a folder: sketches go out, pictures come back and are marked here."""

import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import nullcontext
from queue import Empty, SimpleQueue
from threading import Lock

from dfp.batch.drawing import Bad, Outcomes, Pictures, Stop, Wanted
from dfp.batch.knows import Knows
from dfp.batch.options import BatchOptions
from dfp.batch.reading import NO_MEMORY
from dfp.batch.servers.answer import NoAnswerError
from dfp.batch.servers.asking import Asked, colour_file, options_of, sketch_file
from dfp.batch.servers.fleet import Fleet
from dfp.batch.steps import pixels_of
from dfp.errors import SketchError
from dfp.pictures.marks import encode

WAITING = 1 << 26  # bytes of sketches that are out: many small ones, or a single large one
LARGE = 1 << 24  # pixels from which pictures are worked on one at a time: several at once could fill the memory
LOOK_S = 0.2  # so often it is asked whether to stop
LAST_S = 5.0  # so long what servers have begun is waited for then


class ServersDrawer:
    """A `Drawer` whose models are in other processes, here or on other computers."""

    def __init__(self, fleet: Fleet):
        self._fleet = fleet
        self._large = Lock()

    @property
    def checksum(self) -> str:
        """As `Drawer` says."""
        return self._fleet.model

    def check(self, options: BatchOptions) -> None:
        """As `Drawer` says; raises DfpError, too, for what no server can do."""
        options_of(options.face, options.attention)
        knows = Knows("appearance" in self._fleet.able, "regions" in self._fleet.able)
        options.face.check(knows, painted=options.colours is not None)

    def draw(self, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        """As `Drawer` says."""
        # A thread for each sketch that is out: nearly all of them wait.
        pool = ThreadPoolExecutor(self._fleet.most, thread_name_prefix="sketch")
        done: SimpleQueue[tuple[Wanted, Future[Pictures | Bad | None]]] = SimpleQueue()
        out = size = 0
        last: float | None = None
        more = True
        try:
            while more or out:
                if last is None and stop():
                    more, last = False, time.monotonic() + LAST_S
                    self._fleet.recall()
                while more and out < self._fleet.most and (not out or size < WAITING):
                    if (one := next(wanted, None)) is None:
                        more = False
                        break
                    out, size = out + 1, size + len(one.data)
                    pool.submit(self._drawn, one, options).add_done_callback(lambda f, one=one: done.put((one, f)))
                try:
                    one, future = done.get(timeout=LOOK_S)
                except Empty:
                    if last is not None and time.monotonic() > last:
                        return
                    continue
                out, size = out - 1, size - len(one.data)
                if (outcome := future.result()) is not None:
                    yield one, outcome
        finally:
            self._fleet.recall(all_of_them=True)
            pool.shutdown(cancel_futures=True)

    def _drawn(self, wanted: Wanted, options: BatchOptions) -> Pictures | Bad | None:
        """What becomes of a sketch; None when it was recalled. Raises DfpError when no server is left."""
        try:
            with self._turn(pixels_of(wanted)):
                sketch, paged = sketch_file(wanted.data, options.face.page)
                colours = None if wanted.colours is None else colour_file(wanted.colours.data)
            answer = self._fleet.submit(Asked(sketch, colours, options_of(options.face, options.attention))).result()
            with self._turn(answer.frame.width * answer.frame.height):
                face = encode(answer.picture(), ".png", wanted.mark)
                attention = encode(answer.attention(), ".png", wanted.mark) if options.attention else None
            return Pictures(face, attention, answer.frame, answer.note, paged)
        except SketchError as error:
            return Bad(wanted.job, str(error))
        except NoAnswerError as error:
            return Bad(wanted.job, f"the server's answer cannot be used, {error}: give the same command again.")
        except MemoryError:
            return Bad(wanted.job, NO_MEMORY)
        except CancelledError:
            return None

    def _turn(self, pixels: int) -> "Lock | nullcontext[None]":
        return self._large if pixels > LARGE else nullcontext()
