"""A log that cannot be written, for want of room or of a reader: lines are lost and counted, nobody waits."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dfp_server.middleware.logs import Behind, JsonLines, Lines, WholeLines
from server_helpers import (
    CODE,
    PATIENCE_S,
    auth,
    body_of,
    connection,
    exit_of,
    face_lines,
    metric,
    post,
    ready,
    request_of,
    running,
    until,
    wait_until_ready,
    where,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="full disks and pipes are tested on Unix")

SMALL = body_of(request_of(face_lines(64, 64), "RGBA"))


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[Path]:
    """A file system with room for one page, mounted at the folder; skips the test where that is not allowed."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "full", folder], capture_output=True)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def unread(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """A server whose stderr nobody reads."""
    command = [sys.executable, "-m", "dfp_server", "--port", "0", "--exit-with-stdin", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=CODE, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def refused(address: str, times: int) -> float:
    """Ask in vain so often, each time for a line in the log; how long the longest took."""
    http, said, longest = connection(address), {**auth(), "Content-Type": "text/plain"}, 0.0
    for _ in range(times):
        began = time.monotonic()
        http.request("POST", "/v1/generate", b"", said)
        assert http.getresponse().read()
        longest = max(longest, time.monotonic() - began)
    http.close()
    return longest


@pytest.mark.parametrize("kind", ["full device", "full disk"])
def test_a_full_log_and_a_reader_who_is_none_stop_nothing(tmp_path: Path, kind: str) -> None:
    with contextlib.ExitStack() as stack:
        folder = Path("/dev") if kind == "full device" else stack.enter_context(full_disk(tmp_path / "disk"))
        log = folder / ("full" if kind == "full device" else "server.log")
        if not folder.exists():
            pytest.skip("this system has no /dev/full")
        process = stack.enter_context(unread("--weights", tmp_path / "none", "--log", log))
        address = where(process)
        longest = refused(address, 500)  # together more than a pipe holds
        until(lambda: metric(address, "dfp_log_lines_lost") > 200, "what was lost had been counted")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        ended = time.monotonic() - began
        if kind == "full disk":
            text = log.read_text()
            assert text.endswith("\n")
            assert all(json.loads(line) for line in text.splitlines()), "there are no halves of lines"
    print(f"the slowest took {1000 * longest:.0f} ms, the end {1000 * ended:.0f} ms")


def test_faces_are_drawn_when_the_log_is_full(weights: Path) -> None:
    with unread("--weights", weights, "--device", "cpu", "--runtime", "torch", "--log", "/dev/full") as process:
        address = where(process)
        wait_until_ready(address)
        for _ in range(50):
            assert post(address, SMALL)[0] == 200
        refused(address, 500)
        assert post(address, SMALL)[0] == 200


class Stuck(logging.Handler):
    """Writes when it is let, and notes what."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        assert self.gate.wait(PATIENCE_S)
        self.told.append(record.getMessage())


def test_a_disk_that_hangs_keeps_nobody_and_what_was_lost_is_told_later() -> None:
    stuck = Stuck()
    behind = Behind([stuck], room=10)
    log = logging.Logger("test")
    log.addHandler(behind)
    began = time.monotonic()
    for i in range(100):
        log.warning("line %d", i)
    print(f"100 lines took {1000 * (time.monotonic() - began):.1f} ms")
    assert not behind.finish(0.1)
    lost = behind.lost
    assert lost >= 89
    stuck.gate.set()
    until(lambda: f"lines lost: {lost}" in stuck.told, "the loss was told")


def test_what_is_left_is_written_at_the_end(tmp_path: Path) -> None:
    lines = WholeLines(tmp_path / "log", encoding="utf-8")
    lines.setFormatter(JsonLines())
    behind = Behind([lines])
    log = logging.Logger("test")
    log.addHandler(behind)
    for i in range(500):
        log.warning("line %d", i)
    assert behind.finish(20)
    assert len((tmp_path / "log").read_text().splitlines()) == 500
    assert behind.lost == 0


def test_an_error_keeps_its_trace(tmp_path: Path) -> None:
    path = tmp_path / "log"
    lines = WholeLines(path, encoding="utf-8")
    lines.setFormatter(JsonLines())
    behind = Behind([lines])
    log = logging.Logger("test")
    log.addHandler(behind)
    try:
        raise ValueError("the \x1b[2Jreason")
    except ValueError:
        log.exception("it failed")
    assert behind.finish(20)
    line = json.loads(path.read_text())
    assert line["message"] == "it failed"
    assert line["trace"].startswith("Traceback")
    assert "the reason" in line["trace"].replace("\\u001b[2J", "")


NASTY = "a\x1b[2J\x07\x9b31m\r\nFAKE 12:00 all is well\x7f\u202egnp\U000e0001"


def test_what_others_say_moves_no_cursor_and_makes_no_lines() -> None:
    record = logging.LogRecord("test", logging.INFO, "", 0, "said: %s", (NASTY,), None)
    for formatter in (Lines("%(asctime)s %(message)s"), JsonLines()):
        text = formatter.format(record)
        assert text.isprintable()
        assert "\\u001b[2J" in text
    assert json.loads(JsonLines().format(record))["message"] == f"said: {NASTY}"
    assert "Müller 鉛筆" in Lines("%(message)s").format(logging.makeLogRecord({"msg": "Müller 鉛筆"}))


def test_a_servers_stderr_has_no_control_characters(weights: Path) -> None:
    with ready("--weights", weights) as (process, address):
        for body in (
            body_of(request_of(face_lines(64, 64), "RGBA"), **{"a\x1b]0;title\x07": 1}),
            body_of(request_of(face_lines(64, 64), "RGBA"), mode="\x1b[31m"),
            body_of(request_of(face_lines(64, 64), "RGBA"), id="\x1b[31m\x9b", width=1),
            body_of(request_of(face_lines(64, 64), "RGBA"), version="\x1b[31m"),
        ):
            post(address, body)
        process.send_signal(signal.SIGTERM)
        _, _, err = exit_of(process)
    assert len(err.splitlines()) >= 4
    assert all(line.isprintable() for line in err.splitlines())


@pytest.mark.parametrize("where_to", ["/dev/null", "/dev/full"])
def test_a_stdout_that_takes_nothing(tmp_path: Path, where_to: str) -> None:
    with running("--port", 0, "--weights", tmp_path / "none", stdout=where_to) as process:
        until(lambda: (tmp_path / "xdg_runtime_dir" / "deepfacepencil" / "server.json").exists(), "it had begun")
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert "Traceback" not in process.told()


def test_a_log_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    with running("--port", 0, "--log", tmp_path / "log") as process:
        code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert "is a pipe" in err.lower()
