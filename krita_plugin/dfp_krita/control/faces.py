"""Single faces: made, kept, shown and hidden. At most one is on its way for the whole of Krita."""

from dataclasses import replace
from functools import partial
from typing import Any, Callable, Optional

from .. import texts
from ..document.capture import CapturedSketch, Subject, capture, chosen_subject
from ..document.face_registry import FaceRegistry
from ..document.framing import frame_of_face
from ..document.layer import keep
from ..document.several_faces import several_heads, shown_with
from ..document.visibility import is_seen
from ..generation.job import Job
from ..history.history import History
from ..history.store import Entry
from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps, Task
from .backend import Backend
from .live import LiveControl
from .status import Status

TICK_MS = 500


class FaceControl(QtCore.QObject):
    """What is done about the face of the active layer. `changed` at each step of one that is on its way."""

    changed = QtCore.pyqtSignal()

    def __init__(
        self, backend: Backend, status: Status, history: History, live: LiveControl, parent: Optional[Any] = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._status = status
        self._history = history
        self._live = live
        self._job: Optional[Job] = None
        self._tick = QtCore.QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.changed)
        status.let_speak(self._sentence)

    @property
    def busy(self) -> bool:
        """Whether a face is on its way."""
        return self._job is not None

    @property
    def progress(self) -> int:
        """Percent of the way."""
        return self._job.progress if self._job is not None else 0

    def generate(self, new_layer: bool = False) -> None:
        """Take the active layer as it is now and begin. While a face is on its way, nothing happens."""
        if not self.busy:
            self._status.attempt(partial(self._generate, new_layer))

    def renew(self) -> None:
        """Like `generate`, also when it is a layer that belongs to a drawing that is chosen: its colours, its trust."""
        if not self.busy:
            self._status.attempt(partial(self._generate, False, linked=True))

    def _generate(self, new_layer: bool, linked: bool = False) -> None:
        subject = chosen_subject(linked)
        if not new_layer and self._live.renew(subject.sketch):
            return
        sketch = self._captured(subject, new_layer)
        job = Job(sketch, *self._backend, self)
        job.placed.connect(partial(self._history.add, "new layer" if new_layer else "generate"))
        self._begin(job)

    def _captured(self, subject: Subject, new_layer: bool) -> CapturedSketch:
        """The sketch, to have a face for each head; the face that is chosen among several of them is meant alone."""
        document, face = subject.document, subject.face
        alone = face is not None and document.activeNode() == face and several_heads(document, subject.sketch)
        frame = frame_of_face(document, subject.sketch, face) if alone else None
        sketch = capture(replace(subject, face=None) if new_layer else subject, frame)
        return replace(sketch, heads=sketch.frame is None)

    def generate_again(self, document: Any, entry: Entry) -> None:
        """Make a face of the history once more and say whether it is the same; no layer changes."""
        if not self.busy:
            self._history.fetch_sketch(document, entry, partial(self._send_again, entry))

    def _send_again(self, entry: Entry, sketch: Any) -> None:
        self.ask(sketch, partial(self._history.compare, entry))

    def ask(self, sketch: CapturedSketch, land: Callable[[CapturedSketch, Any], Steps]) -> None:
        """Send a sketch and let `land` do something with the answer. While a face is on its way, nothing happens."""
        if not self.busy:
            self._begin(Job(sketch, *self._backend, self, land))

    def _begin(self, job: Job) -> None:
        self._job = job
        self._job.changed.connect(self._job_changed)
        self._tick.start()
        self._job.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Drop the face that is on its way."""
        if self._job is not None:
            self._job.cancel()

    def keep(self) -> None:
        """Make the active layer's face, as it is now, a layer of its own that nothing renews."""
        self._status.attempt(self._begin_keeping)

    def _begin_keeping(self) -> None:
        subject = chosen_subject()
        self._live.record()
        Task(self._keep(subject), lambda layer: self._status.say(texts.faces.kept(layer)), self._status.say).start()

    def _keep(self, subject: Subject) -> Steps:
        while self._live.placing:
            yield True
        return (yield from keep(subject, self._backend.active_layer))

    def toggle_visible(self) -> None:
        """Show the face that Live follows, or the active layer's, or hide it."""
        self._status.attempt(self._toggle_visible)

    def _toggle_visible(self) -> str:
        followed = self._live.subject if self._live.here else None
        subject = followed if followed is not None else chosen_subject(linked=True)
        faces = FaceRegistry(subject.document).faces_of(subject.sketch)
        face = subject.face if subject.face is not None else faces[-1] if faces else None
        if face is None or face.parentNode() is None:
            raise Refusal(texts.faces.NOTHING_TO_KEEP)
        shown = shown_with(subject.document, subject.sketch, face)
        shown.setVisible(not shown.visible())
        subject.document.refreshProjection()
        return texts.faces.SHOWN if is_seen(shown) else texts.faces.HIDDEN if shown.visible() else texts.faces.AWAY

    def _sentence(self) -> Optional[str]:
        return texts.faces.since(self._job.sentence, self._job.seconds) if self._job is not None else None

    def _job_changed(self) -> None:
        job = self._job
        if job is not None and job.over:
            self._job = None
            self._tick.stop()
            job.deleteLater()
            self._status.details = job.details or self._backend.server.last_words
            self._status.say(job.sentence)
        else:
            self.changed.emit()
