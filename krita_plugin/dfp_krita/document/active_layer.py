"""Gives the painter's layer back after Krita has made a new one the active layer by itself."""

from typing import Any, Callable, List, Tuple

from ..krita_api import Krita
from ..qt import QtCore


class ActiveLayer(QtCore.QObject):
    """Keeps the active layer of a document the same, also of one that is not in front."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._owed: List[Tuple[Any, Any]] = []

    def watch(self, window: Any) -> None:
        """Notice when the painter turns to another document in this window."""
        window.activeViewChanged.connect(self._give_back_soon)

    def keep_through(self, document: Any, change: Callable[[], Any]) -> None:
        """Make a change that adds a layer, then make the layer active again that was so before."""
        before = document.activeNode()
        change()
        if before is not None:
            self._owed.append((document, before))
            self._give_back_soon()

    def _give_back_soon(self) -> None:
        # In the same turn of the event loop Krita ignores it, and strokes would go to the new layer.
        QtCore.QTimer.singleShot(0, self._give_back)

    def _give_back(self) -> None:
        """Krita takes an active layer only for the document in front, so the others wait."""
        front = Krita.instance().activeDocument()
        # More may come to be owed meanwhile: newer Kritas handle events while they take the layer.
        owed, self._owed = self._owed, []
        for document, layer in owed:
            if front is not None and document == front:
                document.setActiveNode(layer)
            elif layer.parentNode() is not None:
                self._owed.append((document, layer))
