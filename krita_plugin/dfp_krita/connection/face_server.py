"""Finds a face server that already runs, or starts one of our own, and waits until it is ready."""

from enum import Enum
from typing import Any, Optional

from krita_plugin.shared.launch import find_launch, published_url

from .. import texts
from ..qt import QtCore
from .client import Client, Reply
from .launch import NOTE
from .server_process import ServerProcess

POLL_MS = 150
PATIENCE_S = 180
# Another Krita may start its server at the same moment: ours then ends, and theirs is found.
MAX_STARTS = 2


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
        self.last_words = ""
        self._client = client
        self._process: Optional[ServerProcess] = None
        self._url = self._remote = ""
        self._starts = 0
        self._started = QtCore.QElapsedTimer()
        self._poll = QtCore.QTimer(self)
        self._poll.setSingleShot(True)
        self._poll.timeout.connect(self._ask)

    def use(self, url: str, certificate: str) -> None:
        """From now on use the server at a url_with_token on another computer; "" for one on this computer."""
        if url != self._remote or certificate != self._client.certificate:
            self._remote, self._client.certificate = url, certificate
            self.distrust()

    def ensure(self) -> None:
        """Get a server ready. While one is on its way already, this only waits for it."""
        if self.state in (ServerState.PROBING, ServerState.STARTING, ServerState.LOADING):
            return
        if self.state is ServerState.READY and self._process is not None:
            self.ready.emit(self._url)
            return
        self._started.start()
        self._starts = 0
        self._look_for_one()

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

    def _look_for_one(self) -> None:
        self._url = self._remote or published_url()
        if self._url:
            self._become(ServerState.PROBING)
            self._ask()
        else:
            self._start_own()

    def _start_own(self) -> None:
        launch = find_launch(NOTE)
        if launch is None:
            self._give_up(texts.server.missing("dfp-krita", "Krita"))
            return
        self._starts += 1
        self._become(ServerState.STARTING)
        self._process = process = ServerProcess(self)
        process.listening.connect(lambda address: self._listens(process, address))
        process.ended.connect(lambda sentence: self._ended(process, sentence))
        process.start(launch)

    def _listens(self, process: ServerProcess, address: str) -> None:
        if process is not self._process:
            # One that was told to end a moment ago.
            return
        self._url = published_url() or address
        self._become(ServerState.LOADING)
        self._ask()

    def _ended(self, process: ServerProcess, sentence: str) -> None:
        process.deleteLater()
        self.last_words = process.last_words
        if process is not self._process:
            return
        self._process = None
        self._poll.stop()
        was = self.state
        self._become(ServerState.UNKNOWN)
        if was is ServerState.STARTING and self._starts < MAX_STARTS and published_url():
            self._look_for_one()
        elif was is not ServerState.READY:
            self.failed.emit(sentence)

    def _ask(self) -> None:
        self._client.health(self._url).finished.connect(self._heard)

    def _heard(self, reply: Reply) -> None:
        if self.state not in (ServerState.PROBING, ServerState.LOADING):
            return
        health = reply.message
        if health is None and self._remote:
            self._give_up(texts.server.remote_silent(reply.sentence))
        elif health is None and self._process is None:
            self._start_own()
        elif health is not None and health.state in ("ready", "busy"):
            self._client.capabilities = tuple(health.capabilities)
            self._become(ServerState.READY)
            self.ready.emit(self._url)
        elif health is not None and health.state == "failed":
            self._give_up(texts.server.cannot_work(health.message))
        elif self._started.elapsed() > PATIENCE_S * 1000:
            self._give_up(texts.server.SLOW)
        else:
            self._become(ServerState.LOADING)
            if health is None:
                # It may say that it listens a moment before it writes down how to be let in.
                self._url = published_url() or self._url
            self._poll.start(POLL_MS)
