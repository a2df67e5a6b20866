"""What there is to look at and what was found: each package of this project brings its own, see `subjects`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

LIMIT_S = 30.0  # a quick look on a busy computer


class Level(Enum):
    """How well things stand: all is well; it works, but not as it could; it does not work."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    says: a sentence. cure: how to mend it, a sentence; empty when all is well. command: what to type for that, where
    there is something.
    """

    level: Level
    says: str
    cure: str = ""
    command: str = ""


def fine(says: str) -> Finding:
    """All is well, in a sentence."""
    return Finding(Level.OK, says)


def warning(says: str, cure: str, command: str = "") -> Finding:
    """It works, but not as it could."""
    return Finding(Level.WARNING, says, cure, command)


def wrong(says: str, cure: str, command: str = "") -> Finding:
    """It does not work."""
    return Finding(Level.WRONG, says, cure, command)


@dataclass(frozen=True)
class Check:
    """One look at something.

    name: known by, among all. title: what is looked at, in a few words. look: a function of a module, which imports
    what takes long or may be broken only when it is called; whatever it raises is a finding, too. limit_s: longer than
    that it cannot take. needs: names of checks in which nothing may be wrong, or this one is left out. cure and
    command: how to mend it when the look itself ends in a crash or takes too long.
    """

    name: str
    title: str
    look: Callable[[], Iterable[Finding]]
    limit_s: float = LIMIT_S
    needs: tuple[str, ...] = ()
    cure: str = "Write down what was found with `dfp doctor --report report.txt`, and send that with a bug report."
    command: str = ""


def nothing_secret() -> Iterable[str]:
    """A subject's secrets, when it has none."""
    return ()


@dataclass(frozen=True)
class Subject:
    """Checks that belong together.

    rank: subjects with lower ones come first. secrets: what may stand in findings, but in no report.
    """

    title: str
    rank: int
    checks: tuple[Check, ...]
    secrets: Callable[[], Iterable[str]] = nothing_secret
