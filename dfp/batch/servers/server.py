"""One of several servers: as many requests at a time as it takes, for as long as it lives."""

import asyncio
import time
from collections.abc import Callable

from dfp.batch.servers.errors import Busy, Gone, Refused, Unfit
from dfp.batch.servers.line import Health, Line
from dfp.batch.servers.queue import Errand, Queue, end, rest
from dfp.errors import SketchError

FIRST, MOST = 4, 16  # requests at a time: at first, and when it has taken all so far
LATER_GROWTH = 0.1  # of that number, for each round of answers, once it was too large; 1 before
PING_S = 3.0  # between two looks at a server that works
AGAIN_S = 0.5, 8.0  # until the next look at one that does not: at first, at most
TOO_LARGE = "its face is larger than any that a server answers: draw it without --server."


class Server:
    """Keeps one server at work. `model`: the checksum that its weights must have. `say`: is told in a sentence what
    happens to it."""

    def __init__(self, line: Line, queue: Queue, model: str, say: Callable[[str], None]):
        self.line, self._queue, self._model, self._say = line, queue, model, say
        self.why_not = ""  # what keeps it from work; empty while it works
        self.since = time.monotonic()  # when that began
        self.drawn = 0
        self._window, self._growth = float(FIRST), 1.0
        self._running: set[asyncio.Task[None]] = set()
        self._rests_until = 0.0
        self._wake = asyncio.Event()
        self._broken: Gone | Unfit | None = None

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def live(self) -> None:
        """Work, and wait for the server while it cannot, until this is cancelled."""
        pause = AGAIN_S[0]
        while True:
            try:
                self._check(await self.line.health())
            except (Gone, Unfit) as error:
                self._stopped(str(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, AGAIN_S[1])
            else:
                self._started()
                pause = AGAIN_S[0]
                await self._work()

    def _check(self, health: Health) -> None:
        """Raise Gone or Unfit for a server that cannot be used."""
        if health.state == "loading":
            raise Gone(f"{self.line.name} is still loading its model.")
        if health.state == "failed":
            raise Unfit(f"{self.line.name} could not load its model: {health.message}")
        if health.model != self._model:
            raise other_weights(self.line.name)

    def _started(self) -> None:
        if self.why_not:
            self._say(f"{self.line.name} is there again.")
        self.why_not = ""
        self._window = float(FIRST)

    def _stopped(self, why: str) -> None:
        if not self.why_not:
            self.since = time.monotonic()
        if why != self.why_not:
            self._say(why)
        self.why_not = why

    async def _work(self) -> None:
        """Hand out what there is until the server breaks; what it had then is handed out anew."""
        self._broken = None
        running = self._running
        watch = asyncio.create_task(self._watch())
        try:
            while self._broken is None:
                self._wake.clear()
                wait = self._rests_until - time.monotonic()
                while wait <= 0 and len(running) < int(self._window) and (errand := self._queue.take()) is not None:
                    task = asyncio.create_task(self._draw(errand))
                    running.add(task)
                    task.add_done_callback(running.discard)
                    task.add_done_callback(lambda _: self.wake())
                await rest(self._wake, wait if wait > 0 else PING_S)
        finally:
            left = [watch, *running]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _watch(self) -> None:
        """See to it that who waits for a server that has become silent does not wait for ever."""
        while self._broken is None:
            await asyncio.sleep(PING_S)
            try:
                self._check(await self.line.health())
            except (Gone, Unfit) as error:
                self._break(error)

    async def _draw(self, errand: Errand) -> None:
        try:
            answer = await self.line.face(errand.asked)
            if answer.model != self._model:
                raise other_weights(self.line.name)
        except asyncio.CancelledError:
            self._queue.put_back(errand)
            raise
        except Gone as error:
            self._queue.put_back(errand, str(error) if error.mine else "")
            self._break(error)
        except Unfit as error:
            self._queue.put_back(errand)
            self._break(error)
        except Busy as error:
            self._slow_down(error)
            self._queue.put_back(errand, str(error) if error.mine else "")
        except Refused as error:
            end(errand, SketchError(str(error)))
        else:
            self.drawn += 1
            self._window = min(MOST, self._window + self._growth / self._window)
            end(errand, SketchError(TOO_LARGE) if answer.part else answer)

    def _break(self, error: Gone | Unfit) -> None:
        self._broken = self._broken or error
        self.wake()

    def _slow_down(self, busy: Busy) -> None:
        """It takes fewer than it was given. Those that were refused together count once."""
        self._growth = LATER_GROWTH
        others = len(self._running) - 1
        if busy.crowded and others > 0:
            self._window = float(others)  # there is room when one of these is done
            return
        if time.monotonic() >= self._rests_until:
            self._window = max(1.0, self._window / 2)
        self._rests_until = time.monotonic() + busy.seconds


def other_weights(name: str) -> Unfit:
    """The refusal of a server that would draw other people than the first."""
    return Unfit(f"{name} has other weights than the first server: all faces of one folder come from one model.")
