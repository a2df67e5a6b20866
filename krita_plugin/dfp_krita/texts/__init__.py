"""Every text that a painter can see, by subject: sentences say what happened and what to do."""

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
