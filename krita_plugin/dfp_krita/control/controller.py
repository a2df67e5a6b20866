"""What the docker's buttons and the shortcuts do: at most one job and one live work for the whole of Krita."""

from dataclasses import replace
from functools import partial
from typing import Any, Callable, Dict, Optional, Tuple

from .. import settings, texts
from ..batch.batch import Batch, Plan
from ..batch.items import frame_items, layer_items
from ..batch.layers import Choice, usual_choice, wanted_layers
from ..connection.client import Client
from ..connection.exchange import url_with_token
from ..connection.face_server import FaceServer
from ..document.active_layer import ActiveLayer
from ..document.capture import Subject, capture, chosen_subject
from ..document.face_registry import FaceRegistry
from ..document.framing import add_guide, toggle_lock
from ..document.keyframes import Keyframes
from ..document.layer import keep
from ..document.option_annotation import keep_options, options_of
from ..document.trust_layer import add_trust_layer
from ..document.visibility import is_seen
from ..generation.attention import add_heat_layer
from ..generation.job import Job
from ..history.history import History
from ..history.live_recorder import LiveRecorder
from ..history.store import Entry
from ..krita_api import Krita
from ..live.session import Live
from ..qt import QtCore
from ..refusal import Refusal
from ..settings import Settings
from ..task import Steps, Task
from ..ui.manual import Manual
from ..ui.settings_dialog import SettingsDialog

TICK_MS = 500
# Krita itself is busy enough when it has just started.
WARM_UP_MS = 500


