"""Texte zu Paletten mit Namen."""

from .. import names

TITLE = "Paletten"
TIP = "Paletten mit Namen, von diesem Bild und von allen Bildern; als Dateien; und die Farben eines Bildes"
OF_PICTURE = "Von diesem Bild"
OF_ALL = "Von allen Bildern"
FROM_FACE = "Von diesem Gesicht"
ALL_OPEN = "Alle offen lassen"
SAVE_PICTURE = "Mit diesem Bild speichern…"
SAVE_ALL = "Für alle Bilder speichern…"
DELETE = "Löschen"
IMPORT = "Palettendatei importieren…"
EXPORT = "Als Palettendatei exportieren…"
FILES = "Paletten von GIMP und Krita (*.gpl)"
NAME = "Name der Palette"
USUAL_NAME = "Gesicht"
NO_NAME = "Eine Palette braucht einen Namen. Mit einem Namen wird sie gespeichert."
NO_COLOURS = "Alle Bereiche sind offen, zu speichern ist nichts. Klicke auf ein Farbfeld, oder nimm die eines Gesichts."
NO_FACE = "Es sind noch keine Farben da. Klicke zuerst auf „Gesicht erzeugen“."
OPENED = "Alle Bereiche sind offen: Das Modell wählt."
FROM_FACE_DONE = "Die Farben des Gesichts sind gewählt: Sie bleiben, wer auch immer gezeichnet wird."
FROM_LAYER = "Von einem Bild: zuerst seine Ebene wählen"
NO_LAYER = "Wähle die Ebene mit dem Bild, das auf dem gezeichneten Gesicht liegt; ein Gesicht muss schon da sein."
NOTHING_THERE = "Auf dieser Ebene ist nichts, wo das Gesicht ist. Lege das Bild über die Zeichnung."
NO_REGIONS = "Dieser Server weiß nicht, was wo gezeichnet ist. Ein neueres Modell kann Farben eines Bildes lesen."
OTHER_COLOURS = (
    "Keine Farbe dieser Datei heißt wie ein Bereich. Nenne sie skin, hair, lips, eyes, background und clothes."
)
NO_GPL = "Das ist keine Palettendatei von GIMP oder Krita. Exportiere sie dort als .gpl."


def from_layer(layer: str) -> str:
    """Die Farben einer Ebene."""
    return f"Von der Ebene „{names.short(layer)}“"


def from_layer_done(layer: str) -> str:
    """Die Farben einer Ebene wurden genommen."""
    return f"Die Farben der Ebene „{names.short(layer)}“."


def used(name: str) -> str:
    """Eine Palette wurde gewählt."""
    return f"Palette „{names.short(name)}“."


def saved(name: str) -> str:
    """Eine Palette wurde gespeichert."""
    return f"Gespeichert als „{names.short(name)}“."


def imported(name: str) -> str:
    """Die Palette einer Datei."""
    return f"Palette „{names.short(name)}“, für alle Bilder gespeichert."


def exported(file: str) -> str:
    """In eine Datei geschrieben."""
    return f"Exportiert nach {file}."


def deleted(name: str) -> str:
    """Gelöscht."""
    return f"„{names.short(name)}“ ist gelöscht. Das Menü bringt es zurück."


def bring_back(name: str) -> str:
    """Das letzte Löschen zurücknehmen."""
    return f"„{names.short(name)}“ zurückbringen"


def brought_back(name: str) -> str:
    """Wieder da."""
    return f"„{names.short(name)}“ ist wieder da."


def not_saved(reason: str) -> str:
    """Eine Datei konnte nicht geschrieben werden."""
    return f"Die Palette konnte nicht gespeichert werden ({reason}). Schaffe Platz, oder wähle einen anderen Ort."


def not_read(reason: str) -> str:
    """Eine Datei konnte nicht gelesen werden."""
    return f"Die Palettendatei konnte nicht gelesen werden ({reason}). Sieh nach, ob sie noch da ist."
