"""Work in small steps, a few for each turn of Krita's event loop, so that the pen never waits long."""

from time import perf_counter
from typing import Any, Callable, Generator

from .qt import QtCore
from .refusal import Refusal

# Between two tries while the painter's stroke goes on.
RETRY_MS = 15
# Steps are taken one after the other for so long, then Krita has its turn.
TURN_MS = 2.0

Steps = Generator[bool, None, Any]


class Task:
    """Runs an iterator that yields True while it waits for something; ends by `done` or by `refused`, once."""

    def __init__(
        self,
        steps: Steps,
        done: Callable[[Any], None],
        refused: Callable[[str], None],
        waits: Callable[[], None] = lambda: None,
    ) -> None:
        self._steps = steps
        self._done = done
        self._refused = refused
        self._waits = waits
        self._dropped = self._stepping = False
        self.longest_ms = 0.0

    def start(self) -> "Task":
        """Take the first step in the next turn; returns itself."""
        self._again_in(0)
        return self

    def drop(self) -> None:
        """Take no further step, and report nothing.

        Krita handles clicks while it adds a layer, so this may come from within a step; that one is taken to its end.
        """
        self._dropped = True
        if not self._stepping:
            self._steps.close()

    def _step(self) -> None:
        begun = perf_counter()
        waits = False
        self._stepping = True
        try:
            while not self._dropped and not waits and (perf_counter() - begun) * 1000 < TURN_MS:
                waits = next(self._steps)
        except StopIteration as end:
            self._note(begun)
            if not self._dropped:
                self._done(end.value)
        except Refusal as refusal:
            if not self._dropped:
                self._refused(str(refusal))
        else:
            self._note(begun)
            self._stepping = False
            self._go_on(waits)
        finally:
            self._stepping = False

    def _go_on(self, waits: bool) -> None:
        if waits and not self._dropped:
            self._waits()
        if self._dropped:
            self._steps.close()
        else:
            self._again_in(RETRY_MS if waits else 0)

    def _again_in(self, milliseconds: int) -> None:
        # Qt's binding would not keep an task alive for the sake of its method.
        QtCore.QTimer.singleShot(milliseconds, lambda: self._step())

    def _note(self, begun: float) -> None:
        self.longest_ms = max(self.longest_ms, (perf_counter() - begun) * 1000)
