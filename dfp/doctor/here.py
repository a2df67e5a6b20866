"""A check in this process: what it raises becomes a finding."""

from collections.abc import Iterator

from dfp.doctor.finding import Check, Finding, wrong

LONGEST = 300  # letters of what an error says


def look(check: Check) -> Iterator[Finding]:
    """What the check finds; it never raises."""
    try:
        yield from check.look()
    except (Exception, SystemExit) as error:
        yield stumbled(check, f"failed ({told(error)})")


def stumbled(check: Check, how: str) -> Finding:
    """The finding that a check could not be brought to its end; `how` ends a sentence."""
    return wrong(f"{check.title}: looking at it {how}.", check.cure, check.command)


def told(error: BaseException) -> str:
    """An error in one line: its kind and what it says."""
    said = " ".join(str(error).split())[:LONGEST]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
