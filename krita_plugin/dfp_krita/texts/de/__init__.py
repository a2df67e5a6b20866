"""Texte auf Deutsch, nach Themen. Namen von Ebenen fehlen mit Absicht, siehe language."""

from . import batch, colours, docker, document, faces, frame, history, live, palettes, server, settings, trust

__all__ = [
    "batch",
    "colours",
    "docker",
    "document",
    "faces",
    "frame",
    "history",
    "live",
    "palettes",
    "server",
    "settings",
    "trust",
]
