"""A preview of one face, or of two with a divider to drag."""

from typing import Any, Optional

from .. import texts
from ..qt import QtCore, QtGui, QtWidgets

HEIGHT = 180


class Wipe(QtWidgets.QWidget):
    """Shows the first picture left of the divider and the second one right of it."""

    def __init__(self) -> None:
        super().__init__(objectName="dfp_history_preview")
        self.setFixedHeight(HEIGHT)
        self.setToolTip(texts.history.PREVIEW_TIP)
        self.first: Optional[Any] = None
        self.second: Optional[Any] = None
        self.divider = 0.5

    def show_first(self, picture: Any) -> None:
        """The one that is looked at."""
        self.first = picture
        self.update()

    def show_second(self, picture: Optional[Any]) -> None:
        """The one that it is compared with, or none."""
        self.second = picture
        self.update()

    def mousePressEvent(self, event: Any) -> None:
        """The divider jumps to the pen."""
        self._divide(event)

    def mouseMoveEvent(self, event: Any) -> None:
        """The divider follows the pen."""
        self._divide(event)

    def _divide(self, event: Any) -> None:
        shown = self._room(self.first)
        self.divider = min(1.0, max(0.0, (event.pos().x() - shown.left()) / max(1, shown.width())))
        self.update()

    def _room(self, picture: Optional[Any]) -> Any:
        """Where a picture is shown: in the middle, as large as it fits."""
        size = QtCore.QSize(1, 1) if picture is None else picture.size()
        size.scale(self.size(), QtCore.Qt.AspectRatioMode.KeepAspectRatio)
        return QtCore.QRect(
            (self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height()
        )

    def paintEvent(self, event: Any) -> None:
        """Qt calls this."""
        if self.first is None:
            return
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        shown = self._room(self.first)
        painter.drawImage(shown, self.first)
        if self.second is not None:
            at = shown.left() + round(self.divider * shown.width())
            painter.setClipRect(QtCore.QRect(at, 0, self.width() - at, self.height()))
            painter.drawImage(self._room(self.second), self.second)
            painter.setClipping(False)
            painter.setPen(QtGui.QPen(self.palette().highlight().color(), 2))
            painter.drawLine(at, shown.top(), at, shown.bottom())
        painter.end()
