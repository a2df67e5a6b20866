"""Faces for many sketches, one after the other: layers, each with its face right above it, or a layer's keyframes.

The server draws them behind live work. What was stopped half-way goes on with the next start: a face whose sketch and
options are as they were is up to date and left alone. Krita's API adds each layer by an undo step of its own; the faces
of keyframes come on one layer, by one step.
"""

from functools import partial
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

from .. import texts
from ..connection.client import Client
from ..connection.face_server import FaceServer
from ..document.active_layer import ActiveLayer
from ..document.capture import CapturedSketch
from ..document.turned_frame import TurnedFrame
from ..generation.answers import Answers
from ..generation.job import Job, JobState
from ..qt import QtCore, QtGui
from ..task import Steps, Task

Placed = Callable[[Any, Any, bool], None]
THUMBNAIL = 48


class Tally(NamedTuple):
    """How many sketches were given a face, had theirs already, could not be used, these by name with the reason, and in
    how many keyframes there is no sketch; and a line for each one that hardly is a face, though it has become one."""

    made: int
    ready: int
    failed: List[str]
    empty: int = 0
    doubtful: Tuple[str, ...] = ()


class Plan(NamedTuple):
    """What a batch is to do: its items (see items), whether all faces sit in the same place, and the last step.

    `finish` runs when all items are done, `placed` is told each sketch and answer, and whether that was kept from
    before. `answers` keeps those that come. `remark`: what to say beside how many faces there are.
    """

    items: List[Any]
    same_place: bool
    placed: Placed
    finish: Optional[Callable[[], Steps]] = None
    answers: Optional[Answers] = None
    remark: str = ""


