"""Which sketches a folder holds, and what the face of each is called."""

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dfp.batch.report.page import is_page
from dfp.errors import DfpError
from dfp.pictures.formats import ENDINGS, KINDS
from dfp.pictures.marks import mark_of

MADE = "_face.png", "_attention.png"
MANIFEST = "manifest.jsonl"
BACKUP = ".original"  # ends the name of a sketch's file as it was before faces came into it
NAMED = 8  # of what was passed over; the rest is counted


class NoSketch(DfpError):
    """A folder holds no sketch."""


@dataclass(frozen=True)
class Job:
    """One sketch and the names of what is made of it.

    `name`: the sketch relative to its folder; `base`: what its face's name begins with, relative to the folder of
    faces. Both are written with /.
    """

    name: str
    base: str

    @property
    def face(self) -> str:
        """The face's file, relative to the folder of faces."""
        return self.base + MADE[0]

    @property
    def layered(self) -> str:
        """The copy of a file of layers with faces in it, relative to the folder of faces."""
        return f"{self.base}_face{PurePosixPath(self.name).suffix}"

    @property
    def attention(self) -> str:
        """The heat map's file, relative to the folder of faces."""
        return self.base + MADE[1]


@dataclass
class PassedOver:
    """What lies in a folder and is not taken, by reason; hidden files are nobody's concern and not among it."""

    others: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    flat: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """All of it, counted and named; empty when there is nothing."""
        kinds = (
            (self.others, "is no picture that can be opened", "are no pictures that can be opened"),
            (self.linked, "is a link to a folder", "are links to folders"),
            (self.made, "is a face that dfp made", "are faces that dfp made"),
            (self.flat, "has no layers that dfp reads", "have no layers that dfp reads"),
            (self.unnamed, "has no layer of that name", "have no layer of that name"),
        )
        return "; ".join(_counted(names, one, more) for names, one, more in kinds if names)


@dataclass(frozen=True)
class Found:
    """The sketches of a folder and what else is there."""

    jobs: list[Job]
    passed_over: PassedOver


def find(
    source: Path,
    out: Path,
    recursive: bool,
    ours: set[str],
    unreadable: Callable[[str, OSError], None],
    colours: Path | None = None,
    is_made: Callable[[Path], bool] | None = None,
) -> Found:
    """The sketches in `source`, in an order and with names that depend on nothing but the sketches' own names.

    What earlier runs made is no sketch: neither the files `ours` (relative to `out`), nor what is marked as made,
    nor anything in `out` or in `colours`, the folder of colour layers, when these lie inside `source`. `unreadable` is
    told of every folder that cannot be opened. is_made: whether a file is marked. Raises DfpError when that folder is
    `source` itself, NoSketch when there is none.
    """
    faces = out.resolve()
    aside = {faces, None if colours is None else colours.resolve()}
    made = {faces / name for name in ours}
    names: list[str] = []
    passed = PassedOver()

    def failed(error: OSError) -> None:
        if Path(error.filename) == source:
            raise DfpError(f"The folder {source} cannot be read: {error.strerror}.") from error
        unreadable(Path(error.filename).relative_to(source).as_posix(), error)

    for here, folders, files in os.walk(source, onerror=failed):
        real = Path(here).resolve()
        below = Path(here).relative_to(source)
        folders[:] = [name for name in folders if not name.startswith(".") and real / name not in aside]
        if recursive:
            passed.linked += [(below / name).as_posix() for name in folders if (real / name).is_symlink()]
        for name in files:
            if not name.startswith(".") and real / name not in made and (real != faces or name != MANIFEST):
                _sorted_in((below / name).as_posix(), Path(here) / name, names, passed, is_made or is_marked)
        if not recursive:
            break
    if not names:
        deeper = "" if recursive else " Those in folders below it are taken with --recursive."
        also = f" Passed over: {passed}." if str(passed) else ""
        raise NoSketch(f"There is no sketch in {source} ({KINDS}).{deeper}{also}")
    bases = name_apart(names)
    return Found([Job(name, bases[name]) for name in sorted(names)], passed)


def _sorted_in(name: str, path: Path, sketches: list[str], passed: PassedOver, is_made: Callable[[Path], bool]) -> None:
    if path.name.endswith(BACKUP):
        return
    if not is_sketch(path):
        if not is_page(path):  # a report is nobody's concern, either
            passed.others.append(name)
    elif is_made(path):
        passed.made.append(name)
    else:
        sketches.append(name)


def _counted(names: list[str], one: str, more: str) -> str:
    named = ", ".join(sorted(names)[:NAMED]) + (", ..." if len(names) > NAMED else "")
    return f"{len(names)} {one if len(names) == 1 else more} ({named})"


def check_source(source: Path) -> None:
    """Raise DfpError when there is no folder `source`: before anything is made for it."""
    if not source.exists():
        raise DfpError(f"There is no folder {source}: give the one with the sketches.")
    if not source.is_dir():
        raise DfpError(f"{source} is a file, no folder: take dfp generate for it.")


def is_sketch(path: Path) -> bool:
    """Whether a name is a sketch's, of something that can be opened without waiting for it."""
    if path.name.startswith(".") or path.suffix.lower() not in ENDINGS:
        return False
    return path.is_file() or not path.exists()  # a link to nothing is worth a sentence later


def is_marked(path: Path) -> bool:
    """Whether a file is a face that was made here, to the pixel."""
    return mark_of(path) is not None


def name_apart(names: list[str]) -> dict[str, str]:
    """A base for every name: the name without its ending; with it, as in anna_jpg, where that is taken already.

    Names that differ in nothing but capitals or the spelling of accents count as one, as on other systems' disks.
    """
    bases: dict[str, str] = {}
    taken: set[str] = set()
    later = []
    for name in sorted(names, key=lambda n: (ENDINGS.index(PurePosixPath(n).suffix.lower()), n)):
        base = str(PurePosixPath(name).with_suffix(""))
        if _folded(base) in taken:
            later.append(name)
        else:
            taken.add(_folded(base))
            bases[name] = base
    for name in later:
        path = PurePosixPath(name)
        first = base = f"{path.with_suffix('')}_{path.suffix[1:].lower()}"
        count = 1
        while _folded(base) in taken:
            count += 1
            base = f"{first}_{count}"
        taken.add(_folded(base))
        bases[name] = base
    return bases


def _folded(base: str) -> str:
    return unicodedata.normalize("NFC", base).casefold()
