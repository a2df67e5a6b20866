"""What the painter is told: one sentence, and the details behind it."""

from typing import Any, Callable, List, Optional

from .. import texts
from ..qt import QtCore
from ..refusal import Refusal

Speaker = Callable[[], Optional[str]]


class Status(QtCore.QObject):
    """The last sentence that was said, or that of work under way. `changed` when any of it may be another one."""

    changed = QtCore.pyqtSignal()
    told = QtCore.pyqtSignal(str)

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.details = ""
        self._last = texts.faces.IDLE
        self._speakers: List[Speaker] = []

    @property
    def sentence(self) -> str:
        """What to tell the painter now."""
        under_way = (speaker() for speaker in self._speakers)
        return next((sentence for sentence in under_way if sentence is not None), self._last)

    def let_speak(self, speaker: Speaker) -> None:
        """While `speaker` has a sentence, that is told; who came last is heard first."""
        self._speakers.insert(0, speaker)

    def say(self, sentence: str) -> None:
        """Tell what has happened."""
        self._last = sentence
        self.told.emit(sentence)
        self.changed.emit()

    def attempt(self, act: Callable[[], Optional[str]]) -> None:
        """Do something and tell what it returns, or why it could not be done."""
        try:
            sentence = act()
        except Refusal as refusal:
            sentence = str(refusal)
        if sentence is not None:
            self.say(sentence)
