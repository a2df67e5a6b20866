"""Checks that go well, fail, crash and hang, for the process that looks."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from dfp.doctor.finding import Finding, fine, wrong

SAID = "DFP_TEST_PID_FILE"


def well() -> Iterator[Finding]:
    """All is well, twice."""
    yield fine("One.")
    yield fine("Two.")


def bad() -> Iterator[Finding]:
    """Something is wrong."""
    yield wrong("It is broken.", "Mend it.")


def raising() -> Iterator[Finding]:
    """One finding, then an error."""
    yield fine("Before.")
    raise ValueError("on two\nlines")


def leaving() -> Iterator[Finding]:
    """Ends the program politely, as some libraries do."""
    raise SystemExit(7)


def crashing() -> Iterator[Finding]:
    """One finding, then what a broken library does."""
    yield fine("Before.")
    os.kill(os.getpid(), signal.SIGSEGV)
    time.sleep(60)


def hanging() -> Iterator[Finding]:
    """Says who it is, and never ends."""
    yield fine("Before.")
    if SAID in os.environ:
        part = Path(os.environ[SAID] + ".part")
        part.write_text(str(os.getpid()))
        part.rename(os.environ[SAID])
    time.sleep(600)


def noisy() -> Iterator[Finding]:
    """Writes where findings are told."""
    os.write(1, b"noise\n")
    os.write(2, b"noise\n")
    yield fine("Quiet.")
