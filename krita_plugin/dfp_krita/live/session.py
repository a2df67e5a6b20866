"""Live: whenever a stroke of the painter ends, the face of her sketch renews itself on its layer.

The undo history of live work holds her strokes only. Krita's API adds a layer by an undo step and writes pixels
without one. So the face's layer is there before the first stroke: where the sketch has none, it is added when live is
switched on, and taken out again when live ends without a face. After that live only writes pixels. What is written
so will be written over, so *Keep* adds a copy of the layer, pixels and all, and that is one step.

At most one request is on its way. An answer waits for the pen to be lifted, and a newer one takes its place.
"""

import contextlib
from dataclasses import replace
from typing import Any, Callable, Optional

from .. import texts
from ..connection.client import Call, Client, Problem, Reply
from ..connection.face_server import FaceServer
from ..document.active_layer import ActiveLayer
from ..document.capture import CapturedSketch, Subject, canvas_of, check_still_there
from ..document.face_pixels import at_rest
from ..document.framing import place_of_face
from ..document.layer import remove_empty
from ..document.layer_tree import bounds_of
from ..document.option_annotation import options_of
from ..document.options import GROUP
from ..document.visibility import Veil
from ..generation.job import GROUPS, SERVER_STEPS, remark_on, send_sketch
from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps, Task
from .change_detector import Change, Snapshot, detect_change
from .followed import Followed
from .input_watcher import InputWatcher
from .placing import clear_face, face_for, fits, renew_face

BEAT_MS = 20
FIRST_RETRY_MS = 2000
LAST_RETRY_MS = 30_000
CHANNEL = "live"  # at the server, where a newer drawing takes the place of one that nobody waits for any more
# A painter who draws without a pause sees no face for so long; then the next stroke does not stop the looking.
OVERDUE_MS = 1000
# Where Krita takes long to show new pixels, it gets this many times as long for everything else.
PAUSE = 3


