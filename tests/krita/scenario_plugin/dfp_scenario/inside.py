"""What exists only inside Krita, imported in one place for the scenarios."""

from importlib import import_module
from typing import Any

_krita: Any = import_module("krita")

Krita: Any = _krita.Krita
ManagedColor: Any = _krita.ManagedColor
InfoObject: Any = _krita.InfoObject
ManagedColor: Any = _krita.ManagedColor
Selection: Any = _krita.Selection
QtCore: Any = import_module("PyQt5.QtCore")
QtGui: Any = import_module("PyQt5.QtGui")
QtNetwork: Any = import_module("PyQt5.QtNetwork")
QtTest: Any = import_module("PyQt5.QtTest")
QtWidgets: Any = import_module("PyQt5.QtWidgets")
Qt: Any = QtCore.Qt


def plugin(module: str) -> Any:
    """A module of the plugin under test, for the sentences that it should say."""
    return import_module("dfp_krita." + module)
