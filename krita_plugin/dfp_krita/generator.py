"""What the docker's button and the shortcut do: at most one job at a time for the whole of Krita."""

from typing import Any, Optional

from . import texts
from .active_layer import ActiveLayer
from .client import Client
from .document import Refusal, capture
from .face_server import FaceServer
from .job import Job
from .qt import QtCore

TICK_MS = 500


class Generator(QtCore.QObject):
    """Shared by all windows and their dockers."""

    changed = QtCore.pyqtSignal()
    told = QtCore.pyqtSignal(str)

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.client = Client(self)
        self.server = FaceServer(self.client, self)
        self.active_layer = ActiveLayer(self)
        self._job: Optional[Job] = None
        self._status = texts.IDLE
        self.details = ""
        self._tick = QtCore.QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.changed)

    @property
    def busy(self) -> bool:
        """Whether a face is on its way."""
        return self._job is not None

    @property
    def status(self) -> str:
        """What to tell the painter now."""
        return texts.since(self._job.sentence, self._job.seconds) if self._job is not None else self._status

    @property
    def progress(self) -> int:
        """Percent of the way."""
        return self._job.progress if self._job is not None else 0

    def generate(self) -> None:
        """Take the active layer as it is now and begin. While a face is on its way, nothing happens."""
        if self.busy:
            return
        try:
            sketch = capture()
        except Refusal as refusal:
            self._say(str(refusal))
            return
        self._job = Job(sketch, self.server, self.client, self.active_layer, self)
        self._job.changed.connect(self._job_changed)
        self._tick.start()
        self._job.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Drop the face that is on its way."""
        if self._job is not None:
            self._job.cancel()

    def shut_down(self) -> None:
        """Krita is closing."""
        self.cancel()
        self.server.shut_down()

    def _job_changed(self) -> None:
        job = self._job
        if job is not None and job.over:
            self._job = None
            self._tick.stop()
            job.deleteLater()
            self.details = job.details
            self._say(job.sentence)
        else:
            self.changed.emit()

    def _say(self, sentence: str) -> None:
        self._status = sentence
        self.changed.emit()
        self.told.emit(sentence)