class Live(QtCore.QObject):
    """Live work with one sketch, from `start` until it `ended` with a sentence.

    The face never hides the lines meanwhile (see visibility).
    """

    changed = QtCore.pyqtSignal()
    ended = QtCore.pyqtSignal(str)
    renewed = QtCore.pyqtSignal(object, object)

    def __init__(
        self,
        subject: Subject,
        server: FaceServer,
        client: Client,
        active: ActiveLayer,
        delay_ms: int = 0,
        parent: Optional[Any] = None,
    ) -> None:
        super().__init__(parent)
        self.sentence = texts.live.ON
        self._remark = ""
        self._followed = Followed()
        self.subject = subject
        self._server = server
        self._client = client
        self._active = active
        self._over = self._touched = False
        self._veil: Optional[Veil] = None
        self._task: Optional[Task] = None
        self._detection: Optional[Task] = None
        self._url = ""
        self._last: Optional[Snapshot] = None
        self._change: Optional[Change] = None
        self._call: Optional[Call] = None
        self._answer: Any = None
        self._patience = FIRST_RETRY_MS
        self._clock = QtCore.QElapsedTimer()
        self._waiting = QtCore.QElapsedTimer()
        self._waiting.start()
        self._input = InputWatcher(self)
        self._input.pressed.connect(self._pressed)
        self._input.lifted.connect(self._lifted)
        self._input.escaped.connect(self.stop)
        self._beat = QtCore.QTimer(self)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self._go_on)
        self._retry, self._pace, self._delay = self._alarm(), self._alarm(), self._alarm()
        self._delay.setInterval(delay_ms)

    @property
    def placing(self) -> bool:
        """Whether the face's layer is being made or renewed just now."""
        return self._task is not None and not self._over

    def start(self) -> None:
        """Begin; the face's layer is added when there is none to renew."""
        self._server.ready.connect(self._send)
        self._server.failed.connect(self._server_failed)
        self._server.changed.connect(self._server_changed)
        self._input.watch()
        self._task = self._begin(face_for(self.subject, self._active, self._grouped()), self._prepared)

    def stop(self) -> None:
        """The painter has switched it off."""
        self._end(texts.live.OFF)

    def end_when_closed(self) -> None:
        """End when the document, or the drawing in it, is gone."""
        try:
            check_still_there(self.subject)
        except Refusal as refusal:
            self._end(str(refusal))

    def shut_down(self) -> None:
        """Krita is closing: nothing more happens to any document."""
        self._halt()

    def again(self) -> None:
        """Renew the face even though the sketch is as it was."""
        self._last = None
        self._lifted()

    def touch(self) -> None:
        """Something that the face depends on may have changed."""
        self._lifted()

    def _alarm(self) -> Any:
        timer = QtCore.QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(self._beat.start)
        return timer

    def _begin(self, steps: Steps, done: Callable[[Any], None]) -> Task:
        return Task(steps, done, self._end).start()

    def _end(self, sentence: str) -> None:
        if self._over:
            return
        self._halt()
        self._unveil()
        Task(remove_empty(self.subject, self._active), lambda _: None, lambda _: None).start()
        self.ended.emit(sentence)

    def _halt(self) -> None:
        if self._over:
            return
        self._over = True
        self._server.ready.disconnect(self._send)
        self._server.failed.disconnect(self._server_failed)
        self._server.changed.disconnect(self._server_changed)
        self._input.leave()
        for timer in (self._beat, self._retry, self._pace, self._delay):
            timer.stop()
        for task in (self._detection, self._task):
            if task is not None:
                task.drop()
        if self._call is not None:
            self._call.abort()

    def _say(self, sentence: str) -> None:
        if sentence != self.sentence:
            self.sentence = sentence
            self.changed.emit()

    def _prepared(self, face: Any) -> None:
        self._task = None
        self._follow(face)
        self._lifted()

    def _follow(self, face: Any) -> None:
        self.subject = replace(self.subject, face=face)
        self._followed = Followed(place_of_face(self.subject.document, self.subject.sketch, face))
        self._veil = Veil(self.subject.document, face, self.subject.sketch)

    def _grouped(self) -> bool:
        """Whether faces come as groups, as far as is known before there is one."""
        wanted = options_of(self.subject.document).form == GROUP
        return wanted and (not self._client.capabilities or self._client.can(GROUPS))

    def _unveil(self) -> None:
        veil, self._veil = self._veil, None
        with contextlib.suppress(Refusal):
            check_still_there(self.subject)
            if veil is not None and self.subject.face is not None and self.subject.face.parentNode() is not None:
                veil.lift(self.subject.document)

    def _pressed(self) -> None:
        # What is read from now on may be a sketch in the middle of a stroke.
        if self._detection is not None and self._waiting.elapsed() < OVERDUE_MS:
            self._detection.drop()
            self._detection = None
            self._touched = True

    def _lifted(self) -> None:
        if not self._touched:
            self._waiting.start()
        self._touched = True
        self._delay.start()

    def _go_on(self) -> None:
        """Every few milliseconds while there is something to do and the pen is up."""
        if self._input.down or self._task is not None or self._detection is not None:
            return
        try:
            if not at_rest(self.subject):
                return
        except Refusal as refusal:
            self._end(str(refusal))
            return
        if self._touched and self._call is None and self._change is None and not self._waits():
            self._touched = False
            self._detection = Task(detect_change(self.subject, self._last), self._detected, self._saw_nothing).start()
        elif self._answer is not None and not self._pace.isActive():
            answer, self._answer = self._answer, None
            if answer[0].canvas != canvas_of(self.subject.document):
                self.again()
                return
            self._task = self._begin(self._renew(*answer), self._renewed)
        else:
            self._beat.stop()

    def _waits(self) -> bool:
        return self._retry.isActive() or self._delay.isActive()

    def _detected(self, change: Optional[Change]) -> None:
        self._detection = None
        if change is not None:
            self._change = change
            self._clock.start()
            self._server.ensure()

    def _saw_nothing(self, sentence: str) -> None:
        """An empty layer or an odd selection is nothing to stop for: the painter has only begun."""
        self._detection = None
        self._last = None
        face = self.subject.face
        if sentence == texts.document.EMPTY_LAYER and face is not None and not bounds_of(face).empty:
            self._answer = None
            self._task = self._begin(clear_face(self.subject, face), self._cleared)
        self._say(texts.live.ON if sentence == texts.document.EMPTY_LAYER else sentence)

    def _cleared(self, _: Any) -> None:
        self._task = None
        self._beat.start()

    def _send(self, url: str) -> None:
        if self._change is None:
            return
        change, self._change = self._change, None
        self._last = change.snapshot
        self._followed.count = 1
        self._url = url
        self._ask(change.sketch)

    def _ask(self, sketch: CapturedSketch) -> None:
        self._call = send_sketch(self._client, self._url, sketch, channel=CHANNEL)
        self._call.finished.connect(lambda reply: self._answered(reply, sketch))

    def _server_changed(self) -> None:
        if self._change is not None:
            self._say(SERVER_STEPS.get(self._server.state, self.sentence))

    def _server_failed(self, sentence: str) -> None:
        if self._change is not None:
            self._change = None
            self._try_later(texts.live.waits(sentence))

    def _try_later(self, sentence: str) -> None:
        """The server is in trouble; live goes on by itself when it is back."""
        self._last = None
        self._touched = True
        self._retry.start(self._patience)
        self._patience = min(2 * self._patience, LAST_RETRY_MS)
        self._say(sentence)

    def _answered(self, reply: Reply, sketch: CapturedSketch) -> None:
        self._call = None
        if self._over:
            return
        if reply.problem is Problem.NONE:
            self._patience = FIRST_RETRY_MS
            instead = self._followed.instead(sketch, reply.message) if sketch.heads else None
            if instead is not None:
                self._ask(instead)
                return
            self._answer = sketch, reply.message
        elif reply.problem is Problem.REFUSED:
            self._say(reply.sentence)
        else:
            self._server.distrust()
            self._try_later(texts.live.SERVER_LOST)
        self._beat.start()

    def _renew(self, sketch: Any, answer: Any) -> Steps:
        if not fits(self.subject, answer):
            # She has chosen another way for faces to come; that is a new layer or group, and a step of the history.
            self._unveil()
            self._follow((yield from face_for(self.subject, self._active, answer.layers is not None)))
        yield from renew_face(self.subject, sketch, answer)
        self._followed.took(sketch.place_of(answer), bool(answer.note))
        several = texts.several.live_follows(self._followed.count) if self._followed.count > 1 else ""
        remark = remark_on(self._client, sketch, answer, self._followed.doubtful)
        self._remark = " ".join(filter(None, (several, remark)))
        # It may have ended, and be gone, while Krita handled the painter's clicks within the last step.
        if not self._over:
            self.renewed.emit(sketch, answer)

    def _renewed(self, _: Any) -> None:
        task, self._task = self._task, None
        if task is not None:
            self._pace.start(int(PAUSE * task.longest_ms))
            self._say(" ".join(filter(None, (texts.live.done(self._clock.elapsed()), self._remark))))
            self._beat.start()
