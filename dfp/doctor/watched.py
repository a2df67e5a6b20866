"""Checks in a process of their own, which may crash or hang: then the next ones get another."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from multiprocessing.connection import Connection

from dfp.doctor.finding import Check, Finding, Level
from dfp.doctor.here import look, stumbled

ENDING_S = 5.0

Progress = Callable[[Check, int, int], None]


def examine(checks: Sequence[Check], progress: Progress) -> Generator[tuple[Check, Finding], None, None]:
    """Look at one after the other. What a check needs must be among those before it.

    `progress` is told which one comes, its number from 1, and how many there are. Nothing is left running when the
    caller stops to ask.
    """
    process: CheckProcess | None = None
    bad: set[str] = set()
    try:
        for number, check in enumerate(checks, 1):
            progress(check, number, len(checks))
            if bad.intersection(check.needs):
                bad.add(check.name)
                continue
            process = process or CheckProcess()
            for finding in process.look(check):
                if finding.level is Level.WRONG:
                    bad.add(check.name)
                yield check, finding
            if process.ended:
                process = None
    finally:
        if process is not None:
            process.end()


class CheckProcess:
    """A process that looks at what it is told to."""

    def __init__(self) -> None:
        # A forked one would share locks with threads that it does not have.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="doctor", daemon=True)
        self._process.start()
        theirs.close()
        self.ended = False

    def look(self, check: Check) -> Iterator[Finding]:
        """What the check finds; a crash and a time that is over are findings, and end the process."""
        until = time.monotonic() + check.limit_s
        try:
            self._pipe.send(check)
            while self._pipe.poll(max(0.0, until - time.monotonic())):
                finding = self._pipe.recv()
                if finding is None:
                    return
                yield finding
            yield stumbled(check, f"took more than {check.limit_s:.0f} seconds and was given up")
        except (EOFError, OSError):
            self._process.join(ENDING_S)
            yield stumbled(check, f"ended the program that looked ({_how(self._process.exitcode)})")
        self.end()

    def end(self) -> None:
        """End the process, and whatever it has started."""
        self.ended = True
        if self._process.pid is not None and sys.platform != "win32":
            with contextlib.suppress(OSError):  # it may not have come to make a group of its own
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join(ENDING_S)
        self._pipe.close()


def _how(code: int | None) -> str:
    """What an exit code says."""
    if code is None:
        return "without a word"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"exit code {code & 0xFFFFFFFF:#x}" if code < 0 or code > 255 else f"exit code {code}"


def _serve(pipe: Connection) -> None:
    """Look at each check that comes, until nobody is there any more."""
    _live_alone()
    with contextlib.suppress(EOFError, OSError):
        while True:
            check = pipe.recv()
            for finding in look(check):
                pipe.send(finding)
            pipe.send(None)


def _live_alone() -> None:
    """Say nothing where findings are told, leave Ctrl-C to who asked, and never outlive that one."""
    if sys.platform != "win32":
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        if sys.platform != "win32":
            os.killpg(0, signal.SIGKILL)
        os._exit(1)
