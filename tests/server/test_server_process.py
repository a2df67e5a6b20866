"""The command `python -m dfp_server` as the plugin and painters run it: a process of its own."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import msgpack
import numpy as np
import pytest
from dfp_server import wire
from server_helpers import (
    CODE,
    PATIENCE_S,
    auth,
    body_of,
    connection,
    exit_of,
    face_lines,
    get_health,
    post,
    request_of,
    running,
    until,
    wait_until_ready,
    where,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and Unix sockets are tested on Unix")

FACE = body_of(request_of(face_lines(128, 128), "BGRA", id="layer 1"))
LARGE = body_of(request_of(face_lines(4096, 4096), "RGBA", id="layer 2"))


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
        http.request("POST", "/v1/generate", LARGE, {**auth(), "Content-Type": wire.CONTENT_TYPE})
        until(lambda: get_health(address).state == wire.State.BUSY, "it is being drawn")
        process.send_signal(signal.SIGTERM)
        response = http.getresponse()
        assert response.status == 200
        assert wire.GenerateAnswer.from_map(msgpack.unpackb(response.read())).id == "layer 2"
        code, _, err = exit_of(process)
        assert code == 0
        assert "Traceback" not in err
        assert "layer 2" in err
        with pytest.raises(ConnectionRefusedError):
            connection(address).connect()


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
        assert err.startswith(f"A DeepFacePencil server runs already, at unix:{path} (process {process.pid}).")
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


def test_a_taken_port_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with running("--port", port) as process:
            code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert err.startswith(f"Port {port} is taken by another program")
    assert "--port" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_other_computers_cannot_be_let_in(host: str) -> None:
    with running("--port", 0, "--host", host) as process:
        code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert "only to programs on the same computer" in err
    assert "--allow-remote together with --token-file, --tls-cert and --tls-key" in err


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
    with running("--port", 0, "--weights", tmp_path / "none") as process:
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


def path_with(folder: Path) -> str:
    """What PYTHONPATH is with a folder before all that is in it."""
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])


@pytest.mark.parametrize("how", ["signal", "stdin"])
def test_it_ends_though_its_model_takes_for_ever(tmp_path: Path, how: str) -> None:
    """As when Krita is closed again while the model is converted for the first time."""
    (tmp_path / "openvino").mkdir()
    (tmp_path / "openvino" / "__init__.py").write_text("import time; time.sleep(10_000)")
    (tmp_path / "openvino-1.dist-info").mkdir()
    (tmp_path / "openvino-1.dist-info" / "METADATA").write_text("Name: openvino\nVersion: 1\n")
    path = tmp_path / "socket"
    with running("--socket", path, "--device", "cpu", PYTHONPATH=path_with(tmp_path)) as process:
        assert get_health(where(process)).state == wire.State.LOADING
        time.sleep(2)  # until it is in the middle of it
        if how == "signal":
            process.send_signal(signal.SIGTERM)
        else:
            assert process.stdin is not None
            process.stdin.close()
            process.stdin = None
        code, _, err = exit_of(process)
    assert (code, "Traceback" in err, path.exists()) == (0, False, False)
    assert list(Path(wire.discovery_path()).parent.iterdir()) == []


def test_a_second_signal_ends_it_where_it_is(weights: Path) -> None:
    sketch = np.full((8192, 8192), 255, np.uint8)
    sketch[1000:7000, 1000:1100] = sketch[1000:1100, 1000:7000] = 0
    with running("--port", 0, "--device", "cpu", "--runtime", "torch", "--weights", weights) as process:
        address = where(process)
        wait_until_ready(address)
        with begun(address, body_of(request_of(sketch, "L"))):
            # What is being drawn is waited for when the server is told to end.
            until(lambda: get_health(address).state == wire.State.BUSY, "it was being drawn")
            process.send_signal(signal.SIGINT)
            until(lambda: wire.read_discovery(wire.discovery_path()) is None, "the first was heard")
            process.send_signal(signal.SIGINT)
            code, _, err = exit_of(process)
    assert (code, "Traceback" in err) == (-signal.SIGINT, False)


@contextlib.contextmanager
def begun(address: str, sent: bytes, length: int | None = None) -> Iterator[HTTPConnection]:
    """A request of which so much has been sent."""
    with contextlib.closing(connection(address)) as http:
        http.putrequest("POST", "/v1/generate")
        said = {**auth(), "Content-Type": wire.CONTENT_TYPE, "Content-Length": str(length or len(sent))}
        for name, text in said.items():
            http.putheader(name, text)
        http.endheaders(sent)
        yield http


def test_an_upload_that_has_not_come_whole_is_not_waited_for(weights: Path) -> None:
    with running("--port", 0, "--device", "cpu", "--runtime", "torch", "--weights", weights) as process:
        address = where(process)
        wait_until_ready(address)
        with begun(address, FACE[:1000], len(FACE)) as http:
            get_health(address)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            response = http.getresponse()
            assert (response.status, msgpack.unpackb(response.read())["code"]) == (503, wire.Code.STOPPING)
            assert exit_of(process)[0] == 0
            took = time.monotonic() - began
    print(f"ended after {took:.1f} s")


@pytest.mark.parametrize("left", ["half a head", "nothing said", "kept after its answer", "an answer not taken"])
def test_connections_that_are_left_open_do_not_hold_up_the_end(weights: Path, left: str) -> None:
    with running("--port", 0, "--device", "cpu", "--runtime", "torch", "--weights", weights) as process:
        address = where(process)
        wait_until_ready(address)
        with contextlib.closing(connection(address)) as http:
            http.connect()
            if left == "half a head":
                http.sock.sendall(b"POST /v1/gen")
            elif left == "kept after its answer":
                http.request("GET", "/v1/health", headers=auth())
                http.getresponse().read()
            elif left == "an answer not taken":
                http.request("POST", "/v1/generate", LARGE, {**auth(), "Content-Type": wire.CONTENT_TYPE})
                http.sock.recv(1, socket.MSG_PEEK)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert exit_of(process)[0] == 0
            took = time.monotonic() - began
    print(f"{left}: ended after {took:.1f} s")


@pytest.mark.parametrize("host", ["dfp", "localhost", "evil.example", ""])
def test_a_unix_socket_may_be_called_anything(tmp_path: Path, host: str) -> None:
    with running("--socket", tmp_path / "socket", "--weights", tmp_path / "none") as process:
        address = where(process)
        for more, status in (({}, 200), ({"Origin": "null"}, 403)):
            with contextlib.closing(connection(address)) as http:
                http.request("GET", "/v1/health", headers={**auth(), "Host": host, **more})
                assert http.getresponse().status == status


def test_localhost_where_there_is_only_ipv6(tmp_path: Path) -> None:
    """In a network of its own, which has the one address and not the other."""
    commands = "ip link set lo up && ip address del 127.0.0.1/8 dev lo && ip -6 address show dev lo | grep -q ::1"
    alone = ["unshare", "--net", "sh", "-c"]
    try:
        subprocess.run([*alone, commands], check=True, capture_output=True, timeout=PATIENCE_S)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no network without 127.0.0.1 can be made here")
    command = f"{commands} && exec {sys.executable} -m dfp_server --port 0 --weights none --exit-with-stdin"
    with subprocess.Popen(
        [*alone, command], cwd=CODE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert where(process).startswith("http://[::1]:")
        finally:
            process.kill()


def test_it_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    """As when Krita is killed: nothing in it can tell the server to end."""
    parent_code = (
        "import subprocess, sys, time\n"
        "server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "print(server.stdout.readline(), end='', flush=True)\n"
        "time.sleep(600)\n"
    )
    command = [sys.executable, "-m", "dfp_server", "--port", "0", "--weights", str(tmp_path), "--exit-with-stdin"]
    with subprocess.Popen(
        [sys.executable, "-c", parent_code, *command],
        cwd=CODE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        try:
            assert get_health(where(parent)).service == "deepfacepencil"
        finally:
            parent.kill()
        # The server writes to the same pipe: the pipe ends only with both of them.
        _, err = parent.communicate(timeout=PATIENCE_S)
    assert "Traceback" not in err


@pytest.mark.skipif(sys.platform != "linux", reason="GNU OpenMP, which can tell its settings, is Linux's")
def test_torch_starts_with_threads_that_wait_passively(weights: Path) -> None:
    with running("--port", 0, "--weights", weights, "--runtime", "torch", OMP_DISPLAY_ENV="TRUE") as process:
        wait_until_ready(where(process))
        process.send_signal(signal.SIGTERM)
        _, _, err = exit_of(process)
    assert "OMP_WAIT_POLICY = 'PASSIVE'" in err


def test_the_wire_format_and_the_command_import_nothing_heavy() -> None:
    """The wire format goes into Krita; torch must not start before the command has set its threads.

    And what draws with OpenVINO must not wait for torch, which takes seconds to import.
    """
    for module, heavy in [
        ("dfp_server.wire", {"torch", "numpy", "aiohttp", "msgpack", "cv2"}),
        ("dfp_server.cli.main", {"torch", "cv2", "dfp"}),
        ("dfp_server.inference.worker", {"torch", "skimage"}),
    ]:
        code = f"import sys, {module}; print({heavy!r} & set(sys.modules))"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=CODE, capture_output=True, text=True, timeout=PATIENCE_S
        )
        assert done.stdout.strip() == "set()"
