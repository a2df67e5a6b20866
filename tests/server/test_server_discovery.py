"""One server per user: the file that says where it is, and what becomes of it."""

import json
import os
import signal
import socket
import stat
import sys
import time
from dataclasses import replace
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import msgpack
import pytest
from dfp_server import wire
from dfp_server.errors import ListenError
from dfp_server.transport.discovery import only_server
from server_helpers import auth, exit_of, get_health, running, until, where
from tls_helpers import TOKEN, Tls, make_tls

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals are tested on Unix")


@pytest.fixture
def file() -> Path:
    """Where servers of this test say where they are."""
    return Path(wire.discovery_path())


def test_the_file_says_where_and_is_the_users_alone(tmp_path: Path, file: Path) -> None:
    with running("--port", 0, "--weights", tmp_path / "none") as process:
        address = where(process)
        discovery = wire.read_discovery(str(file))
        assert discovery is not None
        assert (discovery.address, discovery.pid) == (address, process.pid)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert get_health(address).service == "deepfacepencil"
        process.send_signal(signal.SIGTERM)
        code, _, err = exit_of(process)
    assert code == 0
    assert discovery.token not in err
    assert list(file.parent.iterdir()) == []


def test_every_start_has_another_token(tmp_path: Path) -> None:
    tokens = set()
    for _ in range(2):
        with running("--port", 0, "--weights", tmp_path / "none") as process:
            where(process)
            tokens.add(auth()["Authorization"])
    assert len(tokens) == 2


def test_a_second_start_says_where_the_first_is(tmp_path: Path) -> None:
    with running("--port", 0, "--weights", tmp_path / "none") as first:
        address = where(first)
        with running("--port", 0) as second:
            code, out, err = exit_of(second)
        assert (code, out) == (1, "")
        assert err.startswith(f"A DeepFacePencil server runs already, at {address} (process {first.pid}).")
        assert get_health(address).service == "deepfacepencil"


def test_the_file_of_a_killed_server_is_replaced(tmp_path: Path, file: Path) -> None:
    with running("--port", 0, "--weights", tmp_path / "none") as first:
        where(first)
        first.kill()
        first.wait()
    left = wire.read_discovery(str(file))
    assert left is not None
    with running("--port", 0, "--weights", tmp_path / "none") as second:
        address = where(second)
        now = wire.read_discovery(str(file))
        assert now is not None
        assert (now.address, now.pid) == (address, second.pid)
        assert now.token != left.token


def test_a_start_waits_for_a_server_that_is_ending(file: Path) -> None:
    with running("--port", 0, "--weights", "none") as second:
        with only_server(file):
            time.sleep(2.0)
            assert second.poll() is None
        assert get_health(where(second)).service == "deepfacepencil"


def test_two_that_start_at_the_same_moment(tmp_path: Path) -> None:
    arguments = ("--port", 0, "--weights", tmp_path / "none")
    with running(*arguments) as one, running(*arguments) as other:
        until(lambda: one.poll() is not None or other.poll() is not None, "one of the two gave way")
        first, second = (other, one) if one.poll() is not None else (one, other)
        code, _, err = exit_of(second)
        assert code == 1
        assert "runs already" in err
        assert get_health(where(first)).service == "deepfacepencil"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"address": 5}', "\x00"])
def test_a_file_that_is_none_is_not_believed(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True)
    file.write_text(text)
    file.chmod(0o600)
    assert wire.read_discovery(str(file)) is None


def test_a_file_that_others_can_read_is_not_believed(file: Path) -> None:
    with only_server(file) as place:
        place.publish("http://127.0.0.1:1", "secret")
        assert wire.read_discovery(str(file)) is not None
        assert json.loads(file.read_text())["pid"] == os.getpid()
        file.chmod(0o644)
        assert wire.read_discovery(str(file)) is None


def test_a_folder_that_cannot_be_used_is_told(file: Path) -> None:
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("in the way")
    with pytest.raises(ListenError, match="cannot use the folder"), only_server(file):
        pass


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_tls(tmp_path_factory.mktemp("tls"))


