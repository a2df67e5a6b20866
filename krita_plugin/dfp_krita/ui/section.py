"""A part of the docker under a heading that folds it away, and stays as the painter left it."""

import contextlib
from typing import Any

from ..qt import QtCore, QtWidgets
from ..settings.observed import Setting
from ..settings.user import SettingsError
from .widgets import column_in


class Section(QtWidgets.QWidget):
    """`body` below its heading. `open_ones` is the setting that holds the names of all sections that are open."""

    def __init__(self, name: str, title: str, tip: str, body: Any, open_ones: Setting) -> None:
        super().__init__()
        self._name = name
        self._body = body
        self._open_ones = open_ones
        self._heading = QtWidgets.QToolButton(text=title, objectName=f"dfp_{name}_button")
        self._heading.setToolTip(tip)
        self._heading.setCheckable(True)
        self._heading.setAutoRaise(True)
        self._heading.setToolButtonStyle(QtCore.Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        column = column_in(self)
        column.setSpacing(2)
        column.addWidget(self._heading)
        column.addWidget(body)
        self.show_value(open_ones.value)
        self._heading.toggled.connect(self._keep)
        open_ones.changed.connect(self.show_value)

    def show_value(self, open_ones: Any) -> None:
        """Fold or unfold as the setting says, which another window's docker may have changed."""
        self._heading.setChecked(self._name in open_ones)
        self._show(self._name in open_ones)

    def _show(self, unfolded: bool) -> None:
        arrows = QtCore.Qt.ArrowType
        self._heading.setArrowType(arrows.DownArrow if unfolded else arrows.RightArrow)
        self._body.setVisible(unfolded)

    def _keep(self, unfolded: bool) -> None:
        self._show(unfolded)
        before = self._open_ones.value
        if unfolded != (self._name in before):
            others = tuple(name for name in before if name != self._name)
            # Where the file cannot be written, it is as she wants it until Krita ends.
            with contextlib.suppress(SettingsError):
                self._open_ones.set((*others, self._name) if unfolded else others)
