"""The command `python -m server` as the plugin and painters run it: a process of its own."""

import signal
import socket
import stat
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgpack
import pytest
from server_helpers import CODE, PATIENCE_S, body_of, exit_of, face_lines, request_of, running, until, where

from server import wire

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and Unix sockets are tested on Unix")

FACE = body_of(request_of(face_lines(128, 128), "BGRA", id="layer 1"))
LARGE = body_of(request_of(face_lines(4096, 4096), "RGBA", id="layer 2"))
HEADERS = {"Content-Type": wire.CONTENT_TYPE}


class UnixConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str):
        super().__init__("localhost", timeout=PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def connection(address: str) -> HTTPConnection:
    """A connection to the address that a server printed."""
    if address.startswith("unix:"):
        return UnixConnection(address.removeprefix("unix:"))
    parts = urlsplit(address)
    return HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_S)


def get_health(address: str) -> wire.Health:
    http = connection(address)
    http.request("GET", "/v1/health")
    health = wire.Health.from_map(msgpack.unpackb(http.getresponse().read()))
    http.close()
    return health


def post(address: str, body: bytes) -> tuple[int, dict[str, Any], str | None]:
    """Status, message and Retry-After."""
    http = connection(address)
    http.request("POST", "/v1/generate", body, HEADERS)
    response = http.getresponse()
    message = msgpack.unpackb(response.read())
    http.close()
    return response.status, message, response.getheader("Retry-After")


def wait_until_ready(address: str) -> None:
    until(lambda: get_health(address).state != wire.State.LOADING, "the model was loaded")
    assert get_health(address).state == wire.State.READY


def test_it_answers_while_loading_then_draws_and_finishes_what_it_draws(weights: Path) -> None:
    with running("--port", 0, "--device", "cpu", "--weights", weights) as process:
        address = where(process)
        assert get_health(address).state == wire.State.LOADING
        status, message, retry = post(address, LARGE)
        assert (status, message["code"], retry) == (503, wire.Code.LOADING, "1")

        wait_until_ready(address)
        status, message, _ = post(address, FACE)
        assert status == 200
        assert wire.GenerateAnswer.from_map(message).id == "layer 1"

        http = connection(address)
        # This returns when the server has taken all but the last buffer; the face takes much longer.
        http.request("POST", "/v1/generate", LARGE, HEADERS)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        response = http.getresponse()
        assert response.status == 200
        assert wire.GenerateAnswer.from_map(msgpack.unpackb(response.read())).id == "layer 2"
        code, _, err = exit_of(process)
        assert code == 0
        assert "Traceback" not in err
        assert "layer 2" in err
        with pytest.raises(ConnectionRefusedError):
            get_health(address)


def test_a_unix_socket_is_for_this_user_only_and_goes_with_the_server(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with running("--socket", path, "--device", "cpu", "--weights", weights) as process:
        address = where(process)
        assert address == f"unix:{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        wait_until_ready(address)
        assert post(address, FACE)[0] == 200

        with running("--socket", path) as second:
            code, _, err = exit_of(second)
        assert code == 1
        assert "Another server listens" in err
        assert get_health(address).state == wire.State.READY

        process.send_signal(signal.SIGINT)
        assert exit_of(process)[0] == 0
        assert not path.exists()


def test_the_socket_of_a_dead_server_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with running("--socket", path, "--weights", tmp_path / "none") as process:
        assert get_health(where(process)).service == "deepfacepencil"


def test_sockets_that_cannot_be_made(tmp_path: Path) -> None:
    drawing = tmp_path / "drawing.kra"
    drawing.write_text("precious")
    for path, told in [
        (drawing, "not a socket"),
        (tmp_path / "no folder" / "socket", "No such file"),
        (tmp_path / ("long" * 40), "too long"),
    ]:
        with running("--socket", path) as process:
            code, out, err = exit_of(process)
        assert (code, out) == (1, "")
        assert told in err
        assert "Give another --socket." in err
        assert "Traceback" not in err
    assert drawing.read_text() == "precious"


def test_a_taken_port_is_told_at_once() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        began = time.monotonic()
        with running("--port", port) as process:
            code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert err.startswith(f"Port {port} is taken by another program")
    assert "--port" in err
    assert err.count("\n") == 1
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_computers_cannot_be_let_in(host: str) -> None:
    with running("--port", 0, "--host", host) as process:
        code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert "only to programs on the same computer" in err


@pytest.mark.parametrize("host", ["localhost", "::1"])
def test_other_names_of_this_computer(host: str, tmp_path: Path) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("this computer has no IPv6 loopback")
    with running("--port", 0, "--host", host, "--weights", tmp_path / "none") as process:
        assert get_health(where(process)).service == "deepfacepencil"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("port", ["-1", "65536", "http", "²"])
def test_what_is_no_port(port: str) -> None:
    with running(f"--port={port}") as process:
        code, _, err = exit_of(process)
    assert code == 2
    assert "0 to 65535" in err


def test_it_ends_when_its_standard_input_closes(tmp_path: Path) -> None:
    arguments = ("--port", 0, "--weights", tmp_path / "none", "--exit-with-stdin")
    with running(*arguments, stdin=subprocess.PIPE) as process:
        address = where(process)
        until(lambda: get_health(address).state == wire.State.FAILED, "loading was over")
        assert "none" in get_health(address).message
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        code, _, err = exit_of(process)
    assert code == 0
    assert "Traceback" not in err
    assert "Fatal" not in err


def test_it_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    """As when Krita is killed: nothing in it can tell the server to end."""
    parent_code = (
        "import subprocess, sys, time\n"
        "server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "print(server.stdout.readline(), end='', flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-m", "server", "--port", "0", "--weights", str(tmp_path), "--exit-with-stdin"]
    with subprocess.Popen(
        [sys.executable, "-c", parent_code, *command],
        cwd=CODE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert get_health(where(parent)).service == "deepfacepencil"
        parent.kill()
        # The server writes to the same pipe: the pipe ends only with both of them.
        _, err = parent.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform != "linux", reason="GNU OpenMP, which can tell its settings, is Linux's")
def test_torch_starts_with_threads_that_wait_passively(tmp_path: Path) -> None:
    with running("--port", 0, "--weights", tmp_path / "none", OMP_DISPLAY_ENV="TRUE") as process:
        address = where(process)
        until(lambda: get_health(address).state == wire.State.FAILED, "loading was over")
        process.send_signal(signal.SIGTERM)
        _, _, err = exit_of(process)
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in err


def test_the_wire_format_and_the_command_import_nothing_heavy() -> None:
    """The wire format goes into Krita; and torch must not start before the command has set its threads."""
    for module, heavy in [
        ("server.wire", {"torch", "numpy", "aiohttp", "msgpack", "cv2"}),
        ("server.cli", {"torch", "cv2", "dfp"}),
    ]:
        code = f"import sys, {module}; print({heavy!r} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], cwd=CODE, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "set()"
