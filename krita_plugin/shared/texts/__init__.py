"""Texts that all plug-ins show, by subject; in other languages in packages named after these, see language."""

from . import server

__all__ = ["server"]
