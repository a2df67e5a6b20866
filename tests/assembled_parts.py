"""Modules of an assembled plug-in, for tests that need no painting program."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType


def parts_of(folder: Path, package: str) -> Iterator[Callable[[str], ModuleType]]:
    """Imports modules by their names out of a plug-in's folder, as those of `package`, which are forgotten in the end.

    The plug-in's own start, which needs its painting program, is left out.
    """
    top = ModuleType(package)
    top.__path__ = [str(folder)]
    sys.modules[package] = top
    yield lambda name: importlib.import_module(f"{package}.{name}")
    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]
