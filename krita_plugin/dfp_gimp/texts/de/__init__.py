"""Texte auf Deutsch, nach Themen. Namen von Ebenen fehlen mit Absicht."""

from krita_plugin.shared.texts.de import server

from . import dialog, faces

__all__ = ["dialog", "faces", "server"]
