"""Texte zu Bildern und Ebenen, mit denen nichts geht."""

KRITA_BUSY = "Krita ist noch mit einem Strich oder einem Werkzeug beschäftigt. Beende das und versuche es noch einmal."

NO_DOCUMENT = "Es ist kein Bild offen. Öffne eines und zeichne zuerst ein Gesicht."
NO_LAYER = "Es ist keine Ebene gewählt. Wähle die Ebene mit deiner Zeichnung."
NOT_PAINT_LAYER = {
    "grouplayer": "Das ist eine Gruppe. Wähle die Malebene mit deiner Zeichnung darin.",
    "vectorlayer": "Das ist eine Vektorebene. Zeichne auf eine Malebene, oder wandle diese in eine um.",
}
OTHER_LAYER = "Diese Ebene hat keine eigenen Pinselstriche. Wähle die Malebene mit deiner Zeichnung."
GROUP_LOCKED = "Die Gruppe um diese Ebene ist gesperrt. Entsperre sie, damit das Gesicht hineinkann."
EMPTY_LAYER = "Diese Ebene ist leer. Zeichne zuerst ein Gesicht darauf."
OUTSIDE_CANVAS = "Die Zeichnung liegt außerhalb der Leinwand. Schiebe sie zuerst hinein."
NOTHING_IN_FRAME = "Im gesperrten Rahmen ist nichts gezeichnet. Zeichne hinein, oder entsperre ihn."
NOTHING_IN_SHARED = "Wo die anderen Gesichter sitzen, ist nichts gezeichnet. Lass jedem seine eigene Stelle."
SELECTION_SMALL = "Die Auswahl ist zu klein für ein Gesicht. Wähle mindestens 16 Pixel aus, oder nichts."
NOTHING_SELECTED = "In der Auswahl ist nichts gezeichnet. Wähle das Gesicht aus, oder gar nichts."
CANNOT_CONVERT = "Krita konnte die Farben dieses Bildes nicht umwandeln. Wandle es zuerst in RGB, 8 Bit, um."

CLOSED = "Das Bild wurde geschlossen, sein Gesicht ist verworfen."
CANVAS_CHANGED = "Die Leinwand wurde inzwischen beschnitten oder skaliert. Erzeuge das Gesicht noch einmal."
LAYER_DELETED = "Die Ebene der Zeichnung wurde gelöscht, ihr Gesicht ist verworfen."
