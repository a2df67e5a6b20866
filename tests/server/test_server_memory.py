"""What becomes of requests when memory is short. Every failed allocation here is a real one."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import msgpack
import numpy as np
import pytest
import torch
from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.inference.oom_fallback import is_short_of_memory
from dfp_server.inference.timings import Timings
from dfp_server.inference.worker import Worker
from dfp_server.transport.codec import Pieces
from server_helpers import body_of, face_lines, post, request_of, running, wait_until_ready, where

from dfp import Face, FaceGenerator
from dfp.runtime.base import Device
from dfp.sketch.prepare import Prepared

FAILURES: dict[str, Callable[[], object]] = {
    "Python": lambda: bytearray(2**60),
    "NumPy": lambda: np.ones(2**60, np.uint8),
    "PyTorch": lambda: torch.empty(2**60, dtype=torch.uint8),
    "OpenCV": lambda: cv2.resize(np.zeros((8, 8), np.uint8), (2**31 - 1, 2**31 - 1)),
}


class SmallMemory(FaceGenerator):
    """A generator that wants far too much memory for more than `room` faces at once."""

    def __init__(self, weights: Path, room: int, failure: Callable[[], object], device: str = "cpu"):
        real = FaceGenerator.load(weights, "cpu", "torch")
        super().__init__(real._runtime, real.config, real.checksum)
        self._room, self._failure, self._device = room, failure, Device(device)
        self.tried: list[int] = []

    @property
    def device(self) -> Device:
        return self._device

    def draw(self, prepared: Sequence[Prepared]) -> list[Face]:
        self.tried.append(len(prepared))
        if len(prepared) > self._room:
            self._failure()
        return super().draw(prepared)


@pytest.fixture(params=FAILURES)
def failure(request: pytest.FixtureRequest) -> Callable[[], object]:
    return FAILURES[request.param]


def jobs_for(generator: FaceGenerator, count: int) -> list[tuple[wire.GenerateRequest, list[Prepared], Timings]]:
    sketch = face_lines(64, 64)
    prepared = [generator.prepare(sketch)]
    return [(request_of(sketch, "RGBA", id=str(i)), prepared, Timings(time.perf_counter())) for i in range(count)]


def ids(answers: Sequence[Pieces | Refusal] | None) -> list[str]:
    """The ids of answers that are all faces."""
    assert answers is not None
    bodies = [b"".join(answer) for answer in answers if not isinstance(answer, Refusal)]
    assert len(bodies) == len(answers)
    return [wire.GenerateAnswer.from_map(msgpack.unpackb(body)).id for body in bodies]


def test_what_is_raised_is_known(failure: Callable[[], object]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        failure()
    assert is_short_of_memory(caught.value)


@pytest.mark.parametrize("wrong", [lambda: torch.ones(2) + torch.ones(3), lambda: cv2.resize(np.zeros(0), (1, 1))])
def test_other_errors_are_not_taken_for_it(wrong: Callable[[], object]) -> None:
    with pytest.raises((RuntimeError, cv2.error)) as caught:
        wrong()
    assert not is_short_of_memory(caught.value)


def test_a_batch_is_drawn_in_pieces_that_fit(weights: Path, failure: Callable[[], object]) -> None:
    small = SmallMemory(weights, 2, failure)
    answers = Worker(small).answers(jobs_for(small, 5))
    assert ids(answers) == ["0", "1", "2", "3", "4"]
    assert small.tried == [5, 2, 3, 1, 2]


def test_a_full_graphics_card_leaves_it_to_the_processor(weights: Path) -> None:
    loaded: list[FaceGenerator] = []

    def load() -> FaceGenerator:
        loaded.append(FaceGenerator.load(weights, "cpu", "torch"))
        return loaded[-1]

    full = SmallMemory(weights, 0, FAILURES["PyTorch"], "cuda")
    worker = Worker(full, load)
    assert ids(worker.answers(jobs_for(full, 2))) == ["0", "1"]
    assert ids(worker.answers(jobs_for(full, 1))) == ["0"]
    assert len(loaded) == 1
    assert full.tried == [2, 1, 1, 1]


def test_a_full_computer_says_so(weights: Path, failure: Callable[[], object]) -> None:
    full = SmallMemory(weights, 0, failure)
    answers = Worker(full).answers(jobs_for(full, 1))
    assert answers is not None
    [refusal] = answers
    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.code, refusal.retry_after) == (503, wire.Code.OUT_OF_MEMORY, 5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a running program's memory be limited")
def test_a_server_whose_memory_runs_out_serves_what_it_has_room_for(weights: Path) -> None:
    """Wherever it runs out: as the request comes, when it is unpacked, in the preparation, with the answer."""
    import resource

    small = body_of(request_of(face_lines(64, 64), "RGBA"))
    large = body_of(request_of(face_lines(4096, 4096), "BGRA"))
    options = ("--device", "cpu", "--runtime", "torch", "--weights", weights)
    with running("--port", 0, *options) as process:
        address = where(process)
        wait_until_ready(address)
        assert post(address, small)[0] == 200
        facts = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        used = next(int(line.split()[1]) * 1024 for line in facts if line.startswith("VmSize"))
        drawn = []
        for room in range(10, 210, 10):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (used + room * 2**20, resource.RLIM_INFINITY))
            status, message, retry = post(address, large)
            drawn.append(status == 200)
            assert drawn[-1] or (status, message["code"], retry) == (503, wire.Code.OUT_OF_MEMORY, "5"), room
            assert post(address, small)[0] == 200
        assert drawn.count(False) >= 10
        resource.prlimit(process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert post(address, large)[0] == 200
