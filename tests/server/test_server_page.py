"""A page on the web that the painter looks at while the server runs, in a real browser: it gets nothing."""

import base64
import contextlib
import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server_helpers import auth, connection, post, running, until, wait_until_ready, where
from test_server_abuse import BODY

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="Chromium is not installed (Debian: apt install chromium)")

# What a page can try; each says what it learned, and the last that all are done.
PAGE = """<!doctype html><title>A page</title>
<iframe name="sink" id="sink"></iframe>
<form id="form" method="post" enctype="text/plain" target="sink" action="SERVER/v1/generate">
<input name="sketch" value="stolen"></form>
<script>
const told = (name, what) => fetch("/told", {method: "POST", body: JSON.stringify([name, String(what)])});
const body = Uint8Array.from(atob("BODY"), letter => letter.charCodeAt(0));
const msgpack = {"Content-Type": "application/msgpack"};
const attempts = {
  "form": () => new Promise(done => {
    const sink = document.getElementById("sink");
    sink.onload = () => {
      try { done("read " + sink.contentWindow.document.body.innerText); } catch (error) { done("error " + error); }
    };
    document.getElementById("form").submit();
  }),
  "health": () => read(fetch("SERVER/v1/health")),
  "cors": () => read(fetch("SERVER/v1/generate", {method: "POST", body, headers: msgpack})),
  "plain": () => read(fetch("SERVER/v1/generate", {method: "POST", body})),
  "no-cors": () => read(fetch("SERVER/v1/generate", {method: "POST", body, mode: "no-cors"})),
  "guessed": () => read(fetch("SERVER/v1/generate", {
    method: "POST", body, headers: {...msgpack, Authorization: "Bearer guessed"}})),
  "picture": () => new Promise(done => {
    const picture = new Image();
    picture.onload = () => done("read a picture");
    picture.onerror = () => done("error");
    picture.src = "SERVER/v1/generate";
  }),
  // What a name that now points to the painter's computer leads to is the page's own for the browser.
  "rebound": () => read(fetch("/v1/health")),
  "rebound post": () => read(fetch("/v1/generate", {method: "POST", body, headers: msgpack})),
};
async function read(asked) {
  const answer = await asked;
  return answer.type === "opaque" ? "opaque" : "read " + answer.status + " " + (await answer.text());
}
(async () => {
  for (const [name, attempt] of Object.entries(attempts))
    await told(name, await attempt().catch(error => "error " + error));
  await told("end", "");
})();
</script>"""


class Site(http.server.ThreadingHTTPServer):
    """The web site whose page it is; `told` is what the page has learned, by attempt.

    For the paths of the server at `address` it does what a rebound name does: the browser's request comes there as
    it is, with the site's own name in Host.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.address, self.page = "", b""
        self.told: dict[str, str] = {}


class Visit(http.server.BaseHTTPRequestHandler):
    """One request of the browser to the site."""

    server: Site  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        if self.path.startswith("/v1/"):
            self._rebind(None)
        else:
            self._answer(200, "text/html; charset=utf-8", self.server.page)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/v1/"):
            self._rebind(body)
        else:
            name, what = json.loads(body)
            self.server.told[name] = what
            self._answer(200, "text/plain", b"")

    def _rebind(self, body: bytes | None) -> None:
        onward = connection(self.server.address)
        onward.request(self.command, self.path, body, dict(self.headers.items()))
        response = onward.getresponse()
        self._answer(response.status, response.headers["Content-Type"], response.read())
        onward.close()

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Not into the tests' output."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site
        site.shutdown()


def test_a_hostile_page(weights: Path, site: Site, tmp_path: Path) -> None:
    options = ("--device", "cpu", "--runtime", "torch", "--weights", weights)
    with running("--port", 0, *options) as process:
        site.address = address = where(process)
        wait_until_ready(address)
        sketch = base64.b64encode(BODY).decode()
        site.page = PAGE.replace("SERVER", address).replace("BODY", sketch).encode()
        with browsing(f"http://evil.example:{site.server_port}/", tmp_path / "profile"):
            until(lambda: "end" in site.told, "the page had tried everything")
        counted = metrics(address)
        assert post(address, BODY)[0] == 200
    print(site.told)
    assert [*site.told] == [*re.findall(r'^  "(.+?)": \(\)', PAGE, re.MULTILINE), "end"]
    for name, what in site.told.items():
        allowed = ("read 403",) if name.startswith("rebound") else ("error", "opaque", "")
        assert what.startswith(allowed), (name, what)
        assert "ready" not in what
    # The browser did ask, and nothing was drawn for it.
    answers = [line for line in counted.splitlines() if line.startswith("dfp_answers_total") and "generate" in line]
    assert answers
    assert not [line for line in answers if 'status="200"' in line]
    assert "dfp_step_seconds_count{" not in counted


@contextlib.contextmanager
def browsing(page: str, profile: Path) -> Iterator[None]:
    """A browser without a window that looks at the page; names end here as a page's own name server could say."""
    assert BROWSER is not None
    switches = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        f"--user-data-dir={profile}",
        "--host-resolver-rules=MAP *.example 127.0.0.1",
    ]
    quiet = subprocess.DEVNULL
    # With a group of its own: the browser is many processes.
    browser = subprocess.Popen(
        [BROWSER, *switches, page], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        yield
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()


def metrics(address: str) -> str:
    http_ = connection(address)
    http_.request("GET", "/v1/metrics", headers=auth())
    text = http_.getresponse().read().decode()
    http_.close()
    return text
