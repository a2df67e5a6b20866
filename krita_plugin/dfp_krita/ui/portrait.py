"""A small picture of one person, as a button."""

from typing import Any, Optional

from ..qt import QtCore, QtGui, QtWidgets

LARGEST = 128
NARROWEST = 28
FRAME = 2
FAINT = 0.45


class Portrait(QtWidgets.QAbstractButton):
    """Shows a person as large as there is room, in a frame when she is the chosen one, faintly when she is `old`."""

    def __init__(self, number: int) -> None:
        super().__init__(objectName=f"dfp_person_{number}")
        self._picture: Optional[Any] = None
        self._old = False
        self.setCheckable(False)
        self._chosen = False
        policy = QtWidgets.QSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(NARROWEST, NARROWEST)
        self.setMaximumSize(LARGEST, LARGEST)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)

    def show_person(self, picture: Any, chosen: bool, old: bool) -> None:
        """A QImage, square."""
        self._picture, self._chosen, self._old = picture, chosen, old
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Qt asks for it."""
        return min(width, LARGEST)

    def sizeHint(self) -> Any:
        """Qt asks for it."""
        return QtCore.QSize(64, 64)

    def paintEvent(self, _: Any) -> None:
        """Qt calls this."""
        if self._picture is None:
            return
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
        side = min(self.width(), self.height())
        place = QtCore.QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
        painter.setOpacity(FAINT if self._old or not self.isEnabled() else 1.0)
        painter.drawImage(place.adjusted(FRAME, FRAME, -FRAME, -FRAME), self._picture)
        painter.setOpacity(1.0)
        if self._chosen or self.hasFocus() or self.underMouse():
            pen = QtGui.QPen(self.palette().highlight().color(), FRAME if self._chosen else 1)
            pen.setJoinStyle(QtCore.Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(place.adjusted(1, 1, -1, -1))
        painter.end()
