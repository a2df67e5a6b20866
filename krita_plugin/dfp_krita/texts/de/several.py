"""Texte zu Zeichnungen mit mehreren Köpfen, und zu solchen, die nach keinem aussehen."""

from krita_plugin.shared.texts.de.server import DOUBT

from .. import names

CHANGED = "Was verändert oder gesperrt war, bleibt, wie es ist; das neue Gesicht dazu hat eine eigene Ebene."


def goes_on(number: int, count: int) -> str:
    """Eines davon entsteht."""
    return f"Gesicht {number} von {count} entsteht…"


def made(count: int) -> str:
    """Alle sind da."""
    return f"{count} Gesichter, für jeden Kopf eines. Für nur eines wähle den Kopf aus, oder die Ebene des Gesichts."


def live_follows(count: int) -> str:
    """Live bei mehreren Köpfen."""
    return f"Es folgt einem der {count} Köpfe: Für einen anderen wähle diesen aus."


def doubtful(sketch: str) -> str:
    """Eine Zeichnung von mehreren."""
    return f"{names.short(sketch)}: {DOUBT}"
