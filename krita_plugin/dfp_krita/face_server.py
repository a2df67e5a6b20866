"""Finds a face server that already runs, or starts one of our own, and waits until it is ready."""

from enum import Enum
from typing import Any, Optional

from . import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .client import Client, Reply
from .launch import find_launch
from .qt import QtCore
from .server_process import ServerProcess

USUAL_URL = f"http://127.0.0.1:{wire.DEFAULT_PORT}"
POLL_MS = 150
PATIENCE_S = 180


class ServerState(Enum):
    """Where the server stands, as far as the plugin knows."""

    UNKNOWN = "unknown"
    PROBING = "probing"
    STARTING = "starting"
    LOADING = "loading"
    READY = "ready"


class FaceServer(QtCore.QObject):
    """The server that this Krita uses. `ensure` ends in exactly one `ready` or `failed`."""

    ready = QtCore.pyqtSignal(str)
    failed = QtCore.pyqtSignal(str)
    changed = QtCore.pyqtSignal()

    def __init__(self, client: Client, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.state = ServerState.UNKNOWN
        self._client = client
        self._process: Optional[ServerProcess] = None
        self._url = ""
        self._started = QtCore.QElapsedTimer()
        self._poll = QtCore.QTimer(self)
        self._poll.setSingleShot(True)
        self._poll.timeout.connect(self._ask)

    def ensure(self) -> None:
        """Get a server ready. While one is on its way already, this only waits for it."""
        if self.state in (ServerState.PROBING, ServerState.STARTING, ServerState.LOADING):
            return
        if self.state is ServerState.READY and self._process is not None:
            self.ready.emit(self._url)
            return
        self._started.start()
        self._become(ServerState.PROBING)
        self._url = USUAL_URL
        self._ask()

    def distrust(self) -> None:
        """A call failed: whatever ran is not relied on any more, and ours is ended."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()
        self._poll.stop()
        self._become(ServerState.UNKNOWN)

    def shut_down(self) -> None:
        """Krita is closing; a server that the painter started herself goes on."""
        process, self._process = self._process, None
        if process is not None:
            process.stop_now()

    def _become(self, state: ServerState) -> None:
        if state is not self.state:
            self.state = state
            self.changed.emit()

    def _give_up(self, sentence: str) -> None:
        self.distrust()
        self.failed.emit(sentence)

    def _start_own(self) -> None:
        launch = find_launch()
        if launch is None:
            self._give_up(texts.SERVER_MISSING)
            return
        self._become(ServerState.STARTING)
        self._process = process = ServerProcess(self)
        process.listening.connect(self._listens)
        process.ended.connect(lambda sentence: self._ended(process, sentence))
        process.start(launch)

    def _listens(self, url: str) -> None:
        self._url = url
        self._become(ServerState.LOADING)
        self._ask()

    def _ended(self, process: ServerProcess, sentence: str) -> None:
        process.deleteLater()
        if process is not self._process:
            return
        self._process = None
        self._poll.stop()
        was_ready = self.state is ServerState.READY
        self._become(ServerState.UNKNOWN)
        if not was_ready:
            self.failed.emit(sentence)

    def _ask(self) -> None:
        self._client.health(self._url).finished.connect(self._heard)

    def _heard(self, reply: Reply) -> None:
        if self.state not in (ServerState.PROBING, ServerState.LOADING):
            return
        health = reply.message
        if health is None and self._process is None:
            self._start_own()
        elif health is not None and health.state == "ready":
            self._become(ServerState.READY)
            self.ready.emit(self._url)
        elif health is not None and health.state == "failed":
            self._give_up(texts.server_cannot_work(health.message))
        elif self._started.elapsed() > PATIENCE_S * 1000:
            self._give_up(texts.SERVER_SLOW)
        else:
            self._become(ServerState.LOADING)
            self._poll.start(POLL_MS)
