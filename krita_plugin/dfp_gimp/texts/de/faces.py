"""Texte zum Erzeugen, und zu Bildern und Ebenen, mit denen nichts geht."""

GENERATING = "Das Gesicht entsteht…"

ONE_LAYER = "Wähle eine Ebene: die mit deiner Zeichnung."
NO_LAYER = "Das ist keine Ebene. Wähle die Ebene mit deiner Zeichnung."
FLOATING = "Eine Auswahl schwebt. Verankere sie zuerst, oder mache eine Ebene daraus."
SKETCH_GONE = "Die Zeichnung zu diesem Gesicht ist nicht mehr da. Wähle die Ebene mit deiner Zeichnung."
EMPTY_LAYER = "Diese Ebene ist leer. Zeichne zuerst ein Gesicht darauf."
OUTSIDE_CANVAS = "Die Zeichnung liegt außerhalb der Leinwand. Schiebe sie zuerst hinein."
SELECTION_SMALL = "Die Auswahl ist zu klein für ein Gesicht. Wähle mindestens 16 Pixel aus, oder nichts."
NOTHING_SELECTED = "In der Auswahl ist nichts gezeichnet. Wähle das Gesicht aus, oder gar nichts."
LAYER_DELETED = "Die Ebene der Zeichnung wurde gelöscht, ihr Gesicht ist verworfen."
CANNOT_ADD = "GIMP konnte das Gesicht nicht einfügen. Entsperre die Gruppe um deine Zeichnung."

CHANGED = "Das alte Gesicht wurde verändert oder gesperrt, darum hat das neue eine eigene Ebene."
NOT_KNOWN = "Das Modell dieses Servers kennt keine Farben und stellt nicht frei; das Gesicht kommt ohne das."


def too_large(most: int) -> str:
    """Mehr Pixel, als der Server nimmt."""
    return f"Die Zeichnung ist größer als {most} Pixel. Wähle zuerst das Gesicht aus, oder skaliere das Bild kleiner."


def goes_on(number: int, count: int) -> str:
    """Eines von mehreren entsteht."""
    return f"Gesicht {number} von {count} entsteht…"
