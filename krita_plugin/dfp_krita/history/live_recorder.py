"""Which faces of live work the history keeps: a painter wants those that she stopped at, not every renewal."""

from typing import Any, Callable, Optional, Tuple

from ..qt import QtCore

# The sketch has rested: she looks at the face.
REST_MS = 5000


class LiveRecorder(QtCore.QObject):
    """Keeps the newest face of live work when the sketch rests, when it is kept, and when live ends."""

    def __init__(self, add: Callable[[Any, Any], None], parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._add = add
        self._newest: Optional[Tuple[Any, Any]] = None
        self._rest = QtCore.QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.flush)

    def renewed(self, sketch: Any, answer: Any) -> None:
        """Live has renewed the face."""
        self._newest = sketch, answer
        self._rest.start()

    def flush(self) -> None:
        """Keep the newest one now, unless it is kept already."""
        self._rest.stop()
        newest, self._newest = self._newest, None
        if newest is not None:
            self._add(*newest)
