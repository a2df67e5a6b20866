"""Every text that a painter can see, by subject: sentences say what happened and what to do."""

from krita_plugin.shared.texts import server

from . import dialog, faces

__all__ = ["dialog", "faces", "server"]
