"""Texte zu Paletten mit Namen."""

from .. import names

TITLE = "Paletten"
TIP = "Paletten mit Namen, von diesem Bild und von allen Bildern; als Dateien; und die Farben eines Bildes"
OF_PICTURE = "Von diesem Bild"
OF_ALL = "Von allen Bildern"
FROM_FACE = "Von diesem Gesicht"
FROM_FACE_TIP = "Alle Farben nehmen, die das Modell gewählt hat: Sie bleiben, wer auch immer gezeichnet wird"
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
OTHER_COLOURS = (
    "Keine Farbe dieser Datei heißt wie ein Bereich. Nenne sie skin, hair, lips, eyes, background und clothes."
)
NO_GPL = "Das ist keine Palettendatei von GIMP oder Krita. Exportiere sie dort als .gpl."


def from_layer(layer: str) -> str:
    """Die Farben einer Ebene."""
    return f"Von der Ebene „{names.short(layer)}“"


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
