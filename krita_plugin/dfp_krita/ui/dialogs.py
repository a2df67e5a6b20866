"""Opens the dialogs above the painter's window."""

from typing import Any, Callable, Optional

from ..document.palette import Colour
from ..krita_api import Krita
from ..qt import QtGui, QtWidgets
from ..settings.observed import SettingGroup
from .manual import Manual
from .settings_dialog import SettingsDialog


def show_settings(settings: SettingGroup) -> None:
    """Let the painter see and change the settings."""
    dialog = SettingsDialog(settings, _window())
    dialog.finished.connect(lambda *_: dialog.deleteLater())
    dialog.open()


def show_manual() -> None:
    """Open the manual beside the painter's work."""
    manual = Manual(_window())
    manual.finished.connect(lambda *_: manual.deleteLater())
    manual.show()


def choose_colour(now: Optional[Colour], title: str, take: Callable[[Colour], None]) -> None:
    """Let the painter choose a colour, beginning with the one of now, and hand it to `take`."""
    dialog = QtWidgets.QColorDialog(QtGui.QColor(*now) if now is not None else QtGui.QColor(), _window())
    dialog.setWindowTitle(title)
    dialog.colorSelected.connect(lambda chosen: take((chosen.red(), chosen.green(), chosen.blue())))
    _open(dialog, "dfp_colour_dialog")


def choose_text(title: str, label: str, now: str, take: Callable[[str], None]) -> None:
    """Let the painter type a line, and hand it to `take`."""
    dialog = QtWidgets.QInputDialog(_window())
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(now)
    dialog.textValueSelected.connect(take)
    _open(dialog, "dfp_text_dialog")


def choose_file(title: str, kinds: str, take: Callable[[str], None]) -> None:
    """Let the painter choose a file that is there, and hand its path to `take`."""
    dialog = QtWidgets.QFileDialog(_window(), title, "", kinds)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(take)
    _open(dialog, "dfp_file_dialog")


def choose_new_file(title: str, kinds: str, suffix: str, now: str, take: Callable[[str], None]) -> None:
    """Let the painter say where a file is to be written; one that is there is asked about by the dialog."""
    dialog = QtWidgets.QFileDialog(_window(), title, "", kinds)
    dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix)
    dialog.selectFile(now)
    dialog.fileSelected.connect(take)
    _open(dialog, "dfp_file_dialog")


def _open(dialog: Any, name: str) -> None:
    dialog.setObjectName(name)
    dialog.finished.connect(lambda *_: dialog.deleteLater())
    dialog.open()


def _window() -> Any:
    return Krita.instance().activeWindow().qwindow()
