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
    dialog.setObjectName("dfp_colour_dialog")
    dialog.setWindowTitle(title)
    dialog.colorSelected.connect(lambda chosen: take((chosen.red(), chosen.green(), chosen.blue())))
    dialog.finished.connect(lambda *_: dialog.deleteLater())
    dialog.open()


def _window() -> Any:
    return Krita.instance().activeWindow().qwindow()
