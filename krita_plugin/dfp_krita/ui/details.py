"""What stands behind the docker's sentence, for whoever asks: never in the way, never a window of its own."""

from .. import texts
from ..qt import QtCore, QtWidgets
from .widgets import column_in

LINES = 6


class Details(QtWidgets.QWidget):
    """A text to read and copy, which the small `button` unfolds; that one is not there while there is no text."""

    def __init__(self) -> None:
        super().__init__()
        self.button = QtWidgets.QToolButton(objectName="dfp_details_button")
        self.button.setToolTip(texts.docker.DETAILS_TIP)
        self.button.setAccessibleName(texts.docker.DETAILS)
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setArrowType(QtCore.Qt.ArrowType.LeftArrow)
        self.button.hide()
        self._text = QtWidgets.QPlainTextEdit(objectName="dfp_details")
        self._text.setReadOnly(True)
        self._text.setFixedHeight(LINES * self._text.fontMetrics().lineSpacing())
        column_in(self).addWidget(self._text)
        self.button.toggled.connect(self._unfold)
        self.hide()

    def show_text(self, text: str) -> None:
        """Offer this text, or nothing."""
        if text != self._text.toPlainText():
            self._text.setPlainText(text)
        self.button.setVisible(bool(text))
        self.setVisible(bool(text) and self.button.isChecked())

    def _unfold(self, wanted: bool) -> None:
        arrows = QtCore.Qt.ArrowType
        self.button.setArrowType(arrows.DownArrow if wanted else arrows.LeftArrow)
        self.setVisible(wanted)
