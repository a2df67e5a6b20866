"""One face from click to layer."""

import uuid
from enum import Enum
from functools import partial
from typing import Any, Callable, Dict, List, Optional

from .. import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from ..connection.client import Call, Client, Problem, Reply
from ..connection.face_server import FaceServer, ServerState
from ..document.active_layer import ActiveLayer
from ..document.brush import brush_hint
from ..document.capture import CapturedSketch
from ..document.colors import ColorSpace, is_linear
from ..document.options import CUT_OUT, GROUP
from ..document.several_faces import put_faces
from ..document.sketch_digest import key_of
from ..krita_api import Krita
from ..qt import QtCore, QtWidgets
from ..task import Steps, Task
from .answers import Answers
from .several import HEADS, TURN, Heads


class JobState(Enum):
    """Where one job stands."""

    WAITING_FOR_SERVER = "waiting for server"
    GENERATING = "generating"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
SERVER_STEPS = {ServerState.STARTING: texts.server.STARTING, ServerState.LOADING: texts.server.LOADING_MODEL}
SERVER_PROGRESS = {ServerState.STARTING: 10, ServerState.LOADING: 30, ServerState.READY: 60}
STEP_PROGRESS = {JobState.GENERATING: 60, JobState.PAUSED: 90}
# With its handles on the canvas it holds the picture until it is applied, and says so nowhere.
TRANSFORM_TOOL = "KisToolTransform"
PROBLEMS = {Problem.UNREACHABLE: texts.server.LOST, Problem.TIMEOUT: texts.server.SILENT}


# What a server calls it that its weights know colours, what is drawn where, how to cut faces out and give their layers,
# and that it draws several people at once.
APPEARANCE, REGIONS, CUT_OUTS, GROUPS, VARIANTS = "appearance", "regions", "cut_out", "layers", "variants"
# And that it makes soft edges for pictures that mix linear light.
IN_LINEAR = "linear"


def send_sketch(client: Client, url: str, sketch: CapturedSketch, batch: bool = False, channel: str = "") -> Call:
    """Ask the server at `url` for the face of a sketch; in a `channel` only the newest one matters."""
    request = wire.GenerateRequest(
        id=uuid.uuid4().hex,
        width=sketch.sent.width,
        height=sketch.sent.height,
        mode="BGRA",
        pixels=b"",
        frame=tuple(sketch.frame.reduced(sketch.reduced)) if sketch.frame is not None else None,
        attention=sketch.options.attention,
        client=client.name,
        channel=channel,
        batch=batch,
        trust=sketch.options.trust,
        trust_mask=sketch.trust.values if sketch.trust is not None else None,
        trust_mask_size=sketch.trust.size if sketch.trust is not None else None,
        regions=sketch.regions and client.can(REGIONS),
        heads=sketch.heads and client.can(HEADS),
        turn=sketch.turn if client.can(TURN) else 0.0,
        variants=sketch.variants,
        **_appearance(client, sketch),
        **_form(client, sketch),
    )
    call = client.generate(url, request, sketch.pixels, sketch.reduced)
    if not sketch.variants:
        call.finished.connect(lambda reply: reply.message is not None and client.drawn.emit(sketch, reply.message))
    return call


def _appearance(client: Client, sketch: CapturedSketch) -> Dict[str, Any]:
    """Fields of a request about colours; none where the server's weights know no colours and would refuse them.

    A palette goes with it even when it is empty, so that the answer says which colours the model was told.
    """
    if not client.can(APPEARANCE):
        return {}
    told: Dict[str, Any] = {"palette": sketch.options.palette.to_map(), "seed": sketch.options.seed}
    if sketch.painted is not None:
        told.update(painted=sketch.painted.values, painted_size=sketch.painted.size)
    return told


