"""A check that crashes or hangs is a finding, and the others are looked at all the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import looks
import pytest

from dfp.doctor.finding import Check, Finding, Level
from dfp.doctor.watched import examine

HERE = Path(__file__).parent
LIMIT_S = 60.0


def check(look: Callable[[], Iterable[Finding]], limit_s: float = LIMIT_S, needs: tuple[str, ...] = ()) -> Check:
    return Check(look.__name__, look.__name__.title(), look, limit_s, needs, cure="Do this.", command="that")


def found(*checks: Check) -> list[tuple[str, str]]:
    """Findings by the check's name."""
    return [(check.name, finding.says) for check, finding in examine(checks, lambda *_: None)]


def test_what_goes_wrong_is_found_and_the_next_ones_follow() -> None:
    seen = []
    checks = [check(look) for look in (looks.well, looks.raising, looks.leaving, looks.crashing, looks.bad)]
    done = list(examine(checks, lambda check, number, of: seen.append((check.name, number, of))))
    assert [(check.name, finding.says) for check, finding in done] == [
        ("well", "One."),
        ("well", "Two."),
        ("raising", "Before."),
        ("raising", "Raising: looking at it failed (ValueError: on two lines)."),
        ("leaving", "Leaving: looking at it failed (SystemExit: 7)."),
        ("crashing", "Before."),
        ("crashing", "Crashing: looking at it ended the program that looked (SIGSEGV)."),
        ("bad", "It is broken."),
    ]
    stumbled = [finding for _, finding in done if "looking at it" in finding.says]
    assert {(finding.level, finding.cure, finding.command) for finding in stumbled} == {
        (Level.WRONG, "Do this.", "that")
    }
    assert seen == [(check.name, number, 5) for number, check in enumerate(checks, 1)]


def test_what_hangs_is_given_up() -> None:
    assert found(check(looks.hanging, limit_s=1.5), check(looks.well))[-3:] == [
        ("hanging", "Hanging: looking at it took more than 2 seconds and was given up."),
        ("well", "One."),
        ("well", "Two."),
    ]


def test_what_needs_something_broken_is_left_out_and_what_needs_that() -> None:
    assert found(
        check(looks.bad),
        check(looks.raising, needs=("bad",)),
        check(looks.well, needs=("raising",)),
        check(looks.noisy),
    ) == [("bad", "It is broken."), ("noisy", "Quiet.")]


def test_noise_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    assert found(check(looks.noisy)) == [("noisy", "Quiet.")]
    assert "noise" not in "".join(capfd.readouterr())


def test_nothing_goes_on_when_the_one_who_asked_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "asks.py"
    script.write_text(
        "import looks\nfrom dfp.doctor.finding import Check\nfrom dfp.doctor.watched import examine\n"
        "if __name__ == '__main__':\n    list(examine([Check('hanging', 'Hanging', looks.hanging, 300)], print))\n"
    )
    said = tmp_path / "pid"
    environment = {**os.environ, "PYTHONPATH": str(HERE), looks.SAID: str(said)}
    asking = subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.DEVNULL)
    try:
        until(said.exists)
        looking = int(said.read_text())
    finally:
        asking.send_signal(signal.SIGKILL)
        asking.wait()
    until(lambda: not runs(looking))


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether there is such a process, and it has not ended only to be buried by nobody."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
