"""What is done about trust: its layer, and what the model itself made of the lines."""

from dataclasses import replace
from typing import Any, Optional, Tuple

from .. import texts
from ..document.trust_layer import add_trust_layer
from ..generation.attention import add_heat_layer
from ..qt import QtCore
from ..task import Task
from .backend import Backend
from .status import Status


class TrustControl(QtCore.QObject):
    """Adds layers for trust and attention. `attention_came` with every answer that has one."""

    attention_came = QtCore.pyqtSignal(object)

    def __init__(self, backend: Backend, status: Status, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._status = status
        self._active = backend.active_layer
        self._newest: Optional[Tuple[Any, Any]] = None
        backend.client.drawn.connect(self._note)

    def add_layer(self) -> None:
        """Add a layer on which the painter paints where her lines are meant exactly and where loosely."""
        self._status.attempt(add_trust_layer)

    def add_attention_layer(self) -> None:
        """Put the model's last reading of the lines onto a layer."""
        if self._newest is None:
            self._status.say(texts.trust.NO_ATTENTION)
            return
        Task(add_heat_layer(*self._newest, self._active), self._status.say, self._status.say).start()

    def _note(self, sketch: Any, answer: Any) -> None:
        if answer.attention is not None:
            self._newest = replace(sketch, pixels=[]), replace(answer, pixels=b"")
            self.attention_came.emit(answer)
