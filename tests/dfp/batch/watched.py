"""A folder that is watched by `dfp batch --watch`, and somebody who does something to it meanwhile."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import dfp.batch.watch.folders
import dfp.batch.watch.watch

LONG = 60.0  # seconds, on a busy machine


class Watched:
    """What somebody does to folders while they are watched, and what comes of it."""

    def __init__(self, out: Path, said: Callable[[], str]):
        self.out, self.said = out, said

    def wait(self, for_what: Callable[[], object]) -> None:
        """Raises AssertionError when it does not come."""
        until = time.monotonic() + LONG
        while not for_what():
            assert time.monotonic() < until, self.said()
            time.sleep(0.02)

    def face(self, name: str) -> int:
        """Wait for a face; what changes when it is renewed."""
        self.wait((self.out / name).exists)
        return (self.out / name).stat().st_ino

    def renewed(self, name: str, before: int) -> None:
        """Wait until a face is another one."""
        self.wait(lambda: (self.out / name).stat().st_ino != before)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter waits than a painter's."""
    monkeypatch.setattr(dfp.batch.watch.folders, "STILL", 0.3)
    monkeypatch.setattr(dfp.batch.watch.watch, "WAITING", 0.1)
    monkeypatch.setattr(dfp.batch.watch.watch, "MOVING", 0.1)
    monkeypatch.setattr(dfp.batch.watch.watch, "PATIENCE", 2.0)


def watching(run: Callable[..., int], out: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Runs a command with --watch while a function does something; then stops it. Gives code and words."""

    def call(doing: Callable[[Watched], None], *options: object, number: int = signal.SIGINT) -> tuple[int, str]:
        failed: list[BaseException] = []
        heard = [""]

        def said() -> str:
            heard[0] += "".join(capfd.readouterr())
            return heard[0]

        def act() -> None:
            watched = Watched(out, said)
            try:
                watched.wait(lambda: "Ctrl-C ends" in said())
                doing(watched)
            except BaseException as error:
                failed.append(error)
            finally:
                os.kill(os.getpid(), number)

        actor = threading.Thread(target=act)
        actor.start()
        code = run("--watch", *options)
        actor.join()
        if failed:
            raise failed[0]
        return code, said()

    return call
