"""Lets the plugin speak Krita's language, as far as there is a translation: a package named after it here.

Names of layers are not translated, on purpose: trust layers and guides are known by theirs, in pictures from anywhere.
"""

from krita_plugin.shared.language import translate

from .. import texts
from ..qt import QtCore


def krita_language() -> str:
    """Two letters, as in “de”: the one that is set in Krita, else the computer's."""
    return QtCore.QLocale.system().name()[:2]


def speak(language: str) -> None:
    """Put the translation's texts in the place of the English ones. Before any other module has read one of them."""
    translate(texts, language)
