"""Opens the dialogs above the painter's window."""

from typing import Any

from ..krita_api import Krita
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


def _window() -> Any:
    return Krita.instance().activeWindow().qwindow()
