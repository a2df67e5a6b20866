"""Who works beside the model: threads, then processes, and what becomes of a step whose process is killed."""

import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dfp.batch.options import BatchOptions
from dfp.batch.steps import Steps
from dfp.batch.workers import LARGE, Workers
from dfp.errors import SketchError

STEPS = Steps(BatchOptions(), 64, None)
SMALL = 1000


def whose(steps: Steps) -> tuple[int, bool, str]:
    """The process that does it, whether it knows torch, and how many threads it multiplies with."""
    assert steps == STEPS
    return os.getpid(), "torch" in sys.modules, os.environ.get("OPENBLAS_NUM_THREADS", "")


def new_pages(_: Steps) -> int:
    """How many pages the system gives for as much memory as was used, and given back, before."""
    import resource

    counts = []
    for _again in range(4):
        used = [b"x" * (1 << 20) for _part in range(8)]
        del used
        counts.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
    return counts[-1] - counts[-2]


def killed(_: Steps, times: int, record: Path) -> int:
    """Killed the first so many times that it is done."""
    with record.open("a") as file:
        file.write("x")
    if len(record.read_text()) <= times:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def refused(_: Steps) -> None:
    """As a sketch that cannot be used."""
    raise SketchError("draw something")


def mistaken(_: Steps) -> None:
    """As a mistake of ours."""
    raise KeyError("mistake")


def slow(_: Steps, record: Path) -> None:
    """Takes a minute."""
    record.touch()
    time.sleep(60)


@pytest.fixture
def processes() -> Iterator[Workers]:
    """Two workers that are processes already."""
    with closing(Workers(STEPS, 2, few=0)) as workers:
        there: set[int] = set()
        while len(there) < 2:  # until both are, threads of this program help out
            there |= {future.result()[0] for future in [workers.submit(SMALL, whose) for _ in range(4)]} - {os.getpid()}
            time.sleep(0.05)
        yield workers


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.02)


def test_a_few_steps_need_no_process() -> None:
    with closing(Workers(STEPS, 2)) as workers:
        done = [workers.submit(SMALL, whose).result() for _ in range(30)]
    assert {process for process, *_ in done} == {os.getpid()}


def test_many_steps_are_done_by_processes_without_torch(processes: Workers) -> None:
    futures = [processes.submit(SMALL, whose) for _ in range(100)]
    done = {future.result() for future in futures}
    assert os.getpid() not in {process for process, _, _ in done}
    assert {(torch, threads) for _, torch, threads in done} == {(False, "1")}


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep what they want to")
def test_processes_keep_the_memory_for_the_next_sketch(processes: Workers) -> None:
    futures = [processes.submit(SMALL, new_pages) for _ in range(4)]
    assert max(future.result() for future in futures) < 100


def test_what_a_step_raises_is_raised_here(processes: Workers) -> None:
    with pytest.raises(SketchError, match="draw something"):
        processes.submit(SMALL, refused).result()
    with pytest.raises(RuntimeError, match="in mistaken"):
        processes.submit(SMALL, mistaken).result()
    assert processes.submit(SMALL, whose).result()[1:] == (False, "1")


def test_a_killed_process_is_replaced_and_its_step_done_again(processes: Workers, tmp_path: Path) -> None:
    once, twice = (processes.submit(SMALL, killed, times, tmp_path / str(times)) for times in (1, 2))
    others = [processes.submit(SMALL, whose) for _ in range(20)]
    assert once.result() != os.getpid()
    with pytest.raises(SketchError, match="ended from outside, twice"):
        twice.result()
    assert os.getpid() not in {other.result()[0] for other in others}


def test_where_no_process_can_be_started_threads_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with closing(Workers(STEPS, 2, few=0)) as workers:
        assert {workers.submit(SMALL, whose).result()[0] for _ in range(20)} == {os.getpid()}


def test_large_pictures_come_one_at_a_time_and_keep_no_other_waiting() -> None:
    at_work, most, go_on = [0], [0], threading.Event()

    def large(_: Steps) -> None:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        assert go_on.wait(30)
        at_work[0] -= 1

    with closing(Workers(STEPS, 2)) as workers:
        futures = [workers.submit(LARGE + 1, large) for _ in range(3)]
        assert workers.submit(SMALL, whose).result(30)[0] == os.getpid()
        go_on.set()
        for future in futures:
            future.result(30)
    assert most == [1]


def test_what_nobody_wants_any_more_is_not_waited_for(processes: Workers, tmp_path: Path) -> None:
    going_on = [processes.submit(SMALL, slow, tmp_path / str(number)) for number in range(2)]
    waiting = processes.submit(SMALL, whose)
    for number in range(2):
        wait_for(tmp_path / str(number))
    before = time.monotonic()
    processes.close()
    assert time.monotonic() - before < 30
    assert waiting.cancelled()
    assert all(future.done() for future in going_on)
