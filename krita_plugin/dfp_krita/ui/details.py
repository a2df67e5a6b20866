"""What stands behind the docker's sentence, for whoever asks: never in the way, never a window of its own."""

from .. import texts
from ..qt import QtCore, QtWidgets

LINES = 6


class Details(QtWidgets.QWidget):
    """A small button that unfolds a text to read and copy; not there while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._button = QtWidgets.QToolButton(text=texts.docker.DETAILS, objectName="dfp_details_button")
        self._button.setToolTip(texts.docker.DETAILS_TIP)
        self._button.setCheckable(True)
        self._button.setAutoRaise(True)
        self._button.setArrowType(QtCore.Qt.ArrowType.RightArrow)
        self._button.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._text = QtWidgets.QPlainTextEdit(objectName="dfp_details")
        self._text.setReadOnly(True)
        self._text.setFixedHeight(LINES * self._text.fontMetrics().lineSpacing())
        self._text.hide()
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._button)
        column.addWidget(self._text)
        self._button.toggled.connect(self._unfold)
        self.hide()

    def show_text(self, text: str) -> None:
        """Offer this text, or nothing."""
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
        self.setVisible(bool(text))

    def _unfold(self, wanted: bool) -> None:
        arrows = QtCore.Qt.ArrowType
        self._button.setArrowType(arrows.DownArrow if wanted else arrows.RightArrow)
        self._text.setVisible(wanted)
