"""The docker's lines about trust: the slider, the trust layer, and what the model itself made of the lines."""

from typing import Any

from .. import texts
from ..control.trust import TrustControl
from ..generation.attention import heat_map
from ..krita_api import Krita
from ..qt import QtCore, QtGui, QtWidgets
from ..settings.observed import SettingGroup
from .bound import Slider, Toggle
from .widgets import column_in, push_button, row_of

STEPS = 20  # of the slider, to each side
PICTURE = 128


class TrustPanel(QtWidgets.QWidget):
    """Shows and sets the active document's options; `control` adds layers."""

    def __init__(self, options: SettingGroup, control: TrustControl) -> None:
        super().__init__()
        self._shown = False
        self._wanted = options.setting("attention")
        self._slider = Slider(options.setting("trust"), STEPS, texts.trust.TIP, "dfp_trust_slider")
        self._attention = Toggle(self._wanted, texts.trust.ATTENTION, texts.trust.ATTENTION_TIP, "dfp_attention_button")
        layer = push_button(texts.trust.ADD, texts.trust.ADD_TIP, "dfp_trust_layer_button", control.add_layer)
        self._picture = QtWidgets.QLabel(objectName="dfp_attention")
        self._picture.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
        self._picture.setToolTip(texts.trust.ATTENTION_TIP)
        self._as_layer = push_button(
            texts.trust.ATTENTION_LAYER,
            texts.trust.ATTENTION_LAYER_TIP,
            "dfp_attention_layer_button",
            control.add_attention_layer,
        )
        self._arrange(layer)
        options.changed.connect(self.refresh)
        control.attention_came.connect(self._show)
        self.refresh()

    def _arrange(self, layer: Any) -> None:
        ends = QtWidgets.QHBoxLayout()
        ends.addWidget(QtWidgets.QLabel(texts.trust.REALISM))
        ends.addStretch(1)
        ends.addWidget(QtWidgets.QLabel(texts.trust.CONFORMANCE))
        column = column_in(self)
        column.addWidget(self._slider)
        column.addLayout(ends)
        column.addLayout(row_of(layer, self._attention))
        column.addWidget(self._picture)
        column.addWidget(self._as_layer)

    def refresh(self) -> None:
        """Look at the active document again."""
        self.setEnabled(Krita.instance().activeDocument() is not None)
        for part in (self._picture, self._as_layer):
            part.setVisible(self._wanted.value and self._shown)

    def _show(self, answer: Any) -> None:
        kept = QtCore.Qt.AspectRatioMode.KeepAspectRatio
        smooth = QtCore.Qt.TransformationMode.SmoothTransformation
        self._shown = True
        self._picture.setPixmap(QtGui.QPixmap.fromImage(heat_map(answer)).scaled(PICTURE, PICTURE, kept, smooth))
        self.refresh()
