"""Small parts that several of the docker's panels are made of. A docker is narrow, and every part fits into one."""

import html
from typing import Any, Callable

from ..krita_api import Krita
from ..qt import QtCore, QtWidgets

# A button may be squeezed to so many pixels; its text is cut before anything else is pushed out of the docker.
NARROWEST = 40


def push_button(text: str, tip: str, name: str, act: Callable[[], Any], checkable: bool = False) -> Any:
    """A button with a text; `act` is called without arguments."""
    button = QtWidgets.QPushButton(text, objectName=name)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.setMinimumWidth(NARROWEST)
    button.clicked.connect(lambda *_: act())
    return button


def icon_button(icon: str, tip: str, name: str, act: Callable[[], Any]) -> Any:
    """A flat button with one of Krita's own icons, as its other dockers have them."""
    button = tool_button(tip, tip, name, act)
    button.setIcon(Krita.instance().icon(icon))
    return button


def tool_button(called: str, tip: str, name: str, act: Callable[[], Any]) -> Any:
    """A flat button still without an icon; `called` is what a screen reader says."""
    button = QtWidgets.QToolButton(objectName=name)
    button.setAccessibleName(called)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoRaise(True)
    button.clicked.connect(lambda *_: act())
    return button


def plain_label(name: str) -> Any:
    """A label whose text is shown letter by letter, in as many lines as it needs, however narrow the docker is."""
    label = QtWidgets.QLabel(objectName=name)
    label.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    # A single long word must not make the docker as wide as itself.
    label.setSizePolicy(QtWidgets.QSizePolicy.Policy.Ignored, QtWidgets.QSizePolicy.Policy.Preferred)
    return label


def plain_tip(text: str) -> str:
    """A text as a tool tip, letter by letter: Qt would take what looks like HTML for it."""
    return f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""


def thin_bar(name: str) -> Any:
    """A progress bar that is a mere line."""
    bar = QtWidgets.QProgressBar(objectName=name)
    bar.setTextVisible(False)
    bar.setFixedHeight(6)
    return bar


def row_of(*parts: Any) -> Any:
    """Parts side by side, as wide as each other."""
    row = QtWidgets.QHBoxLayout()
    row.setSpacing(4)
    for part in parts:
        row.addWidget(part, 1)
    return row


def column_in(widget: Any) -> Any:
    """The layout of a panel: parts one below the other, without a margin of its own."""
    column = QtWidgets.QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    return column


def stacked(*parts: Any) -> Any:
    """Parts one below the other, as one."""
    whole = QtWidgets.QWidget()
    column = column_in(whole)
    for part in parts:
        column.addWidget(part)
    return whole


def scrolling(body: Any) -> Any:
    """A painter's screen is full: what has no room is scrolled to, up and down only."""
    area = QtWidgets.QScrollArea()
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
