"""Texte des Menüeintrags und seines Dialogs."""

TITLE = "Gesicht erzeugen"
MENU = "_Gesicht erzeugen…"
TIP = "Aus dem Gesicht, das auf dieser Ebene gezeichnet ist, ein Foto machen, auf einer eigenen Ebene"
HELP = (
    "Das Gesicht liegt über der Zeichnung, an ihrer Stelle und so groß wie sie. Noch einmal erzeugt, wird es erneuert. "
    "Wähle vorher einen Teil des Bildes aus, um zu sagen, wo das Gesicht sitzt."
)

TRUST = "_Realismus bis Treue"
TRUST_TIP = (
    "Wie genau deine Linien gemeint sind: Unter 0 darf das Modell sie biegen, über 0 hält es sich daran; bei 0 "
    "entscheidet es Linie für Linie"
)
FRAME = "Gesicht _sitzt"
FRAME_TIP = "Wo das Gesicht sitzt: in der Auswahl, falls es eine gibt, oder wo die Zeichnung es sagt"
FRAMES = {"selection": "in der Auswahl", "drawing": "wo die Zeichnung es sagt"}
FORM = "Gesicht _kommt als"
FORM_TIP = "Eine Ebene, oder eine ohne den Hintergrund, mit weichen Rändern"
FORMS = {"layer": "eine Ebene", "cut-out": "freigestellt"}
SEED = "_Person"
SEED_TIP = "Eine andere Zahl ist ein anderer Mensch, soweit du Farben offenlässt"

COLOURS = "Farben"
COLOURS_TIP = "Was du offenlässt, kommt aus den Farben eines echten Gesichts, das passt"
REGIONS = {
    "skin": "Haut",
    "hair": "Haare",
    "lips": "Lippen",
    "eyes": "Augen",
    "background": "Hintergrund",
    "clothes": "Kleidung",
}


def use_tip(region: str) -> str:
    """Neben dem Kästchen vor einer Farbe."""
    return f"{region} in dieser Farbe; ohne Haken bleibt die Farbe offen"


def colour(region: str) -> str:
    """Eine Farbe, wo sie allein steht."""
    return f"Farbe: {region}"
