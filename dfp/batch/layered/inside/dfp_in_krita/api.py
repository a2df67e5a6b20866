"""Krita's API and the PyQt that belongs to it."""

from typing import Any

import krita  # pyright: ignore[reportMissingImports]

try:
    from PyQt5 import QtCore as _core  # pyright: ignore[reportMissingImports]
    from PyQt5 import QtGui as _gui  # pyright: ignore[reportMissingImports]
except ImportError:  # Krita 6
    from PyQt6 import QtCore as _core  # pyright: ignore[reportMissingImports]
    from PyQt6 import QtGui as _gui  # pyright: ignore[reportMissingImports]

Krita: Any = krita.Krita
QtCore: Any = _core
QtGui: Any = _gui

__all__ = ["Krita", "QtCore", "QtGui"]
