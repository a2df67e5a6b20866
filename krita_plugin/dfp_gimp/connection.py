"""Finds the face server, or starts one that runs as long as GIMP, and asks it. Blocking, for a thread of its own."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from krita_plugin.shared.exchange import BrokenExchange, Exchange
from krita_plugin.shared.launch import Launch, find_launch, last_line, published_url, server_environment
from krita_plugin.shared.messages import NotOurs, ServerSaidNo, decode_answer, decode_health, encode

from . import keeper, texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .drawing import Drawing
from .refusal import Refusal

NOTE = Path(__file__).resolve().parent / "server.json"
MODE = "RGBA"
PROBE_S, GENERATE_S, POLL_S, PATIENCE_S = 1.0, 120.0, 0.1, 180.0
MAX_HEALTH = 64 * 1024
# Another program may start its server at the same moment: ours then ends, and theirs is found.
MAX_STARTS = 2
# GIMP's, which has started this process.
GIMP_PROCESS = os.getppid()

Tell = Callable[[str], None]


class FaceServer:
    """The server that this face is asked of. `tell` hears what it is waited for."""

    def __init__(self, tell: Tell, note: Path = NOTE) -> None:
        self._tell = tell
        self._note = note
        self._url = ""
        self._capabilities: tuple[str, ...] = ()
        self._client = uuid.uuid4().hex

    def can(self, ability: str) -> bool:
        """Whether it knows something that not every server or its weights know, see Health.capabilities."""
        return ability in self._capabilities

    def ensure(self) -> None:
        """Get it ready; raises Refusal."""
        if not self._is_ready(published_url()):
            for _ in range(MAX_STARTS):
                if self._start():
                    return
            raise Refusal(texts.server.SLOW)

    def ask(self, drawing: Drawing, heads: bool) -> Any:
        """The GenerateAnswer for a drawing; raises Refusal. With `heads` it lists all that were found."""
        request = self._request(drawing, heads)
        exchange = Exchange(self._url + "/v1/generate", GENERATE_S, wire.MAX_ANSWER)
        try:
            answer = exchange.run(encode(request, [drawing.pixels]))
            return decode_answer(answer.status, answer.body, request.id, MODE)
        except BrokenExchange as error:
            slow = isinstance(error.__cause__, TimeoutError)
            raise Refusal(texts.server.SILENT if slow else texts.server.LOST) from error
        except (ServerSaidNo, NotOurs) as error:
            raise Refusal(str(error)) from error

    def _request(self, drawing: Drawing, heads: bool) -> Any:
        options, more = drawing.options, {}
        if self.can("appearance"):
            more.update(palette=options.palette, seed=options.seed)
        if options.cut_out and self.can("cut_out"):
            # GIMP mixes layers in linear light.
            more.update(cut_out=True, linear=self.can("linear"))
        return wire.GenerateRequest(
            id=uuid.uuid4().hex,
            width=drawing.place.width,
            height=drawing.place.height,
            mode=MODE,
            pixels=b"",
            frame=tuple(drawing.frame) if drawing.frame is not None else None,
            client=self._client,
            trust=options.trust,
            heads=heads and self.can("heads"),
            turn=drawing.turn if self.can("turn") else 0.0,
            **more,
        )

    def _start(self) -> bool:
        """Start one and wait for it; False when it gave way to another one, which is there now. Raises Refusal."""
        launch = find_launch(self._note)
        if launch is None:
            raise Refusal(texts.server.missing("dfp-gimp", "GIMP"))
        self._tell(texts.server.STARTING)
        process = _kept(launch)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if self._is_ready(published_url()):
                return True
            if process.poll() is not None:
                said = process.stdout.read() if process.stdout is not None else ""
                if self._is_ready(published_url()):
                    return True
                if published_url():
                    return False
                raise Refusal(texts.server.did_not_start(last_line(said)))
            time.sleep(POLL_S)
        raise Refusal(texts.server.SLOW)

    def _is_ready(self, url: str) -> bool:
        """Whether the server at an address can be asked now; waits while it loads its model. Raises Refusal."""
        until = time.monotonic() + PATIENCE_S
        while url:
            health = _health(url)
            if health is None:
                return False
            if health.state == wire.State.FAILED:
                raise Refusal(texts.server.cannot_work(health.message))
            if health.state != wire.State.LOADING:
                self._url, self._capabilities = url, tuple(health.capabilities)
                return True
            if time.monotonic() > until:
                raise Refusal(texts.server.SLOW)
            self._tell(texts.server.LOADING_MODEL)
            time.sleep(POLL_S)
        return False


def _health(url: str) -> Any:
    """What a server says of itself; None when there is none, or another program."""
    try:
        answer = Exchange(url + "/v1/health", PROBE_S, MAX_HEALTH).run()
        return decode_health(answer.status, answer.body)
    except (BrokenExchange, ServerSaidNo, NotOurs):
        return None


def _kept(launch: Launch) -> "subprocess.Popen[str]":
    """Start a server that ends with GIMP, not with this process; raises Refusal."""
    command = [sys.executable, keeper.__file__, str(GIMP_PROCESS), launch.program, *launch.arguments]
    try:
        process = subprocess.Popen(
            command,
            cwd=launch.folder or None,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            # What GIMP does to this process when the painter cancels is not meant for the server.
            start_new_session=True,
            creationflags=keeper.NO_WINDOW,
        )
        assert process.stdin is not None
        with process.stdin:
            json.dump(server_environment(), process.stdin)
        return process
    except OSError as error:
        raise Refusal(texts.server.did_not_start(error.strerror or "")) from error
