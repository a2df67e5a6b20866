"""Texte zu Genauigkeit und Aufmerksamkeit."""

TITLE = "Wie genau"
SECTION_TIP = "Wie genau deine Linien gemeint sind, überall oder Stelle für Stelle, und was das Modell aus ihnen machte"
REALISM = "Realismus"
CONFORMANCE = "Treue"
TIP = (
    "Wie genau deine Linien gemeint sind: Links darf das Modell sie biegen, rechts hält es sich an sie. In der Mitte, "
    "wohin ein Doppelklick führt, entscheidet das Modell Linie für Linie"
)
ADD = "Trust-Ebene"
ADD_ACTION = "Eine Trust-Ebene hinzufügen"
ADD_TIP = (
    "Eine Ebene, auf der du malst, wo Linien genau gemeint sind (grün) und wo locker (rot), je kräftiger, desto mehr. "
    "Ausgeblendet zählt sie nicht"
)
ADDED = "Male grün, wo deine Linien genau gemeint sind, rot, wo locker. Zur Zeichnung gehört es nicht."
THERE = "Die Trust-Ebene ist schon da und jetzt gewählt. Male grün für genau, rot für locker."
ADDED_GRAY = "Male weiß, wo deine Linien genau gemeint sind, schwarz, wo locker. Zur Zeichnung gehört es nicht."
THERE_GRAY = "Die Trust-Ebene ist schon da und jetzt gewählt. Male weiß für genau, schwarz für locker."
CHOSEN = "Das ist die Trust-Ebene. Wähle die Ebene mit deiner Zeichnung."
ATTENTION = "Lesart"
ATTENTION_TIP = "Wie das Modell deine Linien gelesen hat: blau, wo es ihnen folgte, gelb, wo es sie lockerte"
ATTENTION_LAYER = "Als Ebene"
ATTENTION_LAYER_ACTION = "Auf einer Ebene zeigen, wo Linien gelockert wurden"
ATTENTION_LAYER_TIP = "Diese Karte auf eine eigene Ebene über dem Gesicht legen"
ATTENTION_ADDED = "Blau: Das Modell folgte der Linie. Gelb: Es lockerte sie."
NO_ATTENTION = "Schalte „Lesart“ ein und erzeuge dann ein Gesicht."
