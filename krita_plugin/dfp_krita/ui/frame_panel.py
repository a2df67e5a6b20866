"""The docker's line about the frame: a small picture of where the face sits, its lock, and the guide."""

from typing import Any

from .. import texts
from ..control.frame import FrameControl
from ..document.framing import Framed, Source, framed
from ..krita_api import Krita
from ..qt import QtCore, QtGui, QtWidgets
from .widgets import column_in, plain_label, push_button, row_of

PICTURE = 36


class FramePanel(QtWidgets.QWidget):
    """Shows the active document's frame; `control` locks it and adds guides."""

    def __init__(self, control: FrameControl) -> None:
        super().__init__()
        self._picture = QtWidgets.QLabel(objectName="dfp_frame_picture")
        self._picture.setFixedSize(PICTURE, PICTURE)
        self._says = plain_label("dfp_frame")
        self._lock = push_button(
            texts.frame.LOCK, texts.frame.LOCK_TIP, "dfp_lock_frame_button", control.toggle_lock, checkable=True
        )
        guide = push_button(texts.frame.ADD_GUIDE, texts.frame.ADD_GUIDE_TIP, "dfp_guide_button", control.add_guide)
        shown = QtWidgets.QHBoxLayout()
        shown.addWidget(self._picture)
        shown.addWidget(self._says, 1)
        column = column_in(self)
        column.addLayout(shown)
        column.addLayout(row_of(self._lock, guide))
        # Krita 5.3 and 6 handle whatever waits, the end of a window too, while they tell which layer is active. So that
        # is asked in a turn of its own, where nothing else is half done, and never by a panel that is gone.
        self._soon = QtCore.QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        control.changed.connect(self.refresh)
        self.refresh()

    def enterEvent(self, event: Any) -> None:
        """Krita does not tell when a selection changes, so the pointer's coming is taken as a reason to look."""
        self.refresh()
        super().enterEvent(event)

    def refresh(self) -> None:
        """Look at the active document again, in a moment."""
        self._soon.start(0)

    def _look(self) -> None:
        document = Krita.instance().activeDocument()
        now = framed(document) if document is not None else Framed(None, Source.DRAWING)
        self._lock.setChecked(now.source is Source.LOCK)
        self._says.setText(now.source.value)
        self._says.setToolTip(texts.frame.size_and_corner(*now.place) if now.place is not None else "")
        self._picture.setVisible(now.place is not None)
        if document is not None and now.place is not None:
            self._picture.setPixmap(self._drawn(document.width(), document.height(), now))

    def _drawn(self, width: int, height: int, now: Framed) -> Any:
        """The canvas with the frame in it, about PICTURE pixels wide and high."""
        picture = QtGui.QPixmap(PICTURE, PICTURE)
        picture.fill(QtCore.Qt.GlobalColor.transparent)
        scale = (PICTURE - 2) / max(width, height)
        painter = QtGui.QPainter(picture)
        painter.translate((PICTURE - scale * width) / 2, (PICTURE - scale * height) / 2)
        painter.setPen(self.palette().mid().color())
        painter.setBrush(self.palette().base())
        painter.drawRect(QtCore.QRectF(0, 0, scale * width, scale * height))
        frame = QtCore.QRectF(*(scale * side for side in now.place or ()))
        painter.setPen(self.palette().highlight().color())
        painter.setBrush(self.palette().highlight() if now.source is Source.LOCK else QtGui.QBrush())
        middle = frame.center()
        painter.translate(middle)
        painter.rotate(now.turn)
        painter.drawRect(frame.translated(-middle))
        painter.end()
        return picture
