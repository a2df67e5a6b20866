"""Qt for the whole plugin: PyQt5 in Krita 5, PyQt6 in Krita 6. Nothing else here imports PyQt."""

from importlib import import_module
from typing import Any


def _binding() -> str:
    """The PyQt for the Qt that this Krita is built on; Krita 6 refuses an import of the other one."""
    try:
        major: int = import_module("pykrita").qt_major_version()
    except (ImportError, AttributeError):
        major = 5
    return f"PyQt{major}"


QtCore: Any = import_module(_binding() + ".QtCore")
QtGui: Any = import_module(_binding() + ".QtGui")
QtWidgets: Any = import_module(_binding() + ".QtWidgets")
