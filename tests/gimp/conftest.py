"""A real GIMP 3 for the tests, and the plug-in put together for those that need none."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from gimp_harness import NO_GIMP, Profile, version

from krita_plugin.assemble import assemble_for_gimp


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembled plug-in."""
    target = tmp_path_factory.mktemp("assembled") / "dfp_gimp"
    assemble_for_gimp(target)
    return target


@pytest.fixture(scope="session")
def part(folder: Path) -> Iterator[Any]:
    """Imports one module of the assembled plug-in that needs no GIMP."""
    package = ModuleType("assembled_gimp")
    package.__path__ = [str(folder)]
    sys.modules["assembled_gimp"] = package
    yield lambda name: importlib.import_module(f"assembled_gimp.{name}")
    for name in [name for name in sys.modules if name.startswith("assembled_gimp")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A home with the plug-in installed, for all tests in GIMP: its first start takes longest."""
    if not version():
        pytest.skip(NO_GIMP)
    return Profile.create(tmp_path_factory.mktemp("gimp") / "home")
