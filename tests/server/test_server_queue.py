"""Who is drawn next. The model is the real one, behind a gate that lets it begin when the test says so."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgpack
import pytest
from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.errors import Refusal
from dfp_server.inference.admission import Admission, Held
from dfp_server.inference.scheduler import GIVES_WAY, Scheduler
from dfp_server.inference.timings import Timings
from dfp_server.inference.turns import REMEMBERED, Turns
from dfp_server.inference.worker import Worker
from dfp_server.transport.codec import Pieces, unpack_request
from server_helpers import face_lines, pixels_of, request_of, soon

from dfp import FaceGenerator
from dfp.runtime.select import has_openvino
from dfp.sketch.prepare import Prepared

SKETCH = face_lines(64, 64)


class Gate:
    """Lets those through that it was told of, or everybody."""

    def __init__(self) -> None:
        self._places = threading.Semaphore(0)

    def let(self, count: int) -> None:
        """So many more may pass."""
        self._places.release(count)

    def set(self) -> None:
        """Everybody may pass, or a thousand."""
        self.let(1000)

    def wait(self, seconds: float) -> bool:
        """Whether this one was let through in time."""
        return self._places.acquire(timeout=seconds)


class GatedWorker(Worker):
    """Draws when the gate lets it, and notes what it prepared and what it drew together."""

    def __init__(self, generator: FaceGenerator):
        super().__init__(generator)
        self.gate = Gate()
        self.prepared: list[str] = []
        self.drawn: list[list[str]] = []

    def prepare(self, request: wire.GenerateRequest, timings: Timings) -> list[Prepared]:
        prepared = super().prepare(request, timings)
        self.prepared.append(request.id)
        return prepared

    def answers(
        self, jobs: Sequence[tuple[wire.GenerateRequest, Sequence[Prepared], Timings]]
    ) -> list[Pieces | Refusal] | None:
        self.drawn.append([request.id for request, _, _ in jobs])
        assert self.gate.wait(30)
        return super().answers(jobs)


class Requests:
    """Asks the scheduler."""

    def __init__(self, worker: GatedWorker, scheduler: Scheduler):
        self.worker, self.scheduler = worker, scheduler

    async def ask(self, id: str, limit_s: float = 30.0, **fields: object) -> "asyncio.Task[Pieces]":
        """Begin a request; it stands in the queue when this returns."""
        request = request_of(SKETCH, "RGBA", id=id, **fields)
        task = asyncio.create_task(self.scheduler.answer(request, Timings(time.perf_counter()), limit_s))
        await asyncio.sleep(0)
        return task

    async def first_is_drawn(self) -> "asyncio.Task[Pieces]":
        """Begin a request and wait until the model has it."""
        task = await self.ask("first")
        await soon(lambda: self.worker.drawn or task.done(), "the model had it")
        assert not task.done()
        return task


@pytest.fixture
async def requests(weights: Path) -> AsyncIterator[Requests]:
    worker = GatedWorker(FaceGenerator.load(weights, "cpu"))
    scheduler = Scheduler(worker, queue=10, micro_batch=3)
    yield Requests(worker, scheduler)
    worker.gate.set()
    await scheduler.stop()
    scheduler.close()


async def refusal_of(task: "asyncio.Task[Pieces]") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await asyncio.wait_for(task, 20)
    return caught.value


async def test_live_comes_first_and_batches_are_gathered(requests: Requests) -> None:
    tasks = [await requests.first_is_drawn()]
    tasks += [await requests.ask(f"batch {i}", batch=True) for i in range(5)]
    worker = requests.worker
    await soon(lambda: "batch 2" in worker.prepared, "a micro-batch was prepared")
    tasks += [await requests.ask(f"live {i}") for i in range(2)]
    await soon(lambda: "live 1" in worker.prepared, "both live requests were prepared")
    worker.gate.set()
    answers = await asyncio.gather(*tasks)
    assert all(answers)
    assert worker.drawn[:4] == [["first"], ["live 0"], ["live 1"], ["batch 0", "batch 1", "batch 2"]]
    assert [id for together in worker.drawn[4:] for id in together] == ["batch 3", "batch 4"]


async def test_a_newer_request_of_the_channel_takes_the_place(requests: Requests) -> None:
    first = await requests.first_is_drawn()
    older = await requests.ask("older", client="krita", channel="layer 1")
    others = [
        await requests.ask("other channel", client="krita", channel="layer 2"),
        await requests.ask("other client", client="gimp", channel="layer 1"),
        await requests.ask("batch", client="krita", channel="layer 1", batch=True),
        await requests.ask("no channel", client="krita"),
        await requests.ask("no channel either", client="krita"),
        await requests.ask("no name", channel="layer 1"),
        await requests.ask("no name either", channel="layer 1"),
    ]
    newer = await requests.ask("newer", client="krita", channel="layer 1")
    refusal = await refusal_of(older)
    assert (refusal.status, refusal.code, refusal.id) == (409, wire.Code.SUPERSEDED, "older")
    assert not newer.done(), "superseding has to be told before anything more is drawn"
    requests.worker.gate.set()
    await asyncio.gather(first, newer, *others)
    assert ["older"] not in requests.worker.drawn


async def test_what_is_being_drawn_is_not_replaced(requests: Requests) -> None:
    drawing = await requests.ask("drawing", client="krita", channel="layer 1")
    await soon(lambda: requests.worker.drawn, "the model had it")
    newer = await requests.ask("newer", client="krita", channel="layer 1")
    requests.worker.gate.set()
    assert all(await asyncio.gather(drawing, newer))


async def test_a_full_queue_has_room_for_what_replaces(requests: Requests) -> None:
    await requests.first_is_drawn()
    waiting = [await requests.ask(f"{i}", client="krita", channel=f"layer {i}") for i in range(10)]
    await soon(lambda: requests.scheduler.waiting == 10, "all stood in the queue")
    refusal = await refusal_of(await requests.ask("too many"))
    assert (refusal.status, refusal.code, refusal.retry_after) == (503, wire.Code.BUSY, 1)
    newer = await requests.ask("newer", client="krita", channel="layer 9")
    assert (await refusal_of(waiting[9])).code == wire.Code.SUPERSEDED
    requests.worker.gate.set()
    assert await newer


async def test_a_request_that_waits_too_long_is_taken_out(requests: Requests) -> None:
    first = await requests.first_is_drawn()
    refusal = await refusal_of(await requests.ask("late", limit_s=0.05))
    assert (refusal.status, refusal.code, refusal.id) == (503, wire.Code.TIMEOUT, "late")
    requests.worker.gate.set()
    await first
    await requests.scheduler.stop()
    assert requests.worker.drawn == [["first"]]


async def test_at_the_end_what_runs_is_finished_and_the_rest_answered(requests: Requests) -> None:
    first = await requests.first_is_drawn()
    waiting = [await requests.ask(f"batch {i}", batch=True) for i in range(8)]
    await asyncio.sleep(0.2)
    stopping = asyncio.create_task(requests.scheduler.stop())
    refusal = await refusal_of(waiting[-1])
    assert (refusal.status, refusal.code) == (503, wire.Code.STOPPING)
    assert (await refusal_of(await requests.ask("late"))).code == wire.Code.STOPPING
    assert not first.done()
    requests.worker.gate.set()
    await stopping
    assert wire.GenerateAnswer.from_map(unpack_map(await first)).id == "first"
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(answer, (list, Refusal)) for answer in answers)


@pytest.mark.parametrize("runtime", ["torch", "openvino"])
async def test_a_batch_gives_way_to_a_live_request_and_is_drawn_again(runtime: str) -> None:
    if runtime == "openvino" and not has_openvino():
        pytest.skip("OpenVINO is not installed: pip install openvino")
    generator = FaceGenerator.load(None, "cpu", runtime)
    worker, alone = GatedWorker(generator), generator.generate(SKETCH).placed()
    scheduler = Scheduler(worker, queue=20, micro_batch=6)
    together = [f"batch {i}" for i in range(1, 7)]

    async def ask(id: str, batch: bool) -> wire.GenerateAnswer:
        request = request_of(SKETCH, "RGBA", id=id, batch=batch)
        return wire.GenerateAnswer.from_map(
            unpack_map(await scheduler.answer(request, Timings(time.perf_counter()), 60))
        )

    try:
        batch = [asyncio.create_task(ask(f"batch {i}", True)) for i in range(7)]
        await soon(lambda: len(worker.prepared) == 7, "a whole micro-batch was prepared behind the first")
        worker.gate.set()
        await soon(lambda: worker.drawn[-1] == together, "the micro-batch was being drawn")
        # Each comes when the one before is there; after the third the batch has given way often enough.
        for i in range(GIVES_WAY + 2):
            await ask(f"live {i}", False)
        answers = await asyncio.gather(*batch)
    finally:
        worker.gate.set()
        await scheduler.stop()
        scheduler.close()
    gave_way = [drawn for i in range(GIVES_WAY) for drawn in (together, [f"live {i}"])]
    assert worker.drawn == [["batch 0"], *gave_way, together, *([f"live {i}"] for i in range(GIVES_WAY, GIVES_WAY + 2))]
    for answer in answers:
        picture = pixels_of(answer)[..., :3].astype(int)
        assert abs(picture - alone).mean() < 1, "a batch in bfloat16 differs by its steps"


@pytest.mark.parametrize("batch", [False, True], ids=["live", "batch"])
async def test_programs_are_served_in_turn(weights: Path, batch: bool) -> None:
    """However many requests one of them has here before another one comes."""
    worker = GatedWorker(FaceGenerator.load(weights, "cpu", "torch"))
    scheduler = Scheduler(worker, queue=64, micro_batch=1)
    requests = Requests(worker, scheduler)
    try:
        tasks = [await requests.ask("a 0", client="a", batch=batch)]
        await soon(lambda: worker.drawn, "the model had it")
        tasks += [await requests.ask(f"a {i}", client="a", batch=batch) for i in range(1, 32)]
        tasks += [await requests.ask(f"b {i}", client="b", batch=batch) for i in range(3)]
        tasks += [await requests.ask("c 0", client="c", batch=batch)]
        worker.gate.set()
        await asyncio.gather(*tasks)
    finally:
        worker.gate.set()
        await scheduler.stop()
        scheduler.close()
    order = [id for [id] in worker.drawn]
    print({id: order.index(id) for id in ("b 0", "b 1", "b 2", "c 0")})
    assert order.index("b 0") <= 4
    assert order.index("c 0") <= 5
    assert order.index("b 2") <= 12
    assert [id for id in order if id.startswith("a")] == [f"a {i}" for i in range(32)]


def test_turns_go_round_computers_first_and_then_their_programs() -> None:
    turns = Turns()
    waiting = [Waits("", "krita", i) for i in range(3)]
    waiting += [Waits("192.0.2.1", f"program {i}", 0) for i in range(4)]
    order = []
    while waiting:
        order.append(turns.next(waiting))
        waiting.remove(order[-1])
    assert [one.address for one in order] == ["", "192.0.2.1"] * 3 + ["192.0.2.1"]
    assert [one.number for one in order if not one.address] == [0, 1, 2]


def test_who_comes_and_goes_is_not_remembered_for_ever() -> None:
    turns = Turns()
    for i in range(3 * REMEMBERED):
        turns.next([Waits("", str(i), 0)])
    assert len(turns._served) <= REMEMBERED


@dataclass(eq=False)
class Waits:
    """One who waits for its turn."""

    address: str
    client: str
    number: int


async def test_what_there_is_no_room_for_waits_and_the_rest_goes_on(weights: Path) -> None:
    """An answer that nobody takes away keeps only others that are too large beside it."""
    worker = GatedWorker(FaceGenerator.load(weights, "cpu", "torch"))
    worker.gate.set()
    admission = Admission(Limits(memory=600_000))
    scheduler = Scheduler(worker, queue=64, micro_batch=3)
    admission.freed = scheduler.go_on

    async def ask(id: str, held: Held, side: int, **fields: object) -> Pieces:
        request = request_of(face_lines(side, side), "RGBA", id=id, frame=(0, 0, side, side), **fields)
        return await scheduler.answer(request, Timings(time.perf_counter()), 60, held=held)

    try:
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(admission.holding())
            await ask("first", first, 150)
            with admission.holding() as second:
                late = asyncio.create_task(ask("late", second, 150))
                await soon(lambda: "late" in worker.prepared, "it was prepared")
                for batch in (False, True):
                    with admission.holding() as small:
                        await ask("small", small, 32, batch=batch)
                assert not late.done()
                stack.close()
                await late
                assert admission.bytes > 150 * 150 * 4
        assert admission.bytes == 0
    finally:
        await scheduler.stop()
        scheduler.close()


def unpack_map(answer: Pieces) -> object:
    return msgpack.unpackb(b"".join(answer))


def test_messages_without_the_new_fields_are_valid() -> None:
    old = {"id": "a", "width": 1, "height": 1, "mode": "L", "pixels": b"x"}
    request = unpack_request(msgpack.packb(old) or b"")
    assert (request.client, request.channel, request.batch) == ("", "", False)
