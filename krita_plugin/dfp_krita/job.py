"""One face from click to layer."""

import uuid
from enum import Enum
from typing import Any, Dict, Iterator, Optional

from . import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .active_layer import ActiveLayer
from .client import Call, Client, Problem, Reply
from .document import CapturedSketch, Refusal
from .face_server import FaceServer, ServerState
from .layer import place_face
from .qt import QtCore

# Between two tries to add the layer while the painter's stroke goes on.
RETRY_MS = 15


class JobState(Enum):
    """Where one job stands."""

    WAITING_FOR_SERVER = "waiting for server"
    GENERATING = "generating"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
SERVER_STEPS = {ServerState.STARTING: texts.STARTING_SERVER, ServerState.LOADING: texts.LOADING_MODEL}
SERVER_PROGRESS = {ServerState.STARTING: 10, ServerState.LOADING: 30, ServerState.READY: 60}
STEP_PROGRESS = {JobState.GENERATING: 60, JobState.PAUSED: 90}
PROBLEMS = {Problem.UNREACHABLE: texts.SERVER_LOST, Problem.TIMEOUT: texts.SERVER_SILENT}


class Job(QtCore.QObject):
    """Waits for the server, sends the sketch, places the face. `changed` at every step."""

    changed = QtCore.pyqtSignal()

    def __init__(
        self,
        sketch: CapturedSketch,
        server: FaceServer,
        client: Client,
        active: ActiveLayer,
        parent: Optional[Any] = None,
    ) -> None:
        super().__init__(parent)
        self.state = JobState.WAITING_FOR_SERVER
        self.details = ""
        self._sentence = ""
        self._sketch = sketch
        self._server = server
        self._client = client
        self._active = active
        self._timings: Dict[str, float] = {}
        self._id = uuid.uuid4().hex
        self._call: Optional[Call] = None
        self._clock = QtCore.QElapsedTimer()

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in OVER

    @property
    def sentence(self) -> str:
        """What to tell the painter now."""
        if self.state is JobState.WAITING_FOR_SERVER:
            return SERVER_STEPS.get(self._server.state, texts.GENERATING)
        return self._sentence

    @property
    def progress(self) -> int:
        """Percent of the way, for a bar that moves only with the steps.

        An animated bar would draw Krita's whole window many times a second, which a painter feels.
        """
        if self.state is JobState.WAITING_FOR_SERVER:
            return SERVER_PROGRESS.get(self._server.state, 5)
        return STEP_PROGRESS.get(self.state, 100)

    @property
    def seconds(self) -> int:
        """Whole seconds since the click."""
        return int(self._clock.elapsed() / 1000)

    def start(self) -> None:
        """Begin; everything after this happens by signals."""
        self._clock.start()
        self._server.ready.connect(self._send)
        self._server.failed.connect(self._server_failed)
        self._server.changed.connect(self.changed)
        self._server.ensure()

    def cancel(self) -> None:
        """The painter does not want this face any more. A starting server goes on for the next one."""
        if not self.over:
            self._end(JobState.CANCELLED, texts.CANCELLED)

    def _become(self, state: JobState, sentence: str) -> None:
        self.state = state
        self._sentence = sentence
        self.changed.emit()

    def _end(self, state: JobState, sentence: str) -> None:
        self._server.ready.disconnect(self._send)
        self._server.failed.disconnect(self._server_failed)
        self._server.changed.disconnect(self.changed)
        call, self._call = self._call, None
        self._become(state, sentence)
        if call is not None:
            call.abort()

    def _server_failed(self, sentence: str) -> None:
        if self.state is JobState.WAITING_FOR_SERVER:
            self._end(JobState.FAILED, sentence)

    def _send(self, url: str) -> None:
        if self.state is not JobState.WAITING_FOR_SERVER:
            return
        self._become(JobState.GENERATING, texts.GENERATING)
        sketch = self._sketch
        request = wire.GenerateRequest(
            id=self._id,
            width=sketch.place.width,
            height=sketch.place.height,
            mode="BGRA",
            pixels=sketch.pixels,
            frame=tuple(sketch.frame) if sketch.frame is not None else None,
        )
        self._call = self._client.generate(url, request)
        self._call.finished.connect(self._answered)

    def _answered(self, reply: Reply) -> None:
        if self.over:
            return
        self._call = None
        if reply.problem is Problem.REFUSED:
            self._end(JobState.FAILED, reply.sentence)
        elif reply.problem is not Problem.NONE:
            self._server.distrust()
            self._end(JobState.FAILED, PROBLEMS.get(reply.problem, texts.SERVER_LOST))
        else:
            self._timings = reply.message.timings
            self._place(place_face(self._sketch, reply.message, self._active))

    def _place(self, steps: Iterator[bool]) -> None:
        """One step of placing for each turn of the event loop."""
        if self.over:
            return
        try:
            waits = next(steps)
        except StopIteration:
            milliseconds = self._clock.elapsed()
            self.details = texts.times(self._timings, milliseconds)
            self._end(JobState.DONE, texts.done(milliseconds))
        except Refusal as error:
            self._end(JobState.FAILED, str(error))
        else:
            # Otherwise nothing is said: each new sentence draws the window anew, and placing takes no longer.
            if waits and self.state is not JobState.PAUSED:
                self._become(JobState.PAUSED, texts.WAITING_FOR_KRITA)
            QtCore.QTimer.singleShot(RETRY_MS if waits else 0, lambda: self._place(steps))
