"""Texte zu Paletten nach Ebenennamen, für mehrere Ebenen."""

OPEN = "Paletten nach Ebenennamen…"
OPEN_TIP = "Den Gesichtern mehrerer Ebenen verschiedene Paletten geben, nach den Namen der Ebenen"
TITLE = "Paletten nach Ebenennamen"
LAYER = "Ebene"
PALETTE = "Palette"
HELP = (
    "Mehrere Ebenen: Gesichter dieser Ebenen haben diese Paletten, alle anderen die Farben des Bereichs. * steht für "
    "beliebige Zeichen, wie in Anna*. Die erste Zeile, die passt, gilt."
)
NO_PALETTES = "Noch hat keine Palette einen Namen: erst Farben wählen, dann Paletten, Mit diesem Bild speichern."


def kept(count: int) -> str:
    """Die Tabelle gehört jetzt zum Bild."""
    if not count:
        return "Alle Ebenen haben die gewählten Farben."
    return (
        "Eine Zeile mit Paletten nach Ebenennamen." if count == 1 else f"{count} Zeilen mit Paletten nach Ebenennamen."
    )


def row_name(column: str, number: int) -> str:
    """Wie ein Feld der Tabelle vorgelesen wird."""
    return f"{column}, Zeile {number}"
