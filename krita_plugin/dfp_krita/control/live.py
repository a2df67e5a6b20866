"""Live work, switched on and off: at most one for the whole of Krita."""

from functools import partial
from typing import Any, Optional

from ..document.capture import Subject, chosen_subject
from ..history.history import History
from ..history.live_recorder import LiveRecorder
from ..krita_api import Krita
from ..live.session import Live
from ..qt import QtCore
from ..settings.observed import Setting
from .backend import Backend
from .status import Status


class LiveControl(QtCore.QObject):
    """Begins and ends live work. `changed` at each of its steps."""

    changed = QtCore.pyqtSignal()

    def __init__(
        self, backend: Backend, status: Status, history: History, delay_ms: Setting, parent: Optional[Any] = None
    ) -> None:
        super().__init__(parent)
        self._backend = backend
        self._status = status
        self._delay_ms = delay_ms
        self._session: Optional[Live] = None
        self._recorder = LiveRecorder(partial(history.add, "live"), self)
        status.let_speak(lambda: self._session.sentence if self._session is not None and self.here else None)
        status.told.connect(self._hear)

    @property
    def running(self) -> bool:
        """Whether a face follows the painter's strokes."""
        return self._session is not None

    @property
    def here(self) -> bool:
        """Whether it is a drawing of the picture in front that the face follows."""
        front = Krita.instance().activeDocument()
        return self._session is not None and front is not None and front == self._session.subject.document

    @property
    def placing(self) -> bool:
        """Whether the face's layer is being made or renewed just now."""
        return self._session is not None and self._session.placing

    @property
    def subject(self) -> Optional[Subject]:
        """What the face follows, and its layer; None while live is off."""
        return self._session.subject if self._session is not None else None

    def toggle(self) -> None:
        """Let the face of the active layer follow the painter's strokes, or end that.

        While live works in another picture than the one in front, it comes over to this one.
        """
        if self._session is not None and self.here:
            self._session.stop()
        else:
            self._status.attempt(self._begin)

    def _begin(self) -> None:
        subject = chosen_subject()
        if self._session is not None:
            self._session.stop()
        self._session = Live(subject, *self._backend, self._delay_ms.value, self)
        self._session.changed.connect(self.changed)
        self._session.renewed.connect(self._recorder.renewed)
        self._session.ended.connect(self._ended)
        self._session.start()
        self.changed.emit()

    def renew(self, sketch: Any) -> bool:
        """Renew the face of this layer if live follows it; returns whether it does."""
        if self._session is None or self._session.subject.sketch != sketch:
            return False
        self._session.again()
        return True

    def touch(self) -> None:
        """Something that the face depends on may have changed."""
        if self._session is not None:
            self._session.touch()

    def record(self) -> None:
        """Keep the newest face in the history now, not only when the sketch has rested."""
        self._recorder.flush()

    def end_when_closed(self) -> None:
        """End when the document, or the drawing in it, is gone."""
        if self._session is not None:
            self._session.end_when_closed()

    def shut_down(self) -> None:
        """Krita is closing."""
        if self._session is not None:
            self._session.shut_down()

    def _ended(self, sentence: str) -> None:
        session, self._session = self._session, None
        self._recorder.flush()
        if session is not None:
            session.deleteLater()
        self._status.say(sentence)

    def _hear(self, sentence: str) -> None:
        # What was told last stands until live has something newer to tell.
        if self._session is not None:
            self._session.sentence = sentence
