"""Names of layers in sentences: whatever they hold, a docker has room for one line. Plain Python."""

LONGEST = 40


def short(name: str) -> str:
    """A name in one line, cut when it is long."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
