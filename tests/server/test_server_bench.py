"""`dfp-server bench`: that it runs to its end, that its figures hold together, that it leaves nothing behind."""

import json
import math
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dfp_server.bench.figures import Sample
from dfp_server.bench.report import MANY, growth
from server_helpers import CODE, PATIENCE_S, until

NAMES = [
    "bare model",
    "preparing the sketch",
    "offline, one",
    "live, 1 client",
    "offline batch",
    "batch, 4 clients",
    "batch, 16 clients",
    "batch, 64 clients",
    "live beside 16 batch",
    "live, a core loaded",
]


@contextmanager
def bench(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """The benchmark in a session of its own; killed at the end if it still runs."""
    command = [sys.executable, "-m", "dfp_server", "bench", "--runtime", "torch", *map(str, arguments)]
    process = subprocess.Popen(
        command, cwd=CODE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=PATIENCE_S)


def programs_of(process: "subprocess.Popen[str]") -> str:
    """The commands that run in the benchmark's session, a line each."""
    command = ["ps", "-ww", "-o", "args=", "-s", str(process.pid)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S).stdout.strip()


def test_it_runs_and_its_figures_hold_together(weights: Path, tmp_path: Path) -> None:
    target = tmp_path / "figures.json"
    small = ("--rounds", 2, "--pictures", 2, "--requests", 20)
    with bench("--weights", weights, *small, "--json", target) as process:
        out, err = process.communicate(timeout=3 * PATIENCE_S)
    assert process.returncode == 0, err
    figures = json.loads(target.read_text())
    samples, ratios = figures["samples"], figures["ratios"]
    assert list(samples) == NAMES
    for name, sample in samples.items():
        assert sample["pictures"] >= 4
        assert 0 < sample["p50"] <= sample["p95"] <= sample["p99"]
        assert sample["per_second"] > 0
        assert f"\n{name} " in out
    assert samples["batch, 64 clients"]["pictures"] == 2 * (2 + 64)
    loaded, alone = samples["live, a core loaded"], samples["live, 1 client"]
    assert ratios["a core loaded : idle, p50"] == pytest.approx(loaded["p50"] / alone["p50"])
    assert ratios["16 clients : offline batch"] == pytest.approx(
        samples["batch, 16 clients"]["per_second"] / samples["offline batch"]["per_second"]
    )
    assert 0 < ratios["server adds, ms at p50"] < alone["p99"]
    assert figures["runtime"] == "torch"
    assert figures["gflop_per_picture"] > 0
    if figures["memory"] is not None:
        assert [done for done, _ in figures["memory"]] == list(range(0, 21, 2))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are tested on Unix")
@pytest.mark.parametrize(("ended_by", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_however_it_ends_nothing_is_left(weights: Path, ended_by: signal.Signals, code: int) -> None:
    with bench("--weights", weights, "--rounds", 1000, "--pictures", 1) as process:
        assert process.stderr is not None
        threading.Thread(target=process.stderr.read, daemon=True).start()
        until(lambda: "while True" in programs_of(process), "a core was kept busy")
        process.send_signal(ended_by)
        assert process.wait(PATIENCE_S) == code
        until(lambda: programs_of(process) == "", "its server and its busy program had ended")


def test_weights_that_are_not_there_get_a_sentence(tmp_path: Path) -> None:
    with bench("--weights", tmp_path / "none") as process:
        out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (1, "")
    assert "no weights file" in err
    assert "Traceback" not in err


def test_the_memorys_growth_is_that_of_a_line_with_its_error() -> None:
    steady = [(done, 100.0 + done / 100) for done in range(0, 1001, 100)]
    assert growth(steady) == (pytest.approx(MANY / 100 / 100), pytest.approx(0, abs=1e-9))
    restless = [(done, 100.0 + (-1) ** i) for i, done in enumerate(range(0, 1001, 100))]
    grown, error = growth(restless)
    assert abs(grown) < error


def test_percentiles() -> None:
    sample = Sample([float(ms) for ms in range(100, 0, -1)], seconds=2.0)
    assert (sample.percentile(0.5), sample.percentile(0.99), sample.rate) == (51, 100, 50)
    sample.join(Sample([1000.0], seconds=1.0))
    assert sample.percentile(1.0) == 1000
    assert math.isnan(Sample().percentile(0.5))
