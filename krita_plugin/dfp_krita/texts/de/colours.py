"""Texte zu den Farben des Gesichts und zur Person."""

TITLE = "Farben"
SECTION_TIP = "Welche Farben das Gesicht hat, und wessen es ist; was du offen lässt, kommt von einem echten Gesicht"
REGIONS = {
    "skin": "Haut",
    "hair": "Haare",
    "lips": "Lippen",
    "eyes": "Augen",
    "background": "Hintergrund",
    "clothes": "Kleidung",
}
OPEN = "offen"
SEED = "Person"
TAKE_TIP = "Klick: Kritas Vordergrundfarbe. Lange drücken oder Rechtsklick: eine andere wählen"
LEAVE_TIP = "Klick: wieder offen lassen. Lange drücken oder Rechtsklick: eine andere wählen"
PERSON = "Andere Person"
PERSON_ACTION = "Eine andere Person zeichnen"
PERSON_TIP = "Eine andere Person zu denselben Linien und Farben. Die bisherigen bleiben erreichbar"
BACK = "Die Person davor"
BACK_ACTION = "Zurück zur Person davor"
FORWARD = "Die Person danach"
FORWARD_ACTION = "Weiter zur Person danach"
NOBODY = "Dort wurde niemand gezeichnet. Der Würfel zeichnet eine andere Person."
ALL_CHOSEN = "Alle Farben sind gewählt, und sie machen die Person aus. Ein Klick auf ein Farbfeld lässt eines offen."
TO_SEE = "„Gesicht erzeugen“ zeigt es."
NOT_KNOWN = "Dieser Server kennt keine Farben, darum hat das Gesicht seine eigenen. Ein neueres Modell kann sie wählen."


def person(number: int, count: int) -> str:
    """Eine andere Person wurde gewählt."""
    return f"Person {number} von {count}."
