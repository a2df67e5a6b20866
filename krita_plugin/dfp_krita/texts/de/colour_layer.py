"""Texte zur Farbebene."""

ADD = "Farbebene"
ADD_ACTION = "Eine Farbebene hinzufügen"
ADD_TIP = (
    "Eine Ebene unter den Linien, auf der grob angelegt wird, welche Farben das Gesicht wo haben soll. "
    "Ausgeblendet zählt sie nicht"
)
ADDED = "Lege auf dieser Ebene die Farben des Gesichts grob an. Zur Zeichnung gehört sie nicht."
THERE = "Die Farbebene ist schon da und jetzt gewählt. Lege die Farben des Gesichts grob an."
UNDER_FACE = "Das Gesicht verdeckt sie: F8 blendet es aus und wieder ein."
CHOSEN = "Das ist die Farbebene. Wähle die Ebene mit deiner Zeichnung."
