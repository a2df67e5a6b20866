"""A small square with the colour of one region."""

from typing import Any, Optional

from .. import texts
from ..document.palette import Colour
from ..qt import QtCore, QtGui, QtWidgets

SIDE = 22
NARROWEST = 14
LONG_MS = 600
FAINT = 70  # alpha of a colour that is not hers


class Swatch(QtWidgets.QAbstractButton):
    """Shows a region's colour, or faintly and with a question mark what the model was told where it is open.

    `clicked` as any button; `wished` comes when another colour is to be chosen: long press, right click, menu key.
    """

    wished = QtCore.pyqtSignal()

    def __init__(self, region: str) -> None:
        super().__init__(objectName=f"dfp_swatch_{region}")
        self._region = region
        self._own: Optional[Colour] = None
        self._told: Optional[Colour] = None
        self._pressed_long = QtCore.QTimer(self)
        self._pressed_long.setSingleShot(True)
        self._pressed_long.setInterval(LONG_MS)
        self._pressed_long.timeout.connect(self._held)
        self.pressed.connect(self._pressed_long.start)
        self.released.connect(self._pressed_long.stop)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self.setMinimumSize(NARROWEST, SIDE)
        self.show_colours(None, None)

    def show_colours(self, own: Optional[Colour], told: Optional[Colour]) -> None:
        """The colour that the painter has chosen, if any, and the one that the model was told."""
        self._own, self._told = own, told
        named = texts.colours.named(self._region, own)
        self.setAccessibleName(named)
        self.setToolTip(f"{named}\n{texts.colours.TAKE_TIP if own is None else texts.colours.LEAVE_TIP}")
        self.update()

    def sizeHint(self) -> Any:
        """Qt asks for it."""
        return QtCore.QSize(SIDE + 8, SIDE)

    def contextMenuEvent(self, event: Any) -> None:
        """A right click, the pen's button, or the menu key."""
        event.accept()
        self.wished.emit()

    def paintEvent(self, _: Any) -> None:
        """Qt calls this."""
        colors = self.palette()
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        strong = self.underMouse() or self.hasFocus() or self.isDown()
        painter.setPen((colors.highlight() if strong else colors.dark()).color())
        painter.setBrush(colors.base())
        place = QtCore.QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(place, 2, 2)
        shown = self._own if self._own is not None else self._told
        if shown is not None:
            painter.setBrush(QtGui.QColor(*shown, 255 if self._own is not None else FAINT))
            painter.drawRoundedRect(place, 2, 2)
        if self._own is None:
            painter.setPen(colors.text().color())
            painter.drawText(self.rect(), QtCore.Qt.AlignmentFlag.AlignCenter, "?")
        painter.end()

    def _held(self) -> None:
        if self.isDown():
            # Then letting go is no click any more.
            self.setDown(False)
            self.wished.emit()
