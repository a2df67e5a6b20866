"""Texts about drawings with several heads, and about such as look like none."""

from krita_plugin.shared.texts.server import DOUBT

from . import names

CHANGED = "Faces that were changed or locked are left alone; the new ones of their heads have layers of their own."


def goes_on(number: int, count: int) -> str:
    """One of the faces is being made."""
    return f"Generating face {number} of {count}…"


def made(count: int) -> str:
    """After the faces were placed."""
    return f"{count} faces, one for each head. Select one head, or choose its face, for that one alone."


def live_follows(count: int) -> str:
    """Live work on a drawing with several heads."""
    return f"It follows one of the {count} heads: select another one for that."


def doubtful(sketch: str) -> str:
    """A line about one drawing of several."""
    return f"{names.short(sketch)}: {DOUBT}"
