"""Texte zu Live."""

from . import numbers

TITLE = "Live"
ACTION = "Gesicht live"
TIP = "Das Gesicht nach jedem Strich auf dieser Ebene erneuern; Escape beendet es"

ON = "Live: Zeichne, das Gesicht folgt. Escape beendet es."
OFF = "Live ist aus."
SERVER_LOST = "Der Gesichtsserver hat aufgehört. Live geht weiter, sobald er wieder da ist."
FACE_GONE = "Live ist aus, weil die Ebene des Gesichts gelöscht wurde. Schalte es für ein neues wieder ein."
FACE_CHANGED = "Live ist aus, weil das Gesicht verändert oder gesperrt wurde. Schalte es für ein neues wieder ein."


def waits(sentence: str) -> str:
    """Der Server hat Schwierigkeiten, während Live an ist."""
    return f"{sentence} Live versucht es weiter."


def done(milliseconds: float) -> str:
    """Live hat das Gesicht erneuert."""
    return f"Live: in {numbers.decimal(milliseconds / 1000)} s erneuert."
