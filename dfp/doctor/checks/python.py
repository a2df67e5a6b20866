"""Python, and the packages that this program cannot do without."""

import importlib
import platform
import struct
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

from dfp.doctor.finding import Check, Finding, Subject, fine, warning, wrong
from dfp.doctor.here import told
from dfp.doctor.repair import pip
from dfp.version import NOT_INSTALLED, PACKAGE, package_version

if TYPE_CHECKING:
    from packaging.requirements import Requirement

# Packages that are imported by another name than theirs.
MODULES = {"opencv-python-headless": "cv2", "pillow": "PIL", "scikit-image": "skimage"}
# Have checks of their own, because they take long and are broken in ways of their own.
APART = frozenset({"torch", "openvino"})


def look_at_python() -> Iterator[Finding]:
    """Which program and which Python this is."""
    bits = 8 * struct.calcsize("P")
    where = "in a virtual environment" if sys.prefix != sys.base_prefix else "of the system"
    ours = package_version()
    if ours == NOT_INSTALLED:
        yield warning(f"{PACKAGE} is not installed, it runs from a folder.", "Install it there.", "pip install .")
    else:
        yield fine(f"{PACKAGE} {ours}.")
    says = f"Python {platform.python_version()}, {bits} bit, {where}, on {platform.platform(terse=True)}."
    yield fine(says) if bits == 64 else wrong(says, "Install a 64-bit Python, and this program again in it.")


def look_at_packages() -> Iterator[Finding]:
    """Whether each required package is there, new enough, and can be imported."""
    good = 0
    for needed in requirements():
        if needed.name in APART:
            continue
        found = look_at_version(needed) or _look_at_import(needed)
        good += found is None
        if found is not None:
            yield found
    yield fine(f"{good} Python packages that are needed are there, new enough, and can be used.")


def requirements() -> "list[Requirement]":
    """What the installed package needs on this computer, extras left out."""
    from packaging.requirements import Requirement

    try:
        needed = [Requirement(text) for text in requires(PACKAGE) or []]
    except PackageNotFoundError:
        return []
    return [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]


def look_at_version(needed: "Requirement") -> Finding | None:
    """The finding that a package is missing, or of a version that does not do."""
    asked = f"{needed.name}{needed.specifier}"
    try:
        there = version(needed.name)
    except PackageNotFoundError:
        return wrong(f"The Python package {needed.name} is missing.", "Install it.", pip(asked))
    if needed.specifier.contains(there, prereleases=True):
        return None
    says = f"The Python package {needed.name} is of version {there}, but {needed.specifier} is needed."
    return wrong(says, "Install one that fits.", pip("--upgrade", asked))


def _look_at_import(needed: "Requirement") -> Finding | None:
    try:
        importlib.import_module(MODULES.get(needed.name, needed.name.replace("-", "_")))
    except Exception as error:  # its own, its libraries', or of another package of its name
        says = f"The Python package {needed.name} cannot be used ({told(error)})."
        return wrong(says, "Install it again.", pip("--force-reinstall", f"{needed.name}{needed.specifier}"))
    return None


SUBJECT = Subject(
    "Program and Python",
    10,
    (
        Check("python", "Python", look_at_python),
        Check(
            "packages",
            "Python packages",
            look_at_packages,
            limit_s=60,
            cure="Install the packages that the program needs.",
            command=pip(PACKAGE),
        ),
    ),
)
