"""What exists only inside Krita, imported in one place for the scenarios."""

import runpy
from importlib import import_module
from pathlib import Path
from typing import Any

# The product's own choice of PyQt. As a file, because a Krita without the plugin has scenarios, too.
CHOICE = Path(__file__).resolve().parents[4] / "krita_plugin" / "dfp_krita" / "qt.py"

_krita: Any = import_module("krita")
_qt: Any = runpy.run_path(str(CHOICE))

Krita: Any = _krita.Krita
ManagedColor: Any = _krita.ManagedColor
InfoObject: Any = _krita.InfoObject
Selection: Any = _krita.Selection
QtCore: Any = _qt["QtCore"]
QtGui: Any = _qt["QtGui"]
QtWidgets: Any = _qt["QtWidgets"]
QtNetwork: Any = import_module(QtCore.__name__.replace("QtCore", "QtNetwork"))
QtTest: Any = import_module(QtCore.__name__.replace("QtCore", "QtTest"))
_home_of_actions: Any = QtGui if hasattr(QtGui, "QAction") else QtWidgets
QAction: Any = _home_of_actions.QAction
Qt: Any = QtCore.Qt


def plugin(module: str) -> Any:
    """A module of the plugin under test, for the sentences that it should say."""
    return import_module("dfp_krita." + module)
