"""The docker's lines about a batch: to start one, and while it runs how far it is, pause and stop.

And to go on with one that a crash of Krita broke off.
"""

from functools import partial
from typing import Any

from .. import texts
from ..batch.batch import THUMBNAIL
from ..batch.layers import Choice, group_of, layers_of
from ..control.batch import BatchControl
from ..document.keyframes import keyframe_times
from ..krita_api import Krita
from ..qt import QtGui, QtWidgets
from .layer_palettes_dialog import show_layer_palettes
from .widgets import column_in, plain_label, push_button, row_of, thin_bar


class BatchPanel(QtWidgets.QWidget):
    """Shows the batch that runs. It decides nothing. `start`, the button that begins one, stands somewhere else."""

    def __init__(self, control: BatchControl) -> None:
        super().__init__()
        self._control = control
        self.start = QtWidgets.QToolButton(text=texts.batch.START, objectName="dfp_batch_button")
        self.start.setToolTip(texts.batch.START_TIP)
        self.start.setPopupMode(QtWidgets.QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.start.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)
        self.start.clicked.connect(lambda: control.start())
        self._menu = QtWidgets.QMenu(self.start, objectName="dfp_batch_menu")
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.start.setMenu(self._menu)
        self._pause = push_button(
            texts.batch.PAUSE, texts.batch.PAUSE_TIP, "dfp_batch_pause_button", self._pause_wanted, checkable=True
        )
        self._stop = push_button(texts.batch.STOP, texts.batch.STOP_TIP, "dfp_batch_stop_button", control.cancel)
        self._picture = QtWidgets.QLabel(objectName="dfp_batch_picture")
        self._picture.setFixedSize(THUMBNAIL, THUMBNAIL)
        self._says = plain_label("dfp_batch")
        self._bar = thin_bar("dfp_batch_progress")
        self._offer = plain_label("dfp_batch_offer")
        self._go_on = push_button(texts.batch.GO_ON, texts.batch.GO_ON_TIP, "dfp_batch_go_on_button", control.go_on)
        self._forget = push_button(
            texts.batch.FORGET, texts.batch.FORGET_TIP, "dfp_batch_forget_button", control.forget
        )
        self._arrange()
        control.changed.connect(self._show)
        self._show()

    def _arrange(self) -> None:
        shown = QtWidgets.QHBoxLayout()
        shown.addWidget(self._picture)
        shown.addWidget(self._says, 1)
        column = column_in(self)
        column.addWidget(self._offer)
        column.addLayout(row_of(self._go_on, self._forget))
        column.addLayout(row_of(self._pause, self._stop))
        column.addLayout(shown)
        column.addWidget(self._bar)

    def _pause_wanted(self) -> None:
        self._control.pause(self._pause.isChecked())

    def _fill_menu(self) -> None:
        """What there is to choose from in the document in front, now."""
        self._menu.clear()
        document = Krita.instance().activeDocument()
        for choice in Choice:
            entry = self._menu.addAction(_text_of(document, choice).replace("&", "&&"))
            entry.setObjectName(f"dfp_batch_{choice.value}")
            entry.setEnabled(document is not None and bool(layers_of(document, choice)))
            entry.triggered.connect(partial(self._chosen, choice))
        self._menu.addSeparator()
        same = self._menu.addAction(texts.batch.SAME_PLACE)
        same.setToolTip(texts.batch.SAME_PLACE_TIP)
        same.setCheckable(True)
        same.setChecked(self._control.same_place)
        same.toggled.connect(self._control.want_same_place)
        palettes = self._menu.addAction(texts.layer_palettes.OPEN)
        palettes.setObjectName("dfp_batch_palettes")
        palettes.setToolTip(texts.layer_palettes.OPEN_TIP)
        palettes.setEnabled(document is not None)
        palettes.triggered.connect(lambda *_: show_layer_palettes(self._control))

    def _chosen(self, choice: Choice, *_: Any) -> None:
        self._control.start(choice)

    def _show(self) -> None:
        batch: Any = self._control.running
        offered = self._control.offered if batch is None else None
        for part in (self._offer, self._go_on, self._forget):
            part.setVisible(offered is not None)
        if offered is not None:
            keyframes = offered.choice == Choice.KEYFRAMES.value
            self._offer.setText(texts.batch.stopped(offered.name, offered.done, offered.count, keyframes))
        for part in (self._pause, self._stop, self._says, self._bar):
            part.setVisible(batch is not None)
        self.start.setVisible(batch is None)
        self._picture.setVisible(batch is not None and batch.picture is not None)
        if batch is not None:
            self._pause.setChecked(batch.paused)
            self._says.setText(batch.sentence)
            self._bar.setValue(batch.progress)
            if batch.picture is not None:
                self._picture.setPixmap(QtGui.QPixmap.fromImage(batch.picture))


def _text_of(document: Any, choice: Choice) -> str:
    """What a choice is about, with how many faces it would make."""
    if document is None:
        return texts.batch.menu_line(choice.value, "", 0)
    layers = layers_of(document, choice)
    if choice is Choice.KEYFRAMES:
        named = layers[0] if layers else None
        count = len(keyframe_times(document, named)) if named is not None else 0
    else:
        named, count = group_of(document) if choice is Choice.GROUP else None, len(layers)
    return texts.batch.menu_line(choice.value, named.name() if named is not None else "", count)
