"""A process beside the model's that does steps for it: told through its standard input, answering on its output.

No torch is imported here, so that one takes a second to start and some 100 MiB.
"""

import os
import pickle
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import cv2

from dfp.batch.steps import Steps
from dfp.errors import SketchError

# Each of them has one processor at a time: threads of theirs would only take it from each other, and from the model.
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
# The GNU C library keeps so many bytes that were given back, for the next sketch needs as many again: to get their
# pages anew from the system, cleared, takes a quarter of the time in which a large sketch is prepared.
KEPT_MEMORY = {"MALLOC_TOP_PAD_": str(32 << 20)}
# With the modules that this program was started with, whatever lies in the folder that it was started in.
START = "import sys; sys.path[:] = sys.argv[1:]; from dfp.batch.worker import main; main()"
NICE = 5  # where there are not enough processors the model goes first, as far as it has something to do
Step = Callable[..., Any]


class Ended(Exception):
    """A worker's process is there no more."""


class WorkerProcess:
    """One of them, as seen from the model's process; for one thread at a time."""

    def __init__(self):
        """Start it. Raises Ended when it cannot be started."""
        _ignore_ctrl_c()
        command = [sys.executable, "-c", START, *sys.path]
        environment = KEPT_MEMORY | os.environ | ONE_THREAD
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, creationflags=flags)
        except OSError as error:
            raise Ended from error

    def begin(self, steps: Steps) -> None:
        """Tell it what is the same for all that it will do, and wait until it has understood. Raises Ended."""
        self._ask(steps)

    def do(self, step: Step, arguments: tuple[object, ...]) -> Any:
        """What a function gives for the steps and further arguments; it raises what the function does. Raises Ended."""
        done, answer = self._ask((step, arguments))
        if done:
            return answer
        raise answer

    def kill(self) -> None:
        """From any thread: end it whatever it does; who waits for it gets Ended."""
        self._process.kill()

    def end(self) -> None:
        """End it and forget it."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not sent yet has nowhere to go
                    pipe.close()
        self._process.wait()

    def _ask(self, message: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(message, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise Ended from error


def _ignore_ctrl_c() -> None:
    """Let this thread and what it starts be deaf to Ctrl-C, which is meant for the whole program's main thread.

    A session of its own would do, too, but systems that share the processor between sessions would then give it as much
    as the model.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def main() -> None:
    """Do one step after the other until nobody asks any more."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    cv2.setNumThreads(1)
    warnings.filterwarnings("ignore", module="PIL")
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come among the answers
    answer: object = True
    steps: Steps = pickle.load(asked)
    while True:
        try:
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
            step, arguments = pickle.load(asked)
        except (EOFError, OSError):
            os._exit(0)  # nobody is there to be told anything
        try:
            answer = True, step(steps, *arguments)
        except (SketchError, MemoryError) as error:
            answer = False, error
        except Exception:  # a mistake of ours; not each can be sent, and none with the place where it was made
            answer = False, RuntimeError(traceback.format_exc())
