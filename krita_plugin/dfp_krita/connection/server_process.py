"""The face server as a child process that can never outlive Krita: it ends when its stdin closes."""

from typing import Any, Optional

from krita_plugin.shared.launch import Launch, last_line, listening_url

from .. import texts
from ..qt import QtCore
from .launch import process_environment

TAIL = 4000
STOP_MS = 2000


class ServerProcess(QtCore.QObject):
    """One run of the server, from start to end."""

    listening = QtCore.pyqtSignal(str)
    ended = QtCore.pyqtSignal(str)

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._said = ""
        self._grumbled = ""
        self._url = ""
        self._over = False
        self._process = QtCore.QProcess(self)
        self._process.setProcessEnvironment(process_environment())
        self._process.readyReadStandardOutput.connect(self._read_output)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(lambda *_: self._end(self._last_line()))
        self._process.errorOccurred.connect(self._failed)

    def start(self, launch: Launch) -> None:
        """Start the program; on some systems a failure is reported before this returns."""
        if launch.folder:
            self._process.setWorkingDirectory(launch.folder)
        self._process.start(launch.program, launch.arguments)

    @property
    def last_words(self) -> str:
        """The end of what the program wrote to its standard error."""
        return self._grumbled.strip()

    @property
    def runs(self) -> bool:
        """Whether the program is there."""
        return not self._over

    def stop(self) -> None:
        """Ask the server to end, and make sure of it a little later."""
        self._process.closeWriteChannel()
        QtCore.QTimer.singleShot(STOP_MS, self._process.kill)

    def stop_now(self) -> None:
        """Krita is closing: there is no later."""
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(STOP_MS):
            self._process.kill()
            self._process.waitForFinished(STOP_MS)

    def _read_output(self) -> None:
        self._said = (self._said + _text(self._process.readAllStandardOutput()))[-TAIL:]
        url = listening_url(self._said)
        if url and not self._url:
            self._url = url
            self.listening.emit(url)

    def _read_errors(self) -> None:
        self._grumbled = (self._grumbled + _text(self._process.readAllStandardError()))[-TAIL:]

    def _failed(self, error: Any) -> None:
        # Every other error is followed by `finished`.
        if error == QtCore.QProcess.ProcessError.FailedToStart:
            self._end(self._process.errorString())

    def _last_line(self) -> str:
        self._read_errors()
        return last_line(self._grumbled)

    def _end(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self.ended.emit(texts.server.did_not_start(reason))


def _text(data: Any) -> str:
    return bytes(data).decode("utf-8", "replace")
