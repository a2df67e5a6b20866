"""What can be seen of a server: its log, its metrics, its health."""

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from dfp_server import wire
from dfp_server.middleware.logs import FILE_BYTES, FILES_KEPT, log_path
from prometheus_client.parser import text_string_to_metric_families
from server_helpers import (
    CODE,
    PATIENCE_S,
    Live,
    ask,
    auth,
    body_of,
    connection,
    exit_of,
    face_for,
    face_lines,
    post,
    request_of,
    running,
    wait_until_ready,
    where,
)

GOOD = request_of(face_lines(64, 64), "RGBA", id="layer 1")


async def values(session: aiohttp.ClientSession, live: Live) -> dict[tuple[str, ...], float]:
    """Every metric by its name and its labels in alphabetical order."""
    async with session.get(live.make_url("/v1/metrics"), headers=live.headers) as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        families = text_string_to_metric_families(await response.text())
        return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


async def test_metrics_count_faces_and_refusals(live: Live, session: aiohttp.ClientSession) -> None:
    await face_for(session, live, GOOD)
    await face_for(session, live, request_of(face_lines(64, 64), "RGBA", batch=True))
    await ask(session, live, b"nonsense")
    async with session.get(live.make_url("/wp-login.php"), headers=live.headers):
        pass
    seen = await values(session, live)
    assert seen["dfp_answers_total", "/v1/generate", "200"] == 2
    assert seen["dfp_answers_total", "/v1/generate", "400"] == 1
    assert seen["dfp_answers_total", "404", "other"] == 1
    assert seen["dfp_step_seconds_count", "live", "model"] == 1
    assert seen["dfp_step_seconds_count", "batch", "total"] == 1
    assert seen["dfp_state", "ready"] == 1
    assert seen["dfp_state", "loading"] == 0
    assert seen["dfp_waiting",] == 0
    assert seen["dfp_held_bytes",] == 0


async def test_metrics_are_not_for_everybody(live: Live, session: aiohttp.ClientSession) -> None:
    async with session.get(live.make_url("/v1/metrics")) as response:
        assert response.status == 401


@pytest.mark.skipif(sys.platform == "win32", reason="the server is ended by a signal")
def test_the_log_knows_every_request_by_its_number(weights: Path) -> None:
    with running("--port", 0, "--device", "cpu", "--weights", weights) as process:
        address = where(process)
        wait_until_ready(address)
        assert post(address, body_of(GOOD))[0] == 200
        assert post(address, body_of(GOOD, mode="CMYK", id="layer 2"))[0] == 400
        process.send_signal(signal.SIGTERM)
        assert exit_of(process)[0] == 0
    path = log_path()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    drawn = next(line for line in lines if line.get("asked") == "layer 1")
    refused = next(line for line in lines if line.get("asked") == "layer 2")
    assert (drawn["width"], drawn["level"], refused["status"]) == (64, "INFO", 400)
    assert drawn["ms"]["total"] > 0
    assert refused["code"] == wire.Code.BAD_MESSAGE
    assert len({drawn["request"], refused["request"]} - {""}) == 2


async def test_an_answer_says_its_number(live: Live, session: aiohttp.ClientSession) -> None:
    numbers = set()
    for path in ("/v1/health", "/v1/health", "/nowhere"):
        async with session.get(live.make_url(path), headers=live.headers) as response:
            numbers.add(response.headers["X-Request-Id"])
    assert len(numbers) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="the server is ended by a signal")
def test_the_log_is_turned_over(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_bytes(b"x" * FILE_BYTES)
    with running("--port", 0, "--weights", tmp_path / "none", "--log", path) as process:
        address = where(process)
        post(address, b"")
        process.send_signal(signal.SIGTERM)
        assert exit_of(process)[0] == 0
    assert path.stat().st_size < FILE_BYTES
    assert (tmp_path / "server.log.1").stat().st_size == FILE_BYTES
    assert FILES_KEPT > 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are tested on Unix")
def test_a_program_that_never_reads_what_is_said_is_served(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "dfp_server",
        "--port",
        "0",
        "--weights",
        str(tmp_path / "none"),
        "--exit-with-stdin",
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=CODE, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            http = connection(where(process))
            said = {**auth(), "Content-Type": "text/plain"}
            for _ in range(1000):  # each a line, together several times what a pipe holds
                http.request("POST", "/v1/generate", b"", said)
                assert http.getresponse().read()
            http.close()
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
    assert len(log_path().read_text().splitlines()) > 1000


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with running("--port", 0, "--log", tmp_path / "no folder" / "log") as process:
        code, out, err = exit_of(process)
    assert (code, out) == (1, "")
    assert "Give another --log." in err
