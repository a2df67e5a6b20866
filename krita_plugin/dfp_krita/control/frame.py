"""What is done about the frame of the picture in front."""

from functools import partial
from typing import Any, Optional

from ..document.active_layer import ActiveLayer
from ..document.framing import add_guide, toggle_lock
from ..qt import QtCore
from .status import Status


class FrameControl(QtCore.QObject):
    """Locks the frame and adds guides. `changed` when the frame may be another one: any work may have moved it."""

    changed = QtCore.pyqtSignal()

    def __init__(self, status: Status, active: ActiveLayer, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._status = status
        self._active = active
        status.changed.connect(self.changed)

    def toggle_lock(self) -> None:
        """Keep the active document's face where it is, or let the drawing say again."""
        self._status.attempt(toggle_lock)

    def add_guide(self) -> None:
        """Add a layer with faint lines where a face's features belong."""
        self._status.attempt(partial(add_guide, self._active))
