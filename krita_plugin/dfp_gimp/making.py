"""Makes faces in a thread, while GIMP shows that something is going on."""

import threading
from collections.abc import Callable
from typing import Any

from krita_plugin.shared.seen import MOST_HEADS

from . import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .connection import FaceServer
from .drawing import Drawing

PULSE_S = 0.05

Pair = tuple[Drawing, Any]


class Making(threading.Thread):
    """A face for each head of a drawing. When it has ended, `take` has the drawings and answers, the surest first."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(name="face", daemon=True)
        self.sentence = texts.faces.GENERATING
        self._drawing = drawing
        self._pairs: list[Pair] = []
        self._server = FaceServer(self._tell)
        self._failure: BaseException | None = None

    @property
    def remarks(self) -> list[str]:
        """What the painter should know of the faces."""
        options, (_, answer) = self._drawing.options, self._pairs[0]
        coloured = bool(options.palette or options.seed) and not self._server.can("appearance")
        whole = options.cut_out and not self._server.can("cut_out")
        told = {texts.server.DOUBT: bool(answer.note), texts.faces.NOT_KNOWN: coloured or whole}
        return [sentence for sentence, is_meant in told.items() if is_meant]

    def run(self) -> None:
        """Ask for the surest head, then for each of the others that its answer lists."""
        try:
            self._server.ensure()
            self._tell(texts.faces.GENERATING)
            answer = self._server.ask(self._drawing, self._drawing.frame is None)
            self._pairs.append((self._drawing, answer))
            others = [head for head in (answer.heads or ())[1:MOST_HEADS] if max(head["frame"][2:]) <= wire.MAX_SIDE]
            for number, head in enumerate(others, 2):
                self._tell(texts.faces.goes_on(number, len(others) + 1))
                drawing = self._drawing.head(head)
                self._pairs.append((drawing, self._server.ask(drawing, heads=False)))
        except BaseException as error:  # told in the thread that waits
            self._failure = error

    def take(self, tell: Callable[[str], None], pulse: Callable[[], None]) -> list[Pair]:
        """Wait for the end: `tell` hears each new sentence, `pulse` is called all the time. Raises Refusal."""
        self.start()
        said = ""
        while self.is_alive():
            if self.sentence != said:
                said = self.sentence
                tell(said)
            pulse()
            self.join(PULSE_S)
        if self._failure is not None:
            raise self._failure
        return self._pairs

    def _tell(self, sentence: str) -> None:
        self.sentence = sentence
