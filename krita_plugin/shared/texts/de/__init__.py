"""Texte auf Deutsch, nach Themen."""

from . import server

__all__ = ["server"]
