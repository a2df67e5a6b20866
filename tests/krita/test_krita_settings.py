"""Settings: what is kept, what is refused, and a server on another computer, from the dialog to the face."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import RunScenario
from krita_harness import REPOSITORY, Profile, first_line, running

TOKEN = "a-token-for-the-studio"


def test_settings_are_kept_for_their_owner_only(part: Any, tmp_path: Path) -> None:
    settings, file = part("settings.user"), tmp_path / "settings.json"
    certificate = tmp_path / "cert.pem"
    certificate.write_text("a certificate")
    chosen = settings.Settings("https://studio.example:7878", TOKEN, str(certificate), 250, 128)
    settings.save(chosen, file)
    assert settings.load(file) == chosen
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if path not in (file, certificate)] == []


@pytest.mark.parametrize(
    "spoiled",
    [
        "",
        "[]",
        "{",
        '{"address": 5, "live_delay_ms": true}',
        '{"live_delay_ms": "x"}',
        '{"odd": 1}',
        '{"address": "https://[::bad:99999"}',
    ],
)
def test_what_cannot_be_read_counts_as_never_set(part: Any, tmp_path: Path, spoiled: str) -> None:
    settings, file = part("settings.user"), tmp_path / "settings.json"
    file.write_text(spoiled)
    assert settings.load(file) == settings.Settings()
    file.write_text(json.dumps({"live_delay_ms": 10**9, "history_mb": -5}))
    assert settings.load(file) == settings.Settings(live_delay_ms=2000, history_mb=0)


@pytest.mark.parametrize(
    ("address", "token", "certificate", "told"),
    [
        ("http://studio:7878", TOKEN, "", "must look like"),
        ("https://studio", TOKEN, "", "must look like"),
        ("https://studio:port", TOKEN, "", "must look like"),
        ("studio:7878", TOKEN, "", "must look like"),
        ("https://studio:7878", "", "", "one word"),
        ("https://studio:7878", "two words", "", "one word"),
        ("https://studio:7878", TOKEN, "/no/such/file.pem", "is not there"),
    ],
)
def test_what_cannot_work_is_refused(
    part: Any, tmp_path: Path, address: str, token: str, certificate: str, told: str
) -> None:
    settings, file = part("settings.user"), tmp_path / "settings.json"
    with pytest.raises(settings.SettingsError, match=told):
        settings.save(settings.Settings(address, token, certificate), file)
    assert not file.exists()


def test_a_disk_that_takes_nothing_is_one_sentence(part: Any, tmp_path: Path) -> None:
    settings = part("settings.user")
    with pytest.raises(settings.SettingsError, match="could not be kept"):
        settings.save(settings.Settings(), tmp_path / "no folder" / "settings.json")


def test_a_server_on_another_computer(
    installed: Profile, weights: Path, tmp_path: Path, run_scenario: RunScenario
) -> None:
    """The dialog, a wrong token, a face by TLS, a server that is gone; Krita starts none of its own for it."""
    with studio(tmp_path, weights) as (address, certificate, server):
        verdict = run_scenario(
            installed,
            "settings",
            DFP_ADDRESS=address,
            DFP_TOKEN=TOKEN,
            DFP_CERTIFICATE=str(certificate),
            DFP_SERVER=str(server.pid),
        )
    assert verdict.notes["servers"] == []


@contextlib.contextmanager
def studio(folder: Path, weights: Path) -> "Iterator[tuple[str, Path, subprocess.Popen[str]]]":
    """A face server that others may use, with a certificate of its own."""
    certificate, key, token = folder / "cert.pem", folder / "key.pem", folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=studio"
    make = ["openssl", *options.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key]
    try:
        subprocess.run(make, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl, which makes the certificate, is not installed here")
    command = [sys.executable, "-m", "dfp_server", "--weights", weights, "--port", "0", "--allow-remote"]
    command += ["--host", "127.0.0.1", "--token-file", token, "--tls-cert", certificate, "--tls-key", key]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "XDG_STATE_HOME": str(folder)}
    with running(command, cwd=REPOSITORY, env=environment) as server:
        said = first_line(server).split()
        assert said, "the studio's server did not start"
        yield said[-1], certificate, server
