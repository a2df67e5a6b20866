"""Batches, begun and ended: at most one for the whole of Krita."""

from functools import partial
from typing import Any, Dict, List, Optional

from .. import texts
from ..batch.batch import Batch, Plan
from ..batch.items import frame_items, layer_items
from ..batch.layers import Choice, layers_of, usual_choice, wanted_layers
from ..document.keyframes import Keyframes
from ..document.layer_palettes import Rows
from ..document.layer_palettes_annotation import keep_rows, rows_of, saved_palettes
from ..document.palette_store import Palettes
from ..history.history import History
from ..krita_api import Krita
from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps
from .backend import Backend
from .status import Status


class BatchControl(QtCore.QObject):
    """Makes faces for several layers, or a layer's keyframes. `running` is the batch that goes on."""

    changed = QtCore.pyqtSignal()

    def __init__(self, backend: Backend, status: Status, history: History, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        # Whether all faces of the next batches sit where their first one does.
        self.same_place = False
        self.running: Optional[Batch] = None
        self._backend = backend
        self._status = status
        self._placed = partial(history.add, "batch")
        self._drawn: Dict[str, int] = {}
        # Of a batch that was stopped half-way.
        self._keyframes: Optional[Keyframes] = None

    def want_same_place(self, wanted: bool) -> None:
        """Whether all faces of the next batches sit where their first one does."""
        self.same_place = wanted

    def palette_rows(self) -> Rows:
        """Which palettes the faces of which layers of the picture in front have, by the layers' names."""
        front = Krita.instance().activeDocument()
        return rows_of(front) if front is not None else ()

    def palettes(self) -> Palettes:
        """Those that have a name in the picture in front, and those of all pictures."""
        front = Krita.instance().activeDocument()
        return saved_palettes(front) if front is not None else {}

    def layer_names(self) -> List[str]:
        """What the drawings in the picture in front are called, from the top."""
        front = Krita.instance().activeDocument()
        drawings = layers_of(front, Choice.VISIBLE) if front is not None else []
        return list(dict.fromkeys(layer.name() for layer in reversed(drawings)))

    def keep_palette_rows(self, rows: Rows) -> None:
        """Let the faces of batches in the picture in front have these palettes from now on."""
        front = Krita.instance().activeDocument()
        if front is None:
            self._status.say(texts.document.NO_DOCUMENT)
            return
        keep_rows(front, rows)
        self._status.say(texts.layer_palettes.kept(len(rows)))

    def start(self, choice: Optional[Choice] = None) -> None:
        """Begin; without a choice for what is most likely meant. While a batch goes on, nothing happens."""
        if self.running is None:
            self._status.attempt(partial(self._begin, choice))

    def _begin(self, choice: Optional[Choice]) -> None:
        document = Krita.instance().activeDocument()
        if document is None:
            raise Refusal(texts.document.NO_DOCUMENT)
        plan = self._plan(document, choice or usual_choice(document))
        batch = Batch(plan, *self._backend, self)
        batch.changed.connect(self.changed)
        batch.ended.connect(self._ended)
        self.running = batch
        batch.start()
        self.changed.emit()

    def _plan(self, document: Any, choice: Choice) -> Plan:
        layers = wanted_layers(document, choice)
        if choice is not Choice.KEYFRAMES:
            # What shares one place is one figure, however many heads there are.
            items = layer_items(document, layers, self._drawn, several=not self.same_place)
            return Plan(items, self.same_place, self._placed)
        if self._keyframes is not None and self._keyframes.fits(document, layers[0]):
            self._keyframes.refresh()
        else:
            self._forget_keyframes()
            self._keyframes = Keyframes(document, layers[0])
        keyframes = self._keyframes
        return Plan(frame_items(keyframes), self.same_place, self._placed, partial(self._show, keyframes))

    def _show(self, keyframes: Keyframes) -> Steps:
        yield from keyframes.show(self._backend.active_layer)
        self._forget_keyframes()

    def _forget_keyframes(self) -> None:
        keyframes, self._keyframes = self._keyframes, None
        if keyframes is not None:
            keyframes.close()

    def pause(self, wanted: bool) -> None:
        """Let the batch wait, or go on."""
        if self.running is not None:
            self.running.pause(wanted)

    def cancel(self) -> None:
        """End the batch; the faces that are there stay."""
        if self.running is not None:
            self.running.cancel()

    def shut_down(self) -> None:
        """Krita is closing."""
        if self.running is not None:
            self.running.shut_down()
        self._forget_keyframes()

    def _ended(self, sentence: str) -> None:
        batch, self.running = self.running, None
        if sentence in (texts.document.CLOSED, texts.document.LAYER_DELETED):
            self._forget_keyframes()
        if batch is not None:
            self._status.details = batch.details
            batch.deleteLater()
        self.changed.emit()
        self._status.say(sentence)
