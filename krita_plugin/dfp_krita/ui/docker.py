"""The docker: a few buttons, a thin progress bar and one sentence."""

from functools import partial
from typing import Any

from .. import texts
from ..control.controller import Controller
from ..krita_api import DockWidget
from ..qt import QtCore, QtWidgets
from .batch_panel import BatchPanel
from .details import Details
from .dialogs import show_manual, show_settings
from .form_panel import FormPanel
from .frame_panel import FramePanel
from .history_panel import HistoryPanel
from .palette_panel import PalettePanel
from .section import Section
from .trust_panel import TrustPanel
from .variants_panel import VariantsPanel
from .widgets import column_in, icon_button, plain_label, plain_tip, push_button, row_of, scrolling, stacked, thin_bar


class FaceDocker(DockWidget):
    """Shows what the controller's parts do. It decides nothing."""

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self.setWindowTitle(texts.docker.TITLE)
        self._controller = controller
        faces, live = controller.faces, controller.live
        self._generate = push_button(
            texts.faces.GENERATE, texts.faces.GENERATE_TIP, "dfp_generate_button", faces.generate
        )
        again = partial(faces.generate, new_layer=True)
        self._new_layer = push_button(texts.faces.NEW_LAYER, texts.faces.NEW_LAYER_TIP, "dfp_new_layer_button", again)
        self._live = push_button(texts.live.TITLE, texts.live.TIP, "dfp_live_button", live.toggle, checkable=True)
        self._keep = push_button(texts.faces.KEEP, texts.faces.KEEP_TIP, "dfp_keep_button", faces.keep)
        self._cancel = icon_button("process-stop", texts.faces.CANCEL, "dfp_cancel_button", faces.cancel)
        self._eye = icon_button("visible", texts.faces.SHOW_TIP, "dfp_show_face_button", faces.toggle_visible)
        self._details = Details()
        self._frame, self._batch = FramePanel(controller.frame), BatchPanel(controller.batch)
        self._trust = TrustPanel(controller.options, controller.trust)
        self._palette = PalettePanel(controller.colours, controller.palettes, controller.picture_colours)
        self._variants = VariantsPanel(controller.variants)
        self._form = FormPanel(controller.options)
        self._history = HistoryPanel(controller.history, faces.generate_again)
        self._progress = thin_bar("dfp_progress")
        self._status = plain_label("dfp_status")
        self._status.setAlignment(QtCore.Qt.AlignmentFlag.AlignTop | QtCore.Qt.AlignmentFlag.AlignLeft)
        self._status.setTextInteractionFlags(QtCore.Qt.TextInteractionFlag.TextSelectableByMouse)
        # Two lines hold nearly every sentence, so that nothing below jumps when it changes.
        self._status.setMinimumHeight(2 * self._status.fontMetrics().lineSpacing())
        self.setWidget(self._arranged())
        controller.status.changed.connect(self._show)
        self._show()

    def showEvent(self, event: Any) -> None:
        """Whoever has the docker before her will want a face: the server can be ready by then."""
        super().showEvent(event)
        self._controller.warm_up()

    def canvasChanged(self, canvas: object) -> None:
        """Krita calls this when another document, or none, comes to the front, and while it takes a window apart."""
        # A picture that is being closed is still in Krita's list in this turn, but no longer has its layers.
        QtCore.QTimer.singleShot(0, self._look_again)

    def _look_again(self) -> None:
        self._frame.refresh()
        self._history.refresh()
        self._controller.look_around()

    def _arranged(self) -> Any:
        """What is used at every stroke, and a batch on its way, stay in sight; the rest is scrolled to."""
        settings = partial(show_settings, self._controller.settings)
        first = QtWidgets.QHBoxLayout()
        first.setSpacing(2)
        first.addWidget(self._generate, 1)
        first.addWidget(self._cancel)
        first.addWidget(self._eye)
        first.addWidget(icon_button("configure", texts.settings.TIP, "dfp_settings_button", settings))
        first.addWidget(icon_button("help-contents", texts.docker.MANUAL_TIP, "dfp_manual_button", show_manual))
        rest = QtWidgets.QWidget()
        below = column_in(rest)
        below.addWidget(self._form)
        open_ones = self._controller.settings.setting("open_sections")
        for name, words, panel in (
            ("colours", texts.colours, stacked(self._palette, self._variants)),
            ("trust", texts.trust, self._trust),
            ("frame", texts.frame, self._frame),
            ("history", texts.history, self._history),
        ):
            below.addWidget(Section(name, words.TITLE, words.SECTION_TIP, panel, open_ones))
        below.addWidget(self._batch.start)
        below.addStretch(1)
        body = QtWidgets.QWidget()
        column = column_in(body)
        column.setContentsMargins(6, 4, 6, 4)
        column.addLayout(first)
        column.addLayout(row_of(self._live, self._keep, self._new_layer))
        column.addWidget(self._batch)
        column.addWidget(self._progress)
        said = QtWidgets.QHBoxLayout()
        said.addWidget(self._status, 1)
        said.addWidget(self._details.button, 0, QtCore.Qt.AlignmentFlag.AlignTop)
        column.addLayout(said)
        column.addWidget(self._details)
        area = scrolling(rest)
        # How a face comes and its colours are in sight on a small screen, too, wherever Krita puts the docker.
        area.setMinimumHeight(4 * self._generate.sizeHint().height())
        column.addWidget(area, 1)
        return body

    def _show(self) -> None:
        faces, status = self._controller.faces, self._controller.status
        busy = faces.busy
        self._generate.setEnabled(not busy)
        self._new_layer.setEnabled(not busy)
        self._live.setChecked(self._controller.live.here)
        self._cancel.setEnabled(busy)
        self._progress.setValue(faces.progress)
        self._status.setText(status.sentence)
        self._status.setToolTip(plain_tip(status.details))
        self._details.show_text(status.details)
