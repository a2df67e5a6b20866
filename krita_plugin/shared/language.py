"""Lets a plug-in speak the painter's language, as far as there is a translation: a package named after it in its texts.

A translation has the same modules as the English texts, with the same names and the same parameters; what it leaves out
stays English. Names of layers are left out on purpose: some are known by their names, in pictures from anywhere.
"""

from importlib import import_module
from inspect import isfunction
from typing import Any


def translate(texts: Any, language: str) -> None:
    """Put a translation in the place of the English texts of a package that lists its subjects in `__all__`.

    `language` is two letters, as in “de”. Before any other module has read one of the texts.
    """
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
