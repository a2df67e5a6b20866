"""Icons that Krita has none of, drawn in the colours of its theme."""

from typing import Any

from ..qt import QtCore, QtGui

SIDE = 32
PIP = 0.09  # radius, of the side
PIPS = ((0.3, 0.3), (0.7, 0.3), (0.5, 0.5), (0.3, 0.7), (0.7, 0.7))


def die(palette: Any) -> Any:
    """A die that shows a five."""
    picture = QtGui.QPixmap(SIDE, SIDE)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    ink = palette.buttonText().color()
    painter.setPen(QtGui.QPen(ink, 2.5))
    painter.drawRoundedRect(QtCore.QRectF(4, 4, SIDE - 8, SIDE - 8), 5, 5)
    painter.setPen(QtCore.Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    for across, down in PIPS:
        painter.drawEllipse(QtCore.QPointF(across * SIDE, down * SIDE), PIP * SIDE, PIP * SIDE)
    painter.end()
    return QtGui.QIcon(picture)
