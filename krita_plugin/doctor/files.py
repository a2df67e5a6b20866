"""Installed files beside those that an installation would put in place now."""

from dataclasses import dataclass
from pathlib import Path

PASSED_OVER = "__pycache__"  # Python's own, made when Krita runs


@dataclass(frozen=True)
class Difference:
    """A file that is not as it should be; `missing`: it is not there at all."""

    name: str
    missing: bool


def compare(there: Path, ours: Path) -> list[Difference]:
    """How a file or folder differs from ours, files by their names, sorted. Raises OSError."""
    if ours.is_file():
        return [] if _same(there, ours) else [Difference(there.name, not there.exists())]
    wanted, found = _below(ours), _below(there)
    return [
        Difference(str(name), missing=name not in found)
        for name in sorted(wanted | found)
        if name not in wanted or not _same(there / name, ours / name)
    ]


def _below(folder: Path) -> set[Path]:
    files = (path for path in folder.rglob("*") if path.is_file() and PASSED_OVER not in path.parts)
    return {path.relative_to(folder) for path in files}


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()
