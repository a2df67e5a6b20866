"""Lets the plug-in speak GIMP's language, as far as there is a translation: a package named after it in the texts."""

from krita_plugin.shared.language import translate

from . import texts
from .gimp import GLib


def speak() -> None:
    """Put the translation's texts in the place of the English ones. GIMP tells its plug-ins what it speaks."""
    translate(texts, GLib.get_language_names()[0][:2])
