"""Lets the plugin speak Krita's language, as far as there is a translation: a package named after it here.

A translation has the same modules as the English texts, with the same names and the same parameters; what it leaves out
stays English. Names of layers are left out on purpose: trust layers and guides are known by their names, in pictures
from anywhere.
"""

from importlib import import_module
from inspect import isfunction
from typing import Any

from .. import texts
from ..qt import QtCore


def krita_language() -> str:
    """Two letters, as in “de”: the one that is set in Krita, else the computer's."""
    return QtCore.QLocale.system().name()[:2]


def speak(language: str) -> None:
    """Put the translation's texts in the place of the English ones. Before any other module has read one of them."""
    try:
        translation: Any = import_module(f"{texts.__name__}.{language}")
    except ModuleNotFoundError:
        return
    for subject in texts.__all__:
        _replace(getattr(texts, subject), getattr(translation, subject))


def _replace(english: Any, translated: Any) -> None:
    for name, text in vars(translated).items():
        if hasattr(english, name) and not name.startswith("_") and (isinstance(text, (str, dict)) or isfunction(text)):
            setattr(english, name, text)