def _form(client: Client, sketch: CapturedSketch) -> Dict[str, Any]:
    """Fields of a request about how the face comes; none where the server could not do it and would refuse them."""
    wanted = {CUT_OUTS: sketch.options.form == CUT_OUT, GROUPS: sketch.options.form == GROUP}
    if any(wanted.values()):
        wanted[IN_LINEAR] = is_linear(ColorSpace.of(sketch.subject.document))
    return {field: True for field, asked in wanted.items() if asked and client.can(field)}


def remark_on(client: Client, sketch: CapturedSketch, answer: Any, doubtful: Optional[bool] = None) -> str:
    """What the painter should know of a face: what it is not of all that she asked for, how it may be better.

    `doubtful`: whether to say that it may be no face, where the answer does not decide.
    """
    if sketch.variants:
        return ""
    options = sketch.options
    doubted = bool(answer.note) if doubtful is None else doubtful
    asked = bool(options.palette.known or options.seed or sketch.painted is not None)
    colourless = answer.palette is None and asked
    whole = (options.form == GROUP and answer.layers is None) or (options.form == CUT_OUT and not client.can(CUT_OUTS))
    told = (
        texts.several.DOUBT if doubted else "",
        texts.colours.NOT_KNOWN if colourless else "",
        texts.faces.NO_REGIONS if whole else "",
        brush_hint(sketch.subject, answer),
    )
    return " ".join(filter(None, told))


