"""Gives the painter's layer back after Krita has made a new one the active layer by itself."""

from typing import Any, Callable, List, NamedTuple

from ..krita_api import Krita
from ..qt import QtCore

# Krita 5.2 may take a new layer a moment later still, when it has drawn it: that is looked for so often, so far apart.
AGAIN_MS, TIMES = 60, 4


class Owed(NamedTuple):
    """A layer that is to be active again, and the one that Krita takes instead; None where it takes none."""

    document: Any
    layer: Any
    added: Any


class ActiveLayer(QtCore.QObject):
    """Keeps the active layer of a document the same, also of one that is not in front."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._owed: List[Owed] = []

    def watch(self, window: Any) -> None:
        """Notice when the painter turns to another document in this window."""
        window.activeViewChanged.connect(self._give_back_soon)

    def keep_through(self, document: Any, change: Callable[[], Any], added: Any = None) -> None:
        """Make a change that adds a layer, then make the layer active again that was so before."""
        before = document.activeNode()
        change()
        if before is not None:
            self._owed.append(Owed(document, before, added))
            self._give_back_soon()

    def _give_back_soon(self) -> None:
        # In the same turn of the event loop Krita ignores it, and strokes would go to the new layer.
        QtCore.QTimer.singleShot(0, self._give_back)

    def _give_back(self) -> None:
        """Krita takes an active layer only for the document in front, so the others wait."""
        front = Krita.instance().activeDocument()
        # More may come to be owed meanwhile: newer Kritas handle events while they take the layer.
        owed, self._owed = self._owed, []
        for each in owed:
            if front is not None and each.document == front:
                front.setActiveNode(each.layer)
                if each.added is not None:
                    self._look_again_soon(each, TIMES)
            elif each.layer.parentNode() is not None:
                self._owed.append(each)

    def _look_again_soon(self, owed: Owed, times: int) -> None:
        if times:
            QtCore.QTimer.singleShot(AGAIN_MS, lambda: self._look_again(owed, times))

    def _look_again(self, owed: Owed, times: int) -> None:
        front = Krita.instance().activeDocument()
        if front is None or front != owed.document or owed.layer.parentNode() is None:
            return
        taken = front.activeNode()
        if taken is not None and taken.uniqueId() == owed.added.uniqueId():
            front.setActiveNode(owed.layer)
        self._look_again_soon(owed, times - 1)
