"""Krita's API and the PyQt that belongs to it."""

try:
    from PyQt5 import QtCore, QtGui
except ImportError:  # Krita 6
    from PyQt6 import QtCore, QtGui  # pyright: ignore[reportMissingImports]

from krita import Krita  # pyright: ignore[reportMissingImports]

__all__ = ["Krita", "QtCore", "QtGui"]