class Job(QtCore.QObject):
    """Waits for the server, sends the sketch, places the face. `changed` at every step.

    A sketch that asks for all heads becomes a face for each: one is asked for after the other, then all are placed.
    `placed` comes with sketch and answer of each face after it was placed. `land`, instead of placing, does something
    else with the first. With `batch` the server draws everybody else's live work first. What `answers` has is taken
    from there, and what comes is kept there.
    """

    changed = QtCore.pyqtSignal()
    placed = QtCore.pyqtSignal(object, object)

    def __init__(
        self,
        sketch: CapturedSketch,
        server: FaceServer,
        client: Client,
        active: ActiveLayer,
        parent: Optional[Any] = None,
        land: Optional[Callable[[CapturedSketch, Any], Steps]] = None,
        batch: bool = False,
        answers: Optional[Answers] = None,
    ) -> None:
        super().__init__(parent)
        self.state = JobState.WAITING_FOR_SERVER
        self.details = ""
        # Whether the server failed rather than this sketch: the next one would fare no better.
        self.servers_fault = False
        self._sentence = ""
        self._heads = Heads(sketch)
        self._url = ""
        self._batch = batch
        self._server = server
        self._client = client
        self._active = active
        self._land = land
        self._answers = answers
        self._recalled: List[Any] = []
        self._timings: Dict[str, float] = {}
        self._call: Optional[Call] = None
        self._task: Optional[Task] = None
        self._clock = QtCore.QElapsedTimer()

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in OVER

    @property
    def sentence(self) -> str:
        """What to tell the painter now."""
        if self.state is JobState.WAITING_FOR_SERVER:
            return SERVER_STEPS.get(self._server.state, texts.faces.GENERATING)
        return self._sentence

    @property
    def progress(self) -> int:
        """Percent of the way, for a bar that moves only with the steps.

        An animated bar would draw Krita's whole window many times a second, which a painter feels.
        """
        if self.state is JobState.WAITING_FOR_SERVER:
            return SERVER_PROGRESS.get(self._server.state, 5)
        done = STEP_PROGRESS.get(self.state, 100)
        if self.state is JobState.GENERATING:
            done += (STEP_PROGRESS[JobState.PAUSED] - done) * len(self._heads.answered) // self._heads.count
        return done

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
        self._recall()
        if self._heads.next is None:
            self._become(JobState.GENERATING, texts.faces.GENERATING)
            self._place()
        else:
            self._server.ensure()

    def recalled(self, answer: Any) -> bool:
        """Whether an answer was not made now, but kept."""
        return any(answer is known for known in self._recalled)

    def cancel(self) -> None:
        """The painter does not want this face any more. A starting server goes on for the next one."""
        if not self.over:
            self._end(JobState.CANCELLED, texts.faces.CANCELLED)

    def _become(self, state: JobState, sentence: str) -> None:
        self.state = state
        self._sentence = sentence
        self.changed.emit()

    def _end(self, state: JobState, sentence: str) -> None:
        self._server.ready.disconnect(self._send)
        self._server.failed.disconnect(self._server_failed)
        self._server.changed.disconnect(self.changed)
        call, self._call = self._call, None
        task, self._task = self._task, None
        self._become(state, sentence)
        if task is not None and state is JobState.CANCELLED:
            task.drop()
        if call is not None:
            call.abort()

    def _server_failed(self, sentence: str) -> None:
        if self.state is JobState.WAITING_FOR_SERVER:
            self.servers_fault = True
            self._end(JobState.FAILED, sentence)

    def _send(self, url: str) -> None:
        if self.state is not JobState.WAITING_FOR_SERVER:
            return
        sketch = self._heads.next
        if sketch is not None and sketch.variants and not self._client.can(VARIANTS):
            self._end(JobState.FAILED, texts.variants.NOT_KNOWN)
            return
        self._url = url
        self._become(JobState.GENERATING, texts.faces.GENERATING)
        self._ask()

    def _ask(self) -> None:
        sketch = self._heads.next
        if sketch is not None:
            self._call = send_sketch(self._client, self._url, sketch, self._batch)
            self._call.finished.connect(partial(self._answered, sketch))

    def _answered(self, sketch: CapturedSketch, reply: Reply) -> None:
        if self.over:
            return
        self._call = None
        if reply.problem is Problem.REFUSED:
            self._end(JobState.FAILED, reply.sentence)
        elif reply.problem is not Problem.NONE:
            self._server.distrust()
            self.servers_fault = True
            self._end(JobState.FAILED, PROBLEMS.get(reply.problem, texts.server.LOST))
        else:
            self._timings = reply.message.timings
            self._heads.take(sketch, reply.message)
            if self._answers is not None:
                self._answers.keep(key_of(sketch), reply.message)
            self._recall()
            if self._heads.next is None:
                self._place()
            else:
                words = texts.several.goes_on(len(self._heads.answered) + 1, self._heads.count)
                self._become(JobState.GENERATING, words)
                self._ask()

    def _recall(self) -> None:
        """Take the answers that are kept."""
        while self._answers is not None and self._heads.next is not None:
            sketch = self._heads.next
            answer = self._answers.find(key_of(sketch))
            if answer is None:
                return
            self._recalled.append(answer)
            self._heads.take(sketch, answer)

    def _place(self) -> None:
        pairs = self._heads.answered
        steps = self._land(*pairs[0]) if self._land is not None else put_faces(pairs, self._active)
        self._task = Task(steps, self._placed, self._not_placed, self._waits).start()

    def _placed(self, remark: str) -> None:
        milliseconds = self._clock.elapsed()
        self.details = texts.faces.times(self._timings, milliseconds)
        pairs = self._heads.answered
        for sketch, answer in reversed(pairs):
            self.placed.emit(sketch, answer)
        told = texts.faces.done(milliseconds), remark_on(self._client, *pairs[0]), remark
        self._end(JobState.DONE, " ".join(filter(None, told)))

    def _not_placed(self, sentence: str) -> None:
        self._end(JobState.FAILED, sentence)

    def _waits(self) -> None:
        # Otherwise nothing is said: each new sentence draws the window anew, and placing takes no longer.
        if self.state is not JobState.PAUSED:
            words = texts.faces
            self._become(JobState.PAUSED, words.WAITING_FOR_TOOL if _transforms() else words.WAITING_FOR_KRITA)


def _transforms() -> bool:
    """Whether the Transform tool is the chosen one; Krita's API does not say which is."""
    window = Krita.instance().activeWindow()
    buttons = window.qwindow().findChildren(QtWidgets.QToolButton, TRANSFORM_TOOL) if window is not None else []
    return any(button.isChecked() for button in buttons)
