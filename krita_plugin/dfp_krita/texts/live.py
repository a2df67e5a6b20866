"""Texts about live work."""

TITLE = "Live"
ACTION = "Live face"
TIP = "Renew the face whenever a stroke on this layer ends; Escape stops it"

ON = "Live: draw, and the face follows. Escape stops it."
OFF = "Live is off."
SERVER_LOST = "The face server stopped. Live goes on as soon as it is back."
FACE_GONE = "Live is off, because the face's layer was deleted. Switch it on again for a new one."
FACE_CHANGED = "Live is off, because the face was changed or locked. Switch it on again for a new one."


def waits(sentence: str) -> str:
    """The server is in trouble, for a reason, while live is on."""
    return f"{sentence} Live tries again."


def done(milliseconds: float) -> str:
    """After live has renewed the face."""
    return f"Live: renewed in {milliseconds / 1000:.1f} s."
