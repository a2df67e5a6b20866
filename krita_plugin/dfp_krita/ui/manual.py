"""The manual, in a window of its own beside the painter's work: never a modal one."""

from pathlib import Path
from typing import Any, Optional

from .. import texts
from ..qt import QtWidgets

PAGE = Path(__file__).resolve().parent.parent / texts.docker.MANUAL_PAGE
SIZE = (780, 720)


class Manual(QtWidgets.QDialog):
    """Shows the page that Krita's list of plugins shows as well, there in English only."""

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.setObjectName("dfp_manual")
        self.setWindowTitle(texts.docker.MANUAL_TITLE)
        self.resize(*SIZE)
        page = QtWidgets.QTextBrowser()
        page.setOpenExternalLinks(True)
        page.setHtml(PAGE.read_text(encoding="utf-8"))
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