class Generator(QtCore.QObject):
    """Shared by all windows and their dockers."""

    changed = QtCore.pyqtSignal()
    told = QtCore.pyqtSignal(str)

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.client = Client(self)
        self.server = FaceServer(self.client, self)
        self.active_layer = ActiveLayer(self)
        self._drawn: Optional[Tuple[Any, Any]] = None
        self.batch: Optional[Batch] = None
        self.same_place = False
        self._batch_drawn: Dict[str, int] = {}
        # Of keyframes that were stopped half-way.
        self._keyframes: Optional[Keyframes] = None
        self.client.drawn.connect(self._note_drawn)
        self.history = History(self.active_layer, self)
        self.history.told.connect(self._say)
        self._live_recorder = LiveRecorder(partial(self.history.add, "live"), self)
        self.settings = Settings()
        self.use(settings.load())
        self._job: Optional[Job] = None
        self._live: Optional[Live] = None
        self._cold = True
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
        if self._job is not None:
            return texts.since(self._job.sentence, self._job.seconds)
        return self._live.sentence if self._live is not None and self.live_here else self._status

    @property
    def live(self) -> bool:
        """Whether a face follows the painter's strokes."""
        return self._live is not None

    def warm_up(self) -> None:
        """Get the server on this computer ready before the first face is asked for; what goes wrong is told then."""
        if self._cold and not self.settings.address:
            self._cold = False
            QtCore.QTimer.singleShot(WARM_UP_MS, self.server.ensure)

    @property
    def live_here(self) -> bool:
        """Whether it is a drawing of the picture in front that the face follows."""
        front = Krita.instance().activeDocument()
        return self._live is not None and front is not None and front == self._live.subject.document

    def look_around(self) -> None:
        """Another picture has come to the front, or one was closed."""
        if self._live is not None:
            self._live.end_when_closed()
        self.changed.emit()

    @property
    def progress(self) -> int:
        """Percent of the way."""
        return self._job.progress if self._job is not None else 0

    def generate(self, new_layer: bool = False) -> None:
        """Take the active layer as it is now and begin. While a face is on its way, nothing happens."""
        if self.busy:
            return
        try:
            subject = chosen_subject()
            if not new_layer and self._live is not None and self._live.subject.sketch == subject.sketch:
                self._live.again()
                return
            sketch = capture(replace(subject, face=None) if new_layer else subject)
        except Refusal as refusal:
            self._say(str(refusal))
            return
        job = Job(sketch, self.server, self.client, self.active_layer, self)
        job.placed.connect(partial(self.history.add, "new layer" if new_layer else "generate"))
        self._begin(job)

    def generate_again(self, document: Any, entry: Entry) -> None:
        """Make a face of the history once more and say whether it is the same; no layer changes."""
        if not self.busy:
            self.history.fetch_sketch(document, entry, partial(self._send_again, entry))

    def _send_again(self, entry: Entry, sketch: Any) -> None:
        if not self.busy:
            land = partial(self.history.compare, entry)
            self._begin(Job(sketch, self.server, self.client, self.active_layer, self, land))

    def _begin(self, job: Job) -> None:
        self._job = job
        self._job.changed.connect(self._job_changed)
        self._tick.start()
        self._job.start()
        self.changed.emit()

    def want_same_place(self, wanted: bool) -> None:
        """Whether all faces of the next batches sit where their first one does."""
        self.same_place = wanted

    def start_batch(self, choice: Optional[Choice] = None) -> None:
        """Make faces for several layers, or a layer's keyframes; without a choice for what is most likely meant."""
        document = Krita.instance().activeDocument()
        if self.batch is not None:
            return
        try:
            if document is None:
                raise Refusal(texts.NO_DOCUMENT)
            plan = self._plan(document, choice or usual_choice(document))
        except Refusal as refusal:
            self._say(str(refusal))
            return
        batch = Batch(plan, self.server, self.client, self.active_layer, self)
        batch.changed.connect(self.changed)
        batch.ended.connect(self._batch_ended)
        self.batch = batch
        batch.start()
        self.changed.emit()

    def _plan(self, document: Any, choice: Choice) -> Plan:
        layers = wanted_layers(document, choice)
        placed = partial(self.history.add, "batch")
        if choice is not Choice.KEYFRAMES:
            items = layer_items(document, layers, self._batch_drawn, self.active_layer)
            return Plan(items, self.same_place, placed)
        if self._keyframes is not None and self._keyframes.fits(document, layers[0]):
            self._keyframes.refresh()
        else:
            self._forget_keyframes()
            self._keyframes = Keyframes(document, layers[0])
        keyframes = self._keyframes
        return Plan(frame_items(keyframes), self.same_place, placed, partial(self._show_keyframes, keyframes))

    def _show_keyframes(self, keyframes: Keyframes) -> Steps:
        yield from keyframes.show(self.active_layer)
        self._forget_keyframes()

    def _forget_keyframes(self) -> None:
        keyframes, self._keyframes = self._keyframes, None
        if keyframes is not None:
            keyframes.close()

    def pause_batch(self, wanted: bool) -> None:
        """Let the batch wait, or go on."""
        if self.batch is not None:
            self.batch.pause(wanted)

    def cancel_batch(self) -> None:
        """End the batch; the faces that are there stay."""
        if self.batch is not None:
            self.batch.cancel()

    def _batch_ended(self, sentence: str) -> None:
        batch, self.batch = self.batch, None
        if sentence in (texts.DOCUMENT_CLOSED, texts.LAYER_DELETED):
            self._forget_keyframes()
        if batch is not None:
            self.details = batch.details
            batch.deleteLater()
        self._say(sentence)

    def toggle_live(self) -> None:
        """Let the face of the active layer follow the painter's strokes, or end that.

        While live works in another picture than the one in front, it comes over to this one.
        """
        if self.live_here and self._live is not None:
            self._live.stop()
            return
        try:
            subject = chosen_subject()
        except Refusal as refusal:
            self._say(str(refusal))
            return
        if self._live is not None:
            self._live.stop()
        self._live = Live(subject, self.server, self.client, self.active_layer, self.settings.live_delay_ms, self)
        self._live.changed.connect(self.changed)
        self._live.renewed.connect(self._live_recorder.renewed)
        self._live.ended.connect(self._live_ended)
        self._live.start()
        self.changed.emit()

    def keep(self) -> None:
        """Make the active layer's face, as it is now, a layer of its own that nothing renews."""
        try:
            subject = chosen_subject()
        except Refusal as refusal:
            self._say(str(refusal))
            return
        self._live_recorder.flush()
        Task(self._keep(subject), lambda layer: self._say(texts.kept(layer)), self._say).start()

    def toggle_face(self) -> None:
        """Show the face that Live follows, or the active layer's, or hide it."""
        try:
            subject = self._live.subject if self.live_here and self._live is not None else chosen_subject()
            faces = FaceRegistry(subject.document).faces_of(subject.sketch)
            face = subject.face if subject.face is not None else faces[-1] if faces else None
            if face is None or face.parentNode() is None:
                raise Refusal(texts.NOTHING_TO_KEEP)
        except Refusal as refusal:
            self._say(str(refusal))
            return
        face.setVisible(not face.visible())
        subject.document.refreshProjection()
        self._say(texts.FACE_SHOWN if is_seen(face) else texts.FACE_HIDDEN if face.visible() else texts.FACE_AWAY)

    def _keep(self, subject: Subject) -> Steps:
        while self._live is not None and self._live.placing:
            yield True
        return (yield from keep(subject, self.active_layer))

    def use(self, chosen: Settings) -> None:
        """From now on work as these settings say."""
        self.settings = chosen
        self.history.limit_mb = chosen.history_mb
        url = url_with_token(chosen.address, chosen.token) if chosen.address else ""
        self.server.use(url, chosen.certificate)

    def show_settings(self) -> None:
        """Let the painter see and change the settings."""
        dialog = SettingsDialog(self.settings, self.use, Krita.instance().activeWindow().qwindow())
        dialog.finished.connect(lambda *_: dialog.deleteLater())
        dialog.open()

    def show_manual(self) -> None:
        """Open the manual beside the painter's work."""
        manual = Manual(Krita.instance().activeWindow().qwindow())
        manual.finished.connect(lambda *_: manual.deleteLater())
        manual.show()

    def set_trust(self, trust: float) -> None:
        """How exactly lines are meant in the active document, 1 exactly, -1 loosely; live follows."""
        self._ask(trust=trust)

    def show_attention(self, wanted: bool) -> None:
        """Whether answers for the active document say how far each line was relaxed."""
        self._ask(attention=wanted)

    def _ask(self, **changes: Any) -> None:
        document = Krita.instance().activeDocument()
        if document is None:
            return
        keep_options(document, replace(options_of(document), **changes))
        if self._live is not None:
            self._live.touch()
        self.changed.emit()

    def add_trust_layer(self) -> None:
        """Add a layer on which the painter paints where her lines are meant exactly and where loosely."""
        self._tell(add_trust_layer)

    def add_attention_layer(self) -> None:
        """Put the model's last reading of the lines onto a layer."""
        if self._drawn is None:
            self._say(texts.NO_ATTENTION)
            return
        Task(add_heat_layer(*self._drawn, self.active_layer), self._say, self._say).start()

    def toggle_frame_lock(self) -> None:
        """Keep the active document's face where it is, or let the drawing say again."""
        self._tell(toggle_lock)

    def add_guide(self) -> None:
        """Add a layer with faint lines where a face's features belong."""
        self._tell(partial(add_guide, self.active_layer))

    def _tell(self, act: Callable[[], str]) -> None:
        try:
            self._say(act())
        except Refusal as refusal:
            self._say(str(refusal))

    def cancel(self) -> None:
        """Drop the face that is on its way."""
        if self._job is not None:
            self._job.cancel()

    def shut_down(self) -> None:
        """Krita is closing."""
        self.cancel()
        if self.batch is not None:
            self.batch.shut_down()
        self._forget_keyframes()
        if self._live is not None:
            self._live.shut_down()
        self.server.shut_down()

    def _note_drawn(self, sketch: Any, answer: Any) -> None:
        if answer.attention is not None:
            self._drawn = replace(sketch, pixels=[]), replace(answer, pixels=b"")

    def _live_ended(self, sentence: str) -> None:
        live, self._live = self._live, None
        self._live_recorder.flush()
        if live is not None:
            live.deleteLater()
        self._say(sentence)

    def _job_changed(self) -> None:
        job = self._job
        if job is not None and job.over:
            self._job = None
            self._tick.stop()
            job.deleteLater()
            self.details = job.details or self.server.last_words
            self._say(job.sentence)
        else:
            self.changed.emit()

    def _say(self, sentence: str) -> None:
        self._status = sentence
        if self._live is not None:
            self._live.sentence = sentence
        self.changed.emit()
        self.told.emit(sentence)
