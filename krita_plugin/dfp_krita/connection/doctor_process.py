"""`dfp doctor` as a child process: what it looks at and finds, as it says it."""

import json
from pathlib import Path
from typing import Any, Dict, Optional

from krita_plugin.shared.launch import Launch, find_launch

from ..qt import QtCore
from .launch import NOTE, process_environment

PROGRAM = "dfp"
COMMAND = ["doctor", "--json"]
TAIL = 4000
STOP_MS = 2000


def find_doctor() -> Optional[Launch]:
    """The command line of the program that lies beside the face server, or on the PATH; None when there is none."""
    launch = find_launch(NOTE)
    if launch is not None and launch.arguments[:1] == ["-m"]:
        return Launch(launch.program, ["-m", PROGRAM], str(Path(launch.folder).parent) if launch.folder else "")
    if launch is not None:
        server = Path(launch.program)
        for place in (server, server.resolve()):
            beside = place.with_name(PROGRAM + server.suffix)
            if beside.exists():
                return Launch(str(beside), [], "")
    found = QtCore.QStandardPaths.findExecutable(PROGRAM)
    found = found or QtCore.QStandardPaths.findExecutable(PROGRAM, [str(Path.home() / ".local" / "bin")])
    return Launch(found, [], "") if found else None


class DoctorProcess(QtCore.QObject):
    """One run. It ends in exactly one `ended`, with the report, or `failed`, with what the program said last; in
    neither when it is stopped. It belongs to Krita itself: a program may need longer to end than a dialog to close."""

    looking = QtCore.pyqtSignal(str, int, int)
    found = QtCore.pyqtSignal(dict)
    ended = QtCore.pyqtSignal(str)
    failed = QtCore.pyqtSignal(str)

    def __init__(self) -> None:
        krita = QtCore.QCoreApplication.instance()
        super().__init__(krita)
        krita.aboutToQuit.connect(self._stop_now)
        self._unread = b""
        self._grumbled = ""
        self._over = False
        self._process = QtCore.QProcess(self)
        self._process.setProcessEnvironment(process_environment())
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(lambda *_: self._finish())
        self._process.errorOccurred.connect(self._could_not)

    def start(self, launch: Launch) -> None:
        """Start the program; on some systems a failure is reported before this returns."""
        if launch.folder:
            self._process.setWorkingDirectory(launch.folder)
        self._process.start(launch.program, launch.arguments + COMMAND)

    def stop(self) -> None:
        """End the program; nothing is said any more."""
        self._over = True
        self._process.terminate()
        QtCore.QTimer.singleShot(STOP_MS, self._process.kill)

    def _stop_now(self) -> None:
        # There is no later, and nobody is left to be told.
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(STOP_MS)

    def _read(self) -> None:
        *lines, self._unread = (self._unread + bytes(self._process.readAllStandardOutput())).split(b"\n")
        for line in lines:
            try:
                said = json.loads(line.decode("utf-8", "replace"))
            except ValueError:
                continue
            if isinstance(said, dict) and not self._over:
                self._hear(said)

    def _hear(self, said: Dict[str, Any]) -> None:
        if "looking" in said:
            self.looking.emit(str(said["looking"]), int(said.get("number", 0)), int(said.get("of", 0)))
        elif "found" in said:
            self.found.emit(said)
        elif "report" in said:
            self._over = True
            self.ended.emit(str(said["report"]))

    def _read_errors(self) -> None:
        said = bytes(self._process.readAllStandardError()).decode("utf-8", "replace")
        self._grumbled = (self._grumbled + said)[-TAIL:]

    def _could_not(self, error: Any) -> None:
        # Every other error is followed by `finished`.
        if error == QtCore.QProcess.ProcessError.FailedToStart:
            self._fail(self._process.errorString())

    def _finish(self) -> None:
        self._read()
        self._read_errors()
        lines = [line.strip() for line in self._grumbled.splitlines() if line.strip()]
        self._fail(lines[-1] if lines else "")

    def _fail(self, reason: str) -> None:
        if not self._over:
            self._over = True
            self.failed.emit(reason)
        self.deleteLater()
