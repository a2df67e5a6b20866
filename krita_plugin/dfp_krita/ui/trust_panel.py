"""The docker's lines about trust: the slider, the trust layer, and what the model itself made of the lines."""

from typing import Any

from .. import texts
from ..control.controller import Generator
from ..document.option_annotation import options_of
from ..document.options import Options
from ..generation.attention import heat_map
from ..krita_api import Krita
from ..qt import QtCore, QtGui, QtWidgets
from .widgets import column_in, push_button, row_of

STEPS = 20  # of the slider, to each side
PICTURE = 128


class TrustPanel(QtWidgets.QWidget):
    """Shows and sets the active document's options."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self._shown = False
        self._slider = Slider()
        self._slider.valueChanged.connect(lambda value: generator.set_trust(value / STEPS))
        self._attention = push_button(
            texts.ATTENTION,
            texts.ATTENTION_TIP,
            "dfp_attention_button",
            lambda: generator.show_attention(self._attention.isChecked()),
            checkable=True,
        )
        layer = push_button(texts.ADD_TRUST, texts.ADD_TRUST_TIP, "dfp_trust_layer_button", generator.add_trust_layer)
        self._picture = QtWidgets.QLabel(objectName="dfp_attention")
        self._picture.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self._picture.setToolTip(texts.ATTENTION_TIP)
        self._as_layer = push_button(
            texts.ATTENTION_LAYER,
            texts.ATTENTION_LAYER_TIP,
            "dfp_attention_layer_button",
            generator.add_attention_layer,
        )
        self._arrange(layer)
        generator.changed.connect(self.refresh)
        generator.client.drawn.connect(self._drawn)
        self.refresh()

    def _arrange(self, layer: Any) -> None:
        ends = QtWidgets.QHBoxLayout()
        ends.addWidget(QtWidgets.QLabel(texts.REALISM))
        ends.addStretch(1)
        ends.addWidget(QtWidgets.QLabel(texts.CONFORMANCE))
        column = column_in(self)
        column.addWidget(self._slider)
        column.addLayout(ends)
        column.addLayout(row_of(layer, self._attention))
        column.addWidget(self._picture)
        column.addWidget(self._as_layer)

    def refresh(self) -> None:
        """Show the options of the active document."""
        document = Krita.instance().activeDocument()
        options = options_of(document) if document is not None else Options()
        self.setEnabled(document is not None)
        self._slider.show_value(round(options.trust * STEPS))
        self._attention.setChecked(options.attention)
        for part in (self._picture, self._as_layer):
            part.setVisible(options.attention and self._shown)

    def _drawn(self, _: Any, answer: Any) -> None:
        if answer.attention is not None:
            kept = QtCore.Qt.AspectRatioMode.KeepAspectRatio
            smooth = QtCore.Qt.TransformationMode.SmoothTransformation
            self._shown = True
            self._picture.setPixmap(QtGui.QPixmap.fromImage(heat_map(answer)).scaled(PICTURE, PICTURE, kept, smooth))
            self.refresh()


class Slider(QtWidgets.QSlider):
    """From realism to conformance; a double click leads back to the middle, where the model decides."""

    def __init__(self) -> None:
        super().__init__(QtCore.Qt.Orientation.Horizontal, objectName="dfp_trust_slider")
        self.setRange(-STEPS, STEPS)
        self.setTickInterval(STEPS)
        self.setTickPosition(QtWidgets.QSlider.TickPosition.TicksBelow)
        self.setToolTip(texts.TRUST_TIP)

    def mouseDoubleClickEvent(self, _: Any) -> None:
        """Back to the middle."""
        self.setValue(0)

    def show_value(self, value: int) -> None:
        """Show a value that is set already."""
        if not self.isSliderDown():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)
