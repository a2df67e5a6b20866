"""Krita without a window: its program `kritarunner` follows a plan and ends."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dfp.errors import DfpError, SketchError
from dfp.runtime.openvino_cache import cache_folder

PROGRAM = "kritarunner"
ENTRY = "dfp_in_krita.entry"
INSIDE = Path(__file__).parents[1] / "inside"
# Where Krita's installers put it when it is not on the PATH.
ELSEWHERE = (
    Path("/Applications/krita.app/Contents/MacOS/kritarunner"),
    Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "Krita (x64)/bin/kritarunner.exe",
)
MISSING = (
    "Layers of .kra files are read and written by Krita's own program kritarunner, which is not here: install Krita "
    "(Debian: apt install krita), or save the pictures as .ora."
)
FAILED = "Krita cannot work on this file: open it in Krita yourself, save it again and try again."
SYSTEM_PATH = "/usr/bin", "/bin"
SILENT_S = 600.0  # so long Krita may say nothing: a very large picture takes a minute to open
POLL_S = 0.1

Progress = Callable[[int, int], None]


class Stopped(DfpError):
    """The painter has stopped the run while Krita was at work."""


def find_runner() -> Path:
    """The program. Raises DfpError with the sentence that says what to do when it is not there."""
    found = shutil.which(PROGRAM)
    if found is not None:
        return Path(found)
    there = next((path for path in ELSEWHERE if path.is_file()), None)
    if there is None:
        raise DfpError(MISSING)
    return there


def run_in_krita(
    plan: dict[str, Any],
    folder: Path,
    stop: Callable[[], bool] = lambda: False,
    progress: Progress = lambda done, of: None,
) -> dict[str, Any]:
    """Let Krita follow a plan; returns its answer. `folder` is for its files, and gets more of them.

    Raises SketchError with a sentence for a file that Krita cannot work on, Stopped, DfpError.
    """
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    answer = folder / "answer.json"
    answer.unlink(missing_ok=True)
    runner = find_runner()
    command = [str(runner), "-s", ENTRY, "-f", "main", str(folder / "plan.json"), str(answer)]
    # Its end of the pipe tells it that we are gone; and Ctrl-C, which is meant for us, does not tear it away.
    try:
        program = subprocess.Popen(
            command,
            env=_environment(runner, folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise DfpError(f"{command[0]} cannot be started: {error.strerror or error}.") from error
    try:
        last = _followed(program, stop, progress)
    finally:
        program.kill()
        program.wait()
    if not answer.is_file():
        raise SketchError(FAILED if not last else f"{FAILED} (Krita says: {last})")
    said: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    if "refused" in said:
        raise SketchError(said["refused"])
    if "error" in said:
        raise SketchError(f"{FAILED} ({said['error'].strip().splitlines()[-1]})")
    return said


def _followed(program: "subprocess.Popen[bytes]", stop: Callable[[], bool], progress: Progress) -> str:
    """Wait for the program's end; returns the last line of its own."""
    lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(program, lines), daemon=True).start()
    last: deque[str] = deque(maxlen=1)
    heard = time.monotonic()
    while True:
        if stop():
            raise Stopped("Stopped.")
        try:
            line = lines.get(timeout=POLL_S)
        except queue.Empty:
            if time.monotonic() - heard > SILENT_S:
                raise SketchError(f"Krita has been silent for {SILENT_S / 60:.0f} minutes over this file.") from None
            continue
        heard = time.monotonic()
        if line is None:
            return last[0] if last else ""
        words = line.decode(errors="replace").split()
        if len(words) == 3 and words[0] == "dfp":
            progress(int(words[1]), int(words[2]))
        elif words:
            last.append(" ".join(words))


def _listen(program: "subprocess.Popen[bytes]", lines: "queue.SimpleQueue[bytes | None]") -> None:
    with suppress(ValueError, OSError):
        for line in program.stdout or ():
            lines.put(line)
    lines.put(None)


def _environment(runner: Path, folder: Path) -> dict[str, str]:
    """Krita without a screen, with settings of its own: what the painter has open in Krita is not disturbed."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "CONDA"))}
    more = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(INSIDE), "PYTHONDONTWRITEBYTECODE": "1"}
    more |= {"TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    home = cache_folder()
    if sys.platform != "win32":
        # Krita's Python would look for its parts beside the first python3 of the PATH, which may be ours.
        more["PATH"] = os.pathsep.join((str(runner.parent), *SYSTEM_PATH))
    if sys.platform == "linux":
        more["LC_ALL"] = "C.UTF-8"  # names of files may have any letters
        if home is not None:  # Krita fills it once, which takes some seconds
            kinds = ("DATA", "CONFIG", "CACHE")
            more |= {f"XDG_{kind}_HOME": str(home / "krita" / kind.lower()) for kind in kinds}
    return {**ours, **more}
