"""A real GIMP 3 for the tests, and the plug-in put together for those that need none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from assembled_parts import parts_of
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
    yield from parts_of(folder, "assembled_gimp")


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A home with the plug-in installed, for all tests in GIMP: its first start takes longest."""
    if not version():
        pytest.skip(NO_GIMP)
    return Profile.create(tmp_path_factory.mktemp("gimp") / "home")
