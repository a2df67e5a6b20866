"""The docker's line about how faces come: on one layer, cut out, or as a group of layers."""

from .. import texts
from ..krita_api import Krita
from ..qt import QtWidgets
from ..settings.observed import SettingGroup
from .bound import Choice
from .widgets import plain_label


class FormPanel(QtWidgets.QWidget):
    """Shows and sets the active document's option."""

    def __init__(self, options: SettingGroup) -> None:
        super().__init__()
        said = plain_label("dfp_form_label")
        said.setText(texts.faces.FORM)
        choice = Choice(options.setting("form"), texts.faces.FORMS, texts.faces.FORM_TIP, "dfp_form_choice")
        choice.setAccessibleName(texts.faces.FORM)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(said, 1)
        row.addWidget(choice, 1)
        options.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look at the active document again."""
        self.setEnabled(Krita.instance().activeDocument() is not None)
