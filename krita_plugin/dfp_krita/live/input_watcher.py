"""What the painter's hand does, for live work: Krita's API does not say when a stroke ends."""

import contextlib
from typing import Any, List

from ..krita_api import Krita
from ..qt import QtCore, QtWidgets

_Kind = QtCore.QEvent.Type
DOWN = (_Kind.MouseButtonPress, _Kind.TabletPress, _Kind.TouchBegin)
UP = (_Kind.MouseButtonRelease, _Kind.TabletRelease, _Kind.TabletLeaveProximity, _Kind.TouchEnd, _Kind.TouchCancel)
# A key that is a shortcut somewhere comes as an override only.
KEY_DOWN = (_Kind.KeyPress, _Kind.ShortcutOverride)
# Undo and redo also come without any key or click of this window: by touch gestures and buttons of a tablet.
ACTIONS = ("edit_undo", "edit_redo")


class InputWatcher(QtCore.QObject):
    """Watches the events of all of Krita between `watch` and `leave`, and never takes one away.

    `lifted` comes after whatever may have changed the picture: a pen, mouse button, finger or key let go, or an
    undo. It is a hint: whether something has changed must be looked at.
    """

    pressed = QtCore.pyqtSignal()
    lifted = QtCore.pyqtSignal()
    escaped = QtCore.pyqtSignal()

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.down = False
        self._actions: List[Any] = []

    def watch(self) -> None:
        """Begin."""
        self.down = False
        QtWidgets.QApplication.instance().installEventFilter(self)
        self._actions = [action for action in map(Krita.instance().action, ACTIONS) if action is not None]
        for action in self._actions:
            action.triggered.connect(self._acted)

    def leave(self) -> None:
        """End."""
        QtWidgets.QApplication.instance().removeEventFilter(self)
        for action in self._actions:
            # The window of the action may be closed.
            with contextlib.suppress(RuntimeError):
                action.triggered.disconnect(self._acted)
        self._actions = []

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """Qt calls this for every event; nearly all of them are none of ours."""
        kind = event.type()
        if kind in DOWN:
            self.down = True
            self.pressed.emit()
        elif kind in UP:
            self.down = False
            self.lifted.emit()
        elif kind == _Kind.KeyRelease:
            self.lifted.emit()
        elif kind in KEY_DOWN and event.key() == QtCore.Qt.Key.Key_Escape and not _in_dialog():
            self.escaped.emit()
        return False

    def _acted(self, *_: Any) -> None:
        self.lifted.emit()


def _in_dialog() -> bool:
    """Whether Escape is meant for a menu or a dialog."""
    application = QtWidgets.QApplication
    return application.activePopupWidget() is not None or application.activeModalWidget() is not None
