"""Texte zum Rahmen und seiner Hilfslinien-Ebene."""

TITLE = "Rahmen"
SECTION_TIP = "Wo auf der Leinwand das Gesicht sitzt"
LOCK = "Rahmen sperren"
LOCK_ACTION = "Rahmen des Gesichts sperren"
LOCK_TIP = "Das Gesicht bleibt, wo es ist, was du auch dazuzeichnest; eine Auswahl geht weiterhin vor"
ADD_GUIDE = "Hilfslinien"
ADD_GUIDE_ACTION = "Hilfslinien für das Gesicht hinzufügen"
ADD_GUIDE_TIP = (
    "Rahmen sperren, dazu eine Ebene mit blassen Linien für Augen, Mund und Kinn. Sie gilt nie als Zeichnung"
)
GUIDE_ADDED = "Die Hilfslinien zeigen, wo Augen, Mund und Kinn hingehören. Der Rahmen ist darauf gesperrt."
GUIDE_CHOSEN = "Das sind die Hilfslinien. Wähle die Ebene mit deiner Zeichnung."
LOCKED = "Der Rahmen ist gesperrt: Das Gesicht bleibt, wo es ist."
FREE = "Der Rahmen ist frei: Die Zeichnung sagt, wo das Gesicht sitzt."
UNKNOWN = "Erzeuge zuerst ein Gesicht, oder wähle aus, wo es sitzen soll; dann sperre den Rahmen."
FROM_SELECTION = "Rahmen: die Auswahl"
FROM_LOCK = "Rahmen: gesperrt"
FROM_FACE = "Rahmen: wo das Gesicht ist"
FROM_DRAWING = "Rahmen: wie gezeichnet"


def size_and_corner(left: int, top: int, width: int, height: int) -> str:
    """Wo das Gesicht sitzt."""
    return f"{width}x{height} Pixel bei {left}, {top}"