def test_other_computers_are_let_in_with_tls_and_token(tmp_path: Path, tls: Tls, file: Path) -> None:
    with running("--host", "0.0.0.0", "--port", 0, "--weights", tmp_path / "none", *tls.options) as process:
        address = where(process)
        assert address.startswith("https://0.0.0.0:")
        assert not file.exists(), "the plugin on this computer would take it for the painter's own"
        port = urlsplit(address).port
        for said, status in ((f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), ("Bearer wrong", 401)):
            http = HTTPSConnection("127.0.0.1", port, context=tls.context, timeout=10)
            http.request("GET", "/v1/health", headers={"Authorization": said, "Host": "192.0.2.7:1"})
            response = http.getresponse()
            assert response.status == status
            assert msgpack.unpackb(response.read())["version"] == wire.VERSION
            http.close()
        with socket.create_connection(("127.0.0.1", port or 0), 5) as plain:
            plain.sendall(b"GET /v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert plain.recv(100) == b""


@pytest.mark.parametrize("left_out", ["--token-file", "--tls-cert", "--tls-key"])
def test_other_computers_are_not_let_in_with_less(tls: Tls, left_out: str) -> None:
    options = [*tls.options]
    at = options.index(left_out)
    del options[at : at + 2]
    told = told_by("--host", "0.0.0.0", *options)
    assert f"also needs {left_out}." in told


@pytest.mark.parametrize("option", ["--token-file", "--tls-cert", "--tls-key", "--name"])
def test_what_is_only_for_other_computers_is_not_ignored(tls: Tls, option: str) -> None:
    told = told_by(option, tls.token)
    assert told.startswith(f"{option} is only for servers that let other computers in.")
    assert "--allow-remote" in told


@pytest.mark.parametrize(
    "token", ["", "short", "two words that are long enough", "Schlüssel-für-Krita", "x" * 5000, "a-long\n-enough-token"]
)
def test_tokens_that_do_not_protect(tmp_path: Path, tls: Tls, token: str) -> None:
    assert "token" in told_by("--host", "0.0.0.0", *with_token(tls, tmp_path / "token", token))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o602])
def test_a_token_that_others_can_use(tmp_path: Path, tls: Tls, mode: int) -> None:
    told = told_by(*with_token(tls, tmp_path / "token", TOKEN, mode))
    assert told == (
        f"Others on this computer can use the token file {tmp_path / 'token'}. "
        f"Make it yours alone: chmod 600 {tmp_path / 'token'}\n"
    )


def test_a_key_that_everybody_can_read(tmp_path: Path, tls: Tls) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(tls.key.read_bytes())
    key.chmod(0o644)
    assert f"Others on this computer can use the key {key}." in told_by(*replace(tls, key=key).options)


def test_a_token_file_that_is_a_pipe_is_not_waited_for(tmp_path: Path, tls: Tls) -> None:
    os.mkfifo(tmp_path / "token", 0o600)
    assert "is not a file" in told_by(*replace(tls, token=tmp_path / "token").options)
    assert "is not a file" in told_by(*replace(tls, token=tmp_path).options)
    assert "cannot be read" in told_by(*replace(tls, token=tmp_path / "none").options)


def test_a_certificate_without_its_key(tmp_path: Path, tls: Tls) -> None:
    key = tmp_path / "key.pem"
    key.touch(0o600)
    key.write_bytes(tls.certificate.read_bytes())
    assert "cannot be used together" in told_by(*replace(tls, key=key).options)


def with_token(tls: Tls, path: Path, token: str, mode: int = 0o600) -> tuple[object, ...]:
    """The options with another token, in a file of its own."""
    path.write_text(token, encoding="utf-8")
    path.chmod(mode)
    return replace(tls, token=path).options


def told_by(*options: object) -> str:
    """What a server says that does not start with these options."""
    with running("--port", 0, *options) as process:
        code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    return err
