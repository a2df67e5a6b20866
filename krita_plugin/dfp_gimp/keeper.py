"""Holds a face server for as long as GIMP runs: each face is made in a process of its own, and the next one needs it.

A program: `keeper.py NUMBER COMMAND...` runs the command until the process of that number, GIMP, has ended, in the
environment that it reads from its standard input, JSON; GIMP's Python may need another one than the server's. When the
command ends first, it says on its standard output what the command said last. Standard library only.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque

LOOK_S = 1.0
SYNCHRONIZE = 0x00100000
STILL_THERE = 258
LAST_LINES = 50
# On Windows a program without a window of its own would open a black one.
NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def is_running(process: int) -> bool:
    """Whether a process is there."""
    if os.name == "nt":
        import ctypes

        kernel = ctypes.windll.kernel32  # pyright: ignore[reportAttributeAccessIssue]
        handle = kernel.OpenProcess(SYNCHRONIZE, False, process)
        if not handle:
            return False
        state = kernel.WaitForSingleObject(handle, 0)
        kernel.CloseHandle(handle)
        return state == STILL_THERE
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(process: int, command: "list[str]", environment: "dict[str, str]") -> int:
    """Run the command, with a standard input that closes when the process has ended; returns its exit status."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    server = subprocess.Popen(
        command,
        env=environment,
        text=True,
        errors="replace",
        stdin=pipe,
        stdout=nowhere,
        stderr=pipe,
        creationflags=NO_WINDOW,
    )
    assert server.stderr is not None
    lines: deque[str] = deque(maxlen=LAST_LINES)
    reader = threading.Thread(target=lines.extend, args=(server.stderr,), daemon=True)
    reader.start()
    while server.poll() is None and is_running(process):
        time.sleep(LOOK_S)
    if server.poll() is None:
        assert server.stdin is not None
        server.stdin.close()
        return server.wait()
    reader.join(LOOK_S)
    # Whoever wanted to know may have been cancelled.
    with contextlib.suppress(OSError):
        print("".join(lines), end="", flush=True)
    return server.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:], json.load(sys.stdin)))
