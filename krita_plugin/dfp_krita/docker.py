"""The docker: a button, a thin progress bar and one sentence."""

from typing import Any

from . import texts
from .generator import Generator
from .krita_api import DockWidget
from .qt import QtCore, QtWidgets


class FaceDocker(DockWidget):
    """Shows what the generator does. It decides nothing."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.setWindowTitle(texts.TITLE)
        self._generator = generator
        self._generate = QtWidgets.QPushButton(texts.GENERATE, objectName="dfp_generate_button")
        self._generate.setToolTip(texts.GENERATE_TIP)
        self._generate.clicked.connect(lambda: generator.generate())
        self._cancel = QtWidgets.QPushButton(texts.CANCEL, objectName="dfp_cancel_button")
        self._cancel.clicked.connect(generator.cancel)
        self._progress = _thin_progress_bar()
        self._status = QtWidgets.QLabel(objectName="dfp_status")
        self._status.setWordWrap(True)
        self._status.setAlignment(QtCore.Qt.AlignmentFlag.AlignTop | QtCore.Qt.AlignmentFlag.AlignLeft)
        self._status.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        self._status.setMinimumHeight(3 * self._status.fontMetrics().lineSpacing())
        self.setWidget(self._arranged())
        generator.changed.connect(self._show)
        self._show()

    def canvasChanged(self, canvas: object) -> None:
        """Krita calls this; the active document is asked for at the click, so nothing is kept here."""

    def _arranged(self) -> Any:
        buttons = QtWidgets.QHBoxLayout()
        buttons.addWidget(self._generate, 1)
        buttons.addWidget(self._cancel)
        body = QtWidgets.QWidget()
        column = QtWidgets.QVBoxLayout(body)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addLayout(buttons)
        column.addWidget(self._progress)
        column.addWidget(self._status, 1)
        return body

    def _show(self) -> None:
        busy = self._generator.busy
        self._generate.setEnabled(not busy)
        self._cancel.setEnabled(busy)
        self._progress.setValue(self._generator.progress)
        self._status.setText(self._generator.status)
        self._status.setToolTip(self._generator.details)


def _thin_progress_bar() -> Any:
    bar = QtWidgets.QProgressBar()
    bar.setTextVisible(False)
    bar.setFixedHeight(6)
    return bar