class Batch(QtCore.QObject):
    """One run over the items of a plan. `ended` comes once, also after `cancel`."""

    changed = QtCore.pyqtSignal()
    ended = QtCore.pyqtSignal(str)

    def __init__(
        self, plan: Plan, server: FaceServer, client: Client, active: ActiveLayer, parent: Optional[Any] = None
    ) -> None:
        super().__init__(parent)
        self.paused = False
        # A small picture of the newest face.
        self.picture: Optional[Any] = None
        self._plan = plan
        self._left = list(plan.items)
        self._frame: Optional[TurnedFrame] = None
        self._server = server
        self._client = client
        self._active = active
        self._job: Optional[Job] = None
        self._task: Optional[Task] = None
        self._tally = Tally(0, 0, [])
        self._spent_ms = 0
        self._clock = QtCore.QElapsedTimer()
        self._over = False

    @property
    def count(self) -> int:
        """Of how many sketches it is."""
        return len(self._plan.items)

    @property
    def done(self) -> int:
        """With how many of these nothing more is to be done."""
        return self._tally.made + self._tally.ready + len(self._tally.failed) + self._tally.empty

    @property
    def progress(self) -> int:
        """Percent of the way."""
        return 100 * (self.count - len(self._left)) // max(1, self.count)

    @property
    def sentence(self) -> str:
        """What to tell the painter now."""
        done = self.count - len(self._left)
        if self.paused:
            return texts.batch.paused(done, self.count)
        made = self._tally.made
        return texts.batch.goes_on(done, self.count, self._spent_ms / 1000 / made * len(self._left) if made else None)

    @property
    def details(self) -> str:
        """A line for each sketch that could not be used, and each that hardly is a face."""
        return "\n".join((*self._tally.failed, *self._tally.doubtful))

    def start(self) -> None:
        """Begin; everything after this happens by signals."""
        self._soon()

    def pause(self, wanted: bool) -> None:
        """Wait after the face that is being made, or go on."""
        self.paused = wanted
        if not wanted and self._job is None and self._task is None:
            self._soon()
        self.changed.emit()

    def cancel(self) -> None:
        """Make no more faces; those that are there stay."""
        self._end(texts.batch.cancelled(*self._tally))

    def shut_down(self) -> None:
        """Krita is closing."""
        self._halt()

    def _soon(self) -> None:
        # In a turn of its own, so that fifty empty layers do not hold up the window.
        QtCore.QTimer.singleShot(0, lambda: self._next())

    def _next(self) -> None:
        if self._over or self.paused or self._job is not None or self._task is not None:
            return
        if self._left:
            item = self._left.pop(0)
            shared = self._frame if self._plan.same_place else None
            self._run(item.capture(shared), partial(self._captured, item), partial(self._failed, item))
        elif self._plan.finish is not None and self._tally.made + self._tally.ready:
            self._run(self._plan.finish(), lambda _: self._end_well(), self._end)
        else:
            self._end_well()
        self.changed.emit()

    def _run(self, steps: Steps, done: Callable[[Any], None], refused: Callable[[str], None]) -> None:
        def ended(act: Callable[[Any], None], result: Any) -> None:
            self._task = None
            if not self._over:
                act(result)

        self._task = Task(steps, lambda result: ended(done, result), lambda why: ended(refused, why)).start()

    def _captured(self, item: Any, sketch: Optional[CapturedSketch]) -> None:
        if sketch is None:
            self._frame = self._frame or item.frame()
            self._tally = self._tally._replace(ready=self._tally.ready + 1)
            self._soon()
            self.changed.emit()
            return
        self._clock.start()
        backend = self._server, self._client, self._active
        job = Job(sketch, *backend, self, item.land, batch=True, answers=self._plan.answers)
        self._job = job
        job.placed.connect(lambda sketch, answer: self._placed(item, sketch, answer, job.recalled(answer)))
        job.changed.connect(lambda: self._job_changed(job, item))
        job.start()

    def _placed(self, item: Any, sketch: CapturedSketch, answer: Any, recalled: bool) -> None:
        item.placed()
        self._frame = self._frame or item.frame()
        if answer.note:
            line = texts.several.doubtful(item.name)
            self._tally = self._tally._replace(doubtful=(*self._tally.doubtful, line))
        self.picture = thumbnail_of(answer)
        self._plan.placed(item.origin(sketch), answer, recalled)

    def _job_changed(self, job: Job, item: Any) -> None:
        if not job.over or job is not self._job:
            return
        self._job = None
        job.deleteLater()
        if self._over:
            return
        if job.state is JobState.DONE:
            self._spent_ms += self._clock.elapsed()
            self._tally = self._tally._replace(made=self._tally.made + 1)
            self._soon()
            self.changed.emit()
        elif job.servers_fault:
            self._end(f"{job.sentence} {texts.batch.cancelled(*self._tally)}")
        else:
            self._failed(item, job.sentence)

    def _failed(self, item: Any, sentence: str) -> None:
        if sentence == texts.document.CLOSED:
            self._end(sentence)
            return
        if sentence == texts.batch.EMPTY_FRAME:
            # Krita makes an empty first one by itself, and others end a drawing: nothing to complain of.
            self._tally = self._tally._replace(empty=self._tally.empty + 1)
        else:
            self._tally.failed.append(texts.batch.failed(item.name, sentence))
        self._soon()
        self.changed.emit()

    def _end_well(self) -> None:
        self._end(" ".join(filter(None, (texts.batch.done(*self._tally), self._plan.remark))))

    def _end(self, sentence: str) -> None:
        if not self._over:
            self._halt()
            self.ended.emit(sentence)

    def _halt(self) -> None:
        self._over = True
        job, self._job = self._job, None
        task, self._task = self._task, None
        if job is not None:
            job.cancel()
        if task is not None:
            task.drop()


def thumbnail_of(answer: Any) -> Any:
    """A small picture of a face."""
    kind, aspect = QtGui.QImage.Format.Format_ARGB32, QtCore.Qt.AspectRatioMode.KeepAspectRatio
    face = QtGui.QImage(answer.pixels, answer.width, answer.height, 4 * answer.width, kind)
    small = face.scaled(2 * THUMBNAIL, 2 * THUMBNAIL, aspect)
    return small.scaled(THUMBNAIL, THUMBNAIL, aspect, QtCore.Qt.TransformationMode.SmoothTransformation)
