"""Who is drawn next: live requests first, the newest of a channel only, batch requests several at once; of requests of
the same kind those of each program in turn.

A batch request that is being drawn when a live one comes gives way to it and is drawn again. Nothing is drawn whose
answer there is no room for: it waits until others have been taken away.

Everything here runs in the event loop; what takes time runs in two threads. While the one draws, the other finds
frame and lines of the next sketches, which are small: nothing large waits for the model.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.inference.admission import Held, busy, stopping, too_late
from dfp_server.inference.timings import Timings
from dfp_server.inference.turns import Turns
from dfp_server.transport.codec import Pieces

if TYPE_CHECKING:
    from dfp.sketch.prepare import Prepared
    from dfp_server.inference.worker import Worker

# So often a batch request gives way to live ones; then it is drawn, or it never would be beside a busy pen.
GIVES_WAY = 3
INTERRUPT_AGAIN_S = 0.005


@dataclass(eq=False)
class Job:
    """One request on its way; `answer` is done when nobody waits for it any more.

    `address` is the computer that it came from, `held` the memory that it takes, if anybody counts that, `room` what
    its answer will take.
    """

    request: wire.GenerateRequest
    timings: Timings
    answer: "asyncio.Future[Pieces]"
    address: str = ""
    held: Held | None = None
    prepared: "Sequence[Prepared] | None" = None
    room: int = 0
    interrupted: int = 0

    @property
    def client(self) -> str:
        """The program that asked, as it calls itself."""
        return self.request.client

    @property
    def has_room(self) -> bool:
        """Whether there is room for its answer, as far as that is known."""
        return self.held is None or self.prepared is None or self.held.has_room(self.room)

    @property
    def live(self) -> bool:
        """Whether a painter is waiting for it."""
        return not self.request.batch

    def fail(self, error: Exception) -> None:
        """Answer with an error, unless it is answered."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Scheduler:
    """The requests between their last byte and their answer."""

    def __init__(self, worker: "Worker", queue: int, micro_batch: int):
        self._worker = worker
        self._queue = queue
        self._micro_batch = micro_batch
        # One thread each: pictures drawn side by side would only take the cores from each other.
        self._preparer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare")
        self._drawer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._waiting: list[Job] = []
        self._preparing: Job | None = None
        self._prepared: list[Job] = []
        self._drawing: list[Job] = []
        self._to_prepare, self._to_draw = Turns(), Turns()
        self._stopping = False
        # The loop itself holds tasks only weakly.
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether anything is being drawn, or prepared for it."""
        return bool(self._drawing or self._preparing)

    @property
    def waiting(self) -> int:
        """How many requests wait for the model."""
        self._forget_answered()
        return len(self._waiting) + len(self._prepared)

    def require_room(self, id: str = "") -> None:
        """Raise Refusal (503) when no more requests are taken."""
        if self._stopping:
            raise stopping(id)
        if self.waiting >= self._queue:
            raise busy(id)

    async def answer(
        self,
        request: wire.GenerateRequest,
        timings: Timings,
        limit_s: float,
        address: str = "",
        held: Held | None = None,
    ) -> Pieces:
        """The packed GenerateAnswer to a request from `address`. Raises Refusal.

        A caller that is cancelled, or has waited for `limit_s` seconds, takes the request out again.
        """
        job = Job(request, timings, asyncio.get_running_loop().create_future(), address, held)
        # Its pixels are to be forgotten as soon as it is prepared.
        del request
        self._supersede(job)
        self.require_room(job.request.id)
        self._waiting.append(job)
        self.go_on()
        try:
            return await asyncio.wait_for(job.answer, limit_s)
        except asyncio.TimeoutError as error:
            raise too_late(limit_s, job.request.id) from error

    async def stop(self) -> None:
        """Finish what has begun, refuse what waits."""
        self._stopping = True
        for job in self._waiting:
            job.fail(stopping(job.request.id))
        while self._tasks:
            await asyncio.wait(self._tasks)

    def close(self) -> None:
        """End the threads."""
        self._preparer.shutdown(cancel_futures=True)
        self._drawer.shutdown(cancel_futures=True)

    def _supersede(self, newer: Job) -> None:
        # Programs that do not say who they are must not take each other's places.
        if not newer.live or not newer.request.channel or not newer.client:
            return
        whose = newer.address, newer.client, newer.request.channel
        for job in self._not_begun():
            if job.live and (job.address, job.client, job.request.channel) == whose:
                sentence = "A newer drawing of the same layer took this one's place."
                job.fail(Refusal(409, wire.Code.SUPERSEDED, sentence, job.request.id))

    def _not_begun(self) -> Iterator[Job]:
        yield from self._waiting
        if self._preparing is not None:
            yield self._preparing
        yield from self._prepared

    def _forget_answered(self) -> None:
        self._waiting = [job for job in self._waiting if not job.answer.done()]
        self._prepared = [job for job in self._prepared if not job.answer.done()]

    def go_on(self) -> None:
        """Give both threads something to do; to be called when there is room for answers again."""
        self._forget_answered()
        # Before what is drawn, which still counts as prepared: sketches prepared beside a live request slow it down.
        if self._preparing is None and (job := self._next_to_prepare()) is not None:
            self._waiting.remove(job)
            self._preparing = job
            self._start(self._prepare(job))
        if not self._drawing and (jobs := self._next_to_draw()):
            self._prepared = [job for job in self._prepared if job not in jobs]
            self._drawing = jobs
            self._start(self._draw(jobs))
        else:
            self._give_way()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _next_to_prepare(self) -> Job | None:
        live = [job for job in self._waiting if job.live]
        if live:
            return self._to_prepare.next(live)
        # No more than the next micro-batch: prepared too early, they would take time from what is drawn.
        ahead = sum(job.has_room for job in self._prepared) < self._micro_batch
        return self._to_prepare.next(self._waiting) if self._waiting and ahead else None

    def _next_to_draw(self) -> list[Job]:
        ready = [job for job in self._prepared if job.has_room]
        live = [job for job in ready if job.live]
        # A micro-batch that begins just before a live request is ready would delay it by all its length.
        if not live and self._is_live_on_its_way():
            return []
        chosen: list[Job] = []
        wanted = 1 if live else self._micro_batch
        while len(chosen) < wanted and (left := _with_room(live or ready, chosen)):
            # What gave way has its turn still.
            again = [job for job in left if job.interrupted]
            chosen.append(again[0] if again else self._to_draw.next(left))
            _reserve(chosen[-1])
        return chosen

    def _is_live_on_its_way(self) -> bool:
        """Whether a painter waits for something that can be drawn."""
        return any(job.live and not job.answer.done() and job.has_room for job in self._not_begun())

    def _give_way(self) -> None:
        """Interrupt a batch that keeps a painter waiting, or would keep the cores from preparing her sketch."""
        gives_way = all(not job.live and job.interrupted < GIVES_WAY for job in self._drawing)
        if self._drawing and gives_way and self._is_live_on_its_way():
            self._worker.interrupt()
            # The other thread may not have begun yet: then there was nothing to interrupt.
            asyncio.get_running_loop().call_later(INTERRUPT_AGAIN_S, self._give_way)

    async def _prepare(self, job: Job) -> None:
        try:
            job.timings.lap("wait")
            prepared = await asyncio.get_running_loop().run_in_executor(
                self._preparer, self._worker.prepare, job.request, job.timings
            )
            job.prepared, job.room = prepared, self._worker.answer_bytes(job.request, prepared)
            # The pixels have done their work, and may be many.
            job.request = job.request.without_binaries()
            if job.held is not None:
                job.held.forget_request()
            self._prepared.append(job)
        except Exception as error:
            job.fail(error)
        finally:
            self._preparing = None
            self.go_on()

    async def _draw(self, jobs: list[Job]) -> None:
        try:
            prepared = [(job.request, job.prepared, job.timings) for job in jobs if job.prepared is not None]
            drawn = await asyncio.get_running_loop().run_in_executor(self._drawer, self._worker.answers, prepared)
            if drawn is None:
                self._take_back(jobs)
                return
            for job, answer in zip(jobs, drawn, strict=True):
                if isinstance(answer, Refusal):
                    job.fail(answer)
                elif not job.answer.done():
                    job.answer.set_result(answer)
                    if job.held is not None:
                        job.held.settle(sum(map(len, answer)))
        except Exception as error:
            for job in jobs:
                job.fail(error)
        finally:
            self._drawing = []
            for job in jobs:
                if job.held is not None:
                    job.held.let_go()
            self.go_on()

    def _take_back(self, jobs: list[Job]) -> None:
        for job in jobs:
            job.interrupted += 1
        self._prepared = [*jobs, *self._prepared]


def _with_room(jobs: list[Job], chosen: list[Job]) -> list[Job]:
    return [job for job in jobs if job not in chosen and job.has_room]


def _reserve(job: Job) -> None:
    if job.held is not None:
        job.held.reserve(job.room)
