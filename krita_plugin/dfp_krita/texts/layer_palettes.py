"""Texts about palettes by layer name, for several layers."""

OPEN = "Palettes by layer name…"
OPEN_TIP = "Give the faces of several layers different palettes, by the layers' names"
TITLE = "Palettes by layer name"
LAYER = "Layer"
PALETTE = "Palette"
HELP = (
    "Several layers: faces of these layers have these palettes, all others the colours of the docker. * stands for any "
    "letters, as in Anna*. The first row that fits holds."
)
NO_PALETTES = "No palette has a name yet: choose colours in the docker, then Palettes, Save with this picture."


def kept(count: int) -> str:
    """The table was kept with the picture."""
    if not count:
        return "All layers have the colours of the docker."
    return "1 row of palettes by layer name." if count == 1 else f"{count} rows of palettes by layer name."


def row_name(column: str, number: int) -> str:
    """What a screen reader calls a field of the table."""
    return f"{column}, row {number}"
