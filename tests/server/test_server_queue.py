"""Who is drawn next. The model is the real one, behind a gate that lets it begin when the test says so."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgpack
import pytest
from server_helpers import face_lines, pixels_of, request_of, soon

from dfp import FaceGenerator
from dfp.prepare import Prepared
from dfp.runtimes import has_openvino
from server import wire
from server.clock import Clock
from server.codec import Pieces, unpack_request
from server.errors import Refusal
from server.faces import Faces
from server.scheduler import GIVES_WAY, Scheduler

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


class GatedFaces(Faces):
    """Draws when the gate lets it, and notes what it prepared and what it drew together."""

    def __init__(self, generator: FaceGenerator):
        super().__init__(generator)
        self.gate = Gate()
        self.prepared: list[str] = []
        self.drawn: list[list[str]] = []

    def prepare(self, request: wire.GenerateRequest, clock: Clock) -> Prepared:
        prepared = super().prepare(request, clock)
        self.prepared.append(request.id)
        return prepared

    def answers(self, jobs: Sequence[tuple[wire.GenerateRequest, Prepared, Clock]]) -> list[Pieces | Refusal] | None:
        self.drawn.append([request.id for request, _, _ in jobs])
        assert self.gate.wait(30)
        return super().answers(jobs)


class Requests:
    """Asks the scheduler."""

    def __init__(self, faces: GatedFaces, scheduler: Scheduler):
        self.faces, self.scheduler = faces, scheduler

    async def ask(self, id: str, limit_s: float = 30.0, **fields: object) -> "asyncio.Task[Pieces]":
        """Begin a request; it stands in the queue when this returns."""
        request = request_of(SKETCH, "RGBA", id=id, **fields)
        task = asyncio.create_task(self.scheduler.answer(request, Clock(time.perf_counter()), limit_s))
        await asyncio.sleep(0)
        return task

    async def first_is_drawn(self) -> "asyncio.Task[Pieces]":
        """Begin a request and wait until the model has it."""
        task = await self.ask("first")
        await soon(lambda: self.faces.drawn or task.done(), "the model had it")
        assert not task.done()
        return task


@pytest.fixture
async def requests(weights: Path) -> AsyncIterator[Requests]:
    faces = GatedFaces(FaceGenerator.load(weights, "cpu"))
    scheduler = Scheduler(faces, queue=10, micro_batch=3)
    yield Requests(faces, scheduler)
    faces.gate.set()
    await scheduler.stop()
    scheduler.close()


async def refusal_of(task: "asyncio.Task[Pieces]") -> Refusal:
    with pytest.raises(Refusal) as caught:
        await asyncio.wait_for(task, 20)
    return caught.value


async def test_live_comes_first_and_batches_are_gathered(requests: Requests) -> None:
    tasks = [await requests.first_is_drawn()]
    tasks += [await requests.ask(f"batch {i}", batch=True) for i in range(5)]
    faces = requests.faces
    await soon(lambda: "batch 2" in faces.prepared, "a micro-batch was prepared")
    tasks += [await requests.ask(f"live {i}") for i in range(2)]
    await soon(lambda: "live 1" in faces.prepared, "both live requests were prepared")
    faces.gate.set()
    answers = await asyncio.gather(*tasks)
    assert all(answers)
    assert faces.drawn[:4] == [["first"], ["live 0"], ["live 1"], ["batch 0", "batch 1", "batch 2"]]
    assert [id for together in faces.drawn[4:] for id in together] == ["batch 3", "batch 4"]


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
    requests.faces.gate.set()
    await asyncio.gather(first, newer, *others)
    assert ["older"] not in requests.faces.drawn


async def test_what_is_being_drawn_is_not_replaced(requests: Requests) -> None:
    drawing = await requests.ask("drawing", client="krita", channel="layer 1")
    await soon(lambda: requests.faces.drawn, "the model had it")
    newer = await requests.ask("newer", client="krita", channel="layer 1")
    requests.faces.gate.set()
    assert all(await asyncio.gather(drawing, newer))


async def test_a_full_queue_has_room_for_what_replaces(requests: Requests) -> None:
    await requests.first_is_drawn()
    waiting = [await requests.ask(f"{i}", client="krita", channel=f"layer {i}") for i in range(10)]
    await soon(lambda: requests.scheduler.waiting == 10, "all stood in the queue")
    refusal = await refusal_of(await requests.ask("too many"))
    assert (refusal.status, refusal.code, refusal.retry_after) == (503, wire.Code.BUSY, 1)
    newer = await requests.ask("newer", client="krita", channel="layer 9")
    assert (await refusal_of(waiting[9])).code == wire.Code.SUPERSEDED
    requests.faces.gate.set()
    assert await newer


async def test_a_request_that_waits_too_long_is_taken_out(requests: Requests) -> None:
    first = await requests.first_is_drawn()
    refusal = await refusal_of(await requests.ask("late", limit_s=0.05))
    assert (refusal.status, refusal.code, refusal.id) == (503, wire.Code.TIMEOUT, "late")
    requests.faces.gate.set()
    await first
    await requests.scheduler.stop()
    assert requests.faces.drawn == [["first"]]


async def test_at_the_end_what_runs_is_finished_and_the_rest_answered(requests: Requests) -> None:
    first = await requests.first_is_drawn()
    waiting = [await requests.ask(f"batch {i}", batch=True) for i in range(8)]
    await asyncio.sleep(0.2)
    stopping = asyncio.create_task(requests.scheduler.stop())
    refusal = await refusal_of(waiting[-1])
    assert (refusal.status, refusal.code) == (503, wire.Code.STOPPING)
    assert (await refusal_of(await requests.ask("late"))).code == wire.Code.STOPPING
    assert not first.done()
    requests.faces.gate.set()
    await stopping
    assert wire.GenerateAnswer.from_map(unpack_map(await first)).id == "first"
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(answer, (list, Refusal)) for answer in answers)


@pytest.mark.parametrize("runtime", ["torch", "openvino"])
async def test_a_batch_gives_way_to_a_live_request_and_is_drawn_again(runtime: str) -> None:
    if runtime == "openvino" and not has_openvino():
        pytest.skip("OpenVINO is not installed: pip install openvino")
    generator = FaceGenerator.load(None, "cpu", runtime)
    faces, alone = GatedFaces(generator), generator.generate(SKETCH).placed()
    scheduler = Scheduler(faces, queue=20, micro_batch=6)
    together = [f"batch {i}" for i in range(1, 7)]

    async def ask(id: str, batch: bool) -> wire.GenerateAnswer:
        request = request_of(SKETCH, "RGBA", id=id, batch=batch)
        return wire.GenerateAnswer.from_map(unpack_map(await scheduler.answer(request, Clock(time.perf_counter()), 60)))

    try:
        batch = [asyncio.create_task(ask(f"batch {i}", True)) for i in range(7)]
        await soon(lambda: len(faces.prepared) == 7, "a whole micro-batch was prepared behind the first")
        faces.gate.set()
        await soon(lambda: faces.drawn[-1] == together, "the micro-batch was being drawn")
        # Each comes when the one before is there; after the third the batch has given way often enough.
        for i in range(GIVES_WAY + 2):
            await ask(f"live {i}", False)
        answers = await asyncio.gather(*batch)
    finally:
        faces.gate.set()
        await scheduler.stop()
        scheduler.close()
    gave_way = [drawn for i in range(GIVES_WAY) for drawn in (together, [f"live {i}"])]
    assert faces.drawn == [["batch 0"], *gave_way, together, *([f"live {i}"] for i in range(GIVES_WAY, GIVES_WAY + 2))]
    for answer in answers:
        picture = pixels_of(answer)[..., :3].astype(int)
        assert abs(picture - alone).mean() < 1, "a batch in bfloat16 differs by its steps"


def unpack_map(answer: Pieces) -> object:
    return msgpack.unpackb(b"".join(answer))


def test_messages_without_the_new_fields_are_valid() -> None:
    old = {"id": "a", "width": 1, "height": 1, "mode": "L", "pixels": b"x"}
    request = unpack_request(msgpack.packb(old) or b"")
    assert (request.client, request.channel, request.batch) == ("", "", False)
