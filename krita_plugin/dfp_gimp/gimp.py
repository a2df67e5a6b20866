"""GIMP's own library for the whole plug-in. Nothing else here imports gi; only who opens windows asks for `windows`."""

from importlib import import_module
from typing import Any


def _library(name: str, version: str) -> Any:
    import_module("gi").require_version(name, version)
    return import_module(f"gi.repository.{name}")


Gimp: Any = _library("Gimp", "3.0")
Gegl: Any = _library("Gegl", "0.4")
Babl: Any = _library("Babl", "0.1")
GLib: Any = _library("GLib", "2.0")
GObject: Any = _library("GObject", "2.0")


def windows() -> tuple[Any, Any]:
    """GimpUi and Gtk. Importing them takes longer than all the rest, and they need a screen."""
    return _library("GimpUi", "3.0"), _library("Gtk", "3.0")
