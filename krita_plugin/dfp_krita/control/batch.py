"""Batches, begun and ended, and gone on with after a crash: at most one for the whole of Krita."""

import os
from functools import partial
from typing import Any, Dict, List, Optional

from .. import texts
from ..batch.batch import Batch, Plan
from ..batch.items import frame_items, layer_items
from ..batch.journal import Journal
from ..batch.layers import Choice, check_keyframes, layers_of, usual_choice, wanted_layers
from ..batch.note import Drawn, Note
from ..batch.resuming import is_about, layers_meant, note_of, noted_now, restore_settings
from ..document.capture import CapturedSketch
from ..document.keyframes import Keyframes
from ..document.layer_palettes import Rows
from ..document.layer_palettes_annotation import keep_rows, rows_of, saved_palettes
from ..document.option_annotation import options_of
from ..document.options import GROUP
from ..document.palette_store import Palettes
from ..history.history import History
from ..krita_api import Krita
from ..qt import QtCore
from ..refusal import Refusal
from ..task import Steps
from .backend import Backend
from .interrupted import Interrupted
from .status import Status


class BatchControl(QtCore.QObject):
    """Makes faces for several layers, or a layer's keyframes. `running` is the batch that goes on, `offered` what is
    known of one that was broken off over the picture in front. `restored` when that picture's options may be others.
    """

    changed = QtCore.pyqtSignal()
    restored = QtCore.pyqtSignal()

    def __init__(self, backend: Backend, status: Status, history: History, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        # Whether all faces of the next batches sit where their first one does.
        self.same_place = False
        self.running: Optional[Batch] = None
        self._backend = backend
        self._status = status
        self._history = history
        self._interrupted = Interrupted()
        self.offered: Optional[Note] = None
        # Of the batch that runs.
        self._document: Optional[Any] = None
        self._journal: Optional[Journal] = None
        self._drawn: Dict[str, Drawn] = {}
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

    def look_around(self) -> None:
        """Another picture may be in front: perhaps a batch over it was broken off."""
        journal = self._interrupted.of(Krita.instance().activeDocument())
        offered = journal.note if journal is not None else None
        if offered != self.offered:
            self.offered = offered
            self.changed.emit()

    def start(self, choice: Optional[Choice] = None) -> None:
        """Begin; without a choice for what is most likely meant. While a batch goes on, nothing happens."""
        if self.running is None:
            self._status.attempt(partial(self._begin, choice))
            self.look_around()

    def go_on(self) -> None:
        """Go on with what was broken off over the picture in front. While a batch goes on, nothing happens."""
        if self.running is None and self.offered is not None:
            self._status.attempt(partial(self._go_on, self.offered))
            self.look_around()

    def forget(self) -> None:
        """Offer no more to go on with what was broken off over the picture in front."""
        document = Krita.instance().activeDocument()
        if document is not None:
            self._interrupted.forget(document)
            self._status.say(texts.batch.FORGOTTEN)
        self.look_around()

    def _begin(self, choice: Optional[Choice]) -> Optional[str]:
        document = Krita.instance().activeDocument()
        if document is None:
            raise Refusal(texts.document.NO_DOCUMENT)
        choice = choice or usual_choice(document)
        layers = wanted_layers(document, choice)
        self._run(document, choice, layers, self.same_place, self._interrupted.taken(document) or Journal.begun())
        return None if os.path.exists(document.fileName()) else texts.batch.NO_FILE

    def _go_on(self, note: Note) -> None:
        document = Krita.instance().activeDocument()
        if document is None or not is_about(note, document):
            raise Refusal(texts.batch.ELSEWHERE)
        layers, choice = layers_meant(note, document), Choice(note.choice)
        if choice is Choice.KEYFRAMES:
            check_keyframes(document, layers[0])
        journal = self._interrupted.taken(document)
        if journal is None:
            raise Refusal(texts.batch.ELSEWHERE)
        restore_settings(note, document)
        self.restored.emit()
        self._run(document, choice, layers, note.same_place, journal)

    def _run(self, document: Any, choice: Choice, layers: List[Any], same_place: bool, journal: Journal) -> None:
        if journal.note is not None:
            self._drawn.update(journal.note.drawn)
        self._document, self._journal = document, journal
        try:
            plan = self._plan(document, choice, layers, same_place)
        except Refusal:
            self._leave_journal()
            raise
        journal.write(note_of(document, choice, layers, len(plan.items), same_place, self._drawn))
        batch = Batch(plan, *self._backend, self)
        batch.changed.connect(self._note)
        batch.changed.connect(self.changed)
        batch.ended.connect(self._ended)
        self.running = batch
        batch.start()
        self.changed.emit()

    def _plan(self, document: Any, choice: Choice, layers: List[Any], same_place: bool) -> Plan:
        answers = self._journal.answers if self._journal is not None else None
        if choice is not Choice.KEYFRAMES:
            # What shares one place is one figure, however many heads there are.
            items = layer_items(document, layers, self._drawn, several=not same_place)
            return Plan(items, same_place, self._keep, answers=answers)
        if self._keyframes is not None and self._keyframes.fits(document, layers[0]):
            self._keyframes.refresh()
        else:
            self._forget_keyframes()
            self._keyframes = Keyframes(document, layers[0])
        keyframes = self._keyframes
        remark = texts.batch.NO_GROUPS if options_of(document).form == GROUP else ""
        return Plan(frame_items(keyframes), same_place, self._keep, partial(self._show, keyframes), answers, remark)

    def _keep(self, sketch: CapturedSketch, answer: Any, recalled: bool) -> None:
        # Krita may have saved the history, but not the face.
        if not recalled or not self._history.has(sketch, answer):
            self._history.add("batch", sketch, answer)

    def _note(self) -> None:
        """Write down how far the batch is."""
        journal, note = self._journal, self._journal.note if self._journal is not None else None
        if self.running is None or journal is None or note is None or note.done == self.running.done:
            return
        # Krita crashes when a document is asked that was closed meanwhile.
        if any(document == self._document for document in Krita.instance().documents()):
            journal.write(noted_now(note, self._document, self.running.done, self._drawn))

    def _show(self, keyframes: Keyframes) -> Steps:
        yield from keyframes.show(self._backend.active_layer)
        # At once: what is in the picture must not come a second time.
        self._end_journal()
        self._forget_keyframes()

    def _end_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.remove()

    def _leave_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None and journal.note is not None:
            self._interrupted.add(journal)
        elif journal is not None:
            journal.remove()

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
        """Krita is closing: what runs can go on the next time."""
        if self.running is not None:
            self.running.shut_down()
        self._leave_journal()
        self._forget_keyframes()

    def _ended(self, sentence: str) -> None:
        batch, self.running = self.running, None
        if sentence in (texts.document.CLOSED, texts.document.LAYER_DELETED):
            self._forget_keyframes()
        if sentence == texts.document.CLOSED:
            self._leave_journal()
        else:
            self._end_journal()
        if batch is not None:
            self._status.details = batch.details
            batch.deleteLater()
        self.changed.emit()
        self._status.say(sentence)
        self.look_around()
