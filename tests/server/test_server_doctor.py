"""What `dfp doctor` finds of a server: one that runs, that has died, that is another's; its log; its port."""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import msgpack
import pytest
from dfp_server import wire
from dfp_server.doctor import server as checks
from dfp_server.transport.discovery import only_server
from dfp_server.version import server_version
from server_helpers import running, where

from dfp.doctor.finding import Finding, Level


@pytest.fixture(autouse=True)
def free_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port that nobody listens at stands for the usual one, which others may use."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    monkeypatch.setattr(wire, "DEFAULT_PORT", port)
    return port


@pytest.fixture
def file() -> Path:
    """Where a server says where it is, in a folder that is as it should be."""
    path = Path(wire.discovery_path())
    path.parent.mkdir(mode=0o700, parents=True)
    return path


@pytest.fixture
def log() -> Path:
    """The server's log, with lines."""
    path = Path(os.environ["XDG_STATE_HOME"]) / "deepfacepencil" / "server.log"
    path.parent.mkdir(mode=0o700, parents=True)
    return path


def look() -> list[Finding]:
    """Everything that is found of the server."""
    return [finding for check in checks.SUBJECT.checks for finding in check.look()]


def the_bad_one() -> Finding:
    """The only finding that is not fine."""
    (bad,) = [finding for finding in look() if finding.level is not Level.OK]
    return bad


def publish(file: Path, address: str, version: str = "") -> int:
    """Write what a server of a process that has ended would have written; gives its number."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    discovery = wire.Discovery(address, "a-token-that-is-long", process.pid, version or server_version())
    file.write_text(json.dumps(discovery.to_map()))
    file.chmod(0o600)
    return process.pid


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """A program that answers everything with the same, in this process."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def health(version: str, state: str = wire.State.READY, message: str = "") -> bytes:
    fields = wire.Health(state, "model", "cpu", version, message).to_map()
    return msgpack.packb(fields) or b""


def test_no_server(file: Path) -> None:
    assert {finding.level for finding in look()} == {Level.OK}
    assert "No face server runs now" in look()[0].says


def test_a_server_that_runs(weights: Path, tmp_path: Path) -> None:
    with running("--port", "0", "--weights", weights, "--log", tmp_path / "log") as process:
        where(process)
        file = Path(wire.discovery_path())
        while not file.exists():
            assert process.poll() is None
        first = look()[0]
        assert first.level is Level.OK
        assert f"A face server {server_version()} runs (process {process.pid})" in first.says
        assert list(checks.secrets()) == [json.loads(file.read_text())["token"]]


def test_the_file_of_a_dead_process(file: Path) -> None:
    publish(file, "http://127.0.0.1:1")
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert f"{file} speaks of a face server that has ended" in found.says
    assert found.command == f"rm {file}"


def test_a_token_that_others_may_read(file: Path) -> None:
    publish(file, "http://127.0.0.1:1")
    file.chmod(0o644)
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.says.startswith(f"Others on this computer can read the file with the server's token, {file}.")
    assert found.command == f"chmod 600 {file}"


def test_a_folder_that_others_may_look_into(file: Path) -> None:
    file.parent.chmod(0o755)
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert found.command == f"chmod 700 {file.parent}"


def test_a_folder_that_has_lost_its_permissions(file: Path, log: Path) -> None:
    log.parent.chmod(0o500)
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert found.says == f"The folder of the server's log, {log.parent}, has lost permissions that its owner needs."
    assert found.command == f"chmod 700 {log.parent}"
    log.parent.chmod(0o700)


def test_a_file_that_no_server_wrote(file: Path) -> None:
    file.write_text("{")
    file.chmod(0o600)
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.says == f"{file} is not what a face server writes."
    assert found.command == f"rm {file}"


def test_a_server_that_does_not_answer(file: Path, free_port: int) -> None:
    with only_server(file):
        pid = publish(file, f"http://127.0.0.1:{free_port}")
        found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.says == f"The face server of {file} (process {pid}) does not answer."
    assert found.command == f"kill {pid}"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html>", "is not who answers at its address"),
        (health("0.0.1"), "The face server that runs is 0.0.1, but this program is"),
        (health(server_version(), wire.State.FAILED, "No weights."), "runs, but cannot draw: No weights."),
    ],
)
def test_who_answers(file: Path, body: bytes, says: str) -> None:
    with answering(body) as address, only_server(file):
        pid = publish(file, address)
        found = the_bad_one()
    assert found.level is Level.WRONG
    assert says in found.says
    assert found.cure
    assert found.command == f"kill {pid}"


def test_a_port_that_another_program_has(file: Path, free_port: int) -> None:
    listens = f"import socket, sys; s = socket.create_server(('127.0.0.1', {free_port})); print(); sys.stdout.flush()"
    command = [sys.executable, "-c", f"{listens}; input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        found = the_bad_one()
        program.communicate(b"\n")
    assert found.level is Level.WARNING
    assert f"Port {free_port}, which `dfp-server` listens at, is taken by " in found.says
    if sys.platform == "linux":
        assert f" (process {program.pid})." in found.says
    assert found.command == "dfp-server --port 0"


def test_the_last_error_of_the_log(file: Path, log: Path) -> None:
    def line(level: str, message: str, time: datetime, **more: str) -> str:
        return json.dumps({"time": time.isoformat(), "level": level, "message": message, **more}) + "\n"

    now = datetime.now()
    log.write_text(line("ERROR", "long ago", datetime(2020, 1, 1)) + line("INFO", "fine", now) + "torn {")
    assert {finding.level for finding in look()} == {Level.OK}
    log.write_text(line("ERROR", "it broke", now, trace="Traceback\nKeyError: 'x'") + line("INFO", "fine", now))
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert found.says.endswith("it broke KeyError: 'x'")
    assert str(log) in found.cure


def test_a_log_that_is_a_folder(file: Path, log: Path) -> None:
    log.mkdir()
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.command == f"mv {log} {log}.old"


def test_a_state_folder_that_is_read_only(file: Path, log: Path) -> None:
    disk = log.parent.parent
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,ro", "tmpfs", str(disk)]
    if sys.platform != "linux" or os.getuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Only root on Linux may mount a read-only disk here.")
    try:
        found = the_bad_one()
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    assert found.level is Level.WRONG
    assert f"The folder of the server's log, {log.parent}, cannot be written (Read-only file system)." in found.says
    assert "cannot start without its log" in found.says
    assert found.cure.startswith("Make ")
