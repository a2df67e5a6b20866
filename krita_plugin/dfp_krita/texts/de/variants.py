"""Texte zu mehreren Personen, die zur Wahl stehen."""

FOUR = "Vier Personen"
FOUR_ACTION = "Vier Personen zur Wahl zeichnen"
FOUR_TIP = "Vier Personen zu dieser Zeichnung, klein, zur Wahl; noch einmal, und es sind vier andere"
TAKE_TIP = "Klick: das Gesicht dieser Person erzeugen"
OLD_TIP = "Von einer früheren Zeichnung, oder anderen Farben. Klick: das Gesicht dieser Person erzeugen"
NOT_KNOWN = (
    "Dieser Server kann nicht mehrere Personen auf einmal. Ein neuerer kann es; der Würfel zeichnet eine andere."
)
ONE = "Alle Farben sind gewählt, darum gibt es nur eine Person. Lass einige offen und versuche es noch einmal."


def drawn(count: int) -> str:
    """Nachdem sie gezeichnet wurden."""
    return ONE if count == 1 else "Ein Klick wählt eine Person."


def person(number: int, count: int, old: bool) -> str:
    """Wie das Bild einer Person vorgelesen wird."""
    return f"Person {number} von {count}" + (", von einer früheren Zeichnung" if old else "")
