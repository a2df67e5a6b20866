"""Texte zu einzelnen Gesichtern."""

from typing import Dict, List

from .. import names
from . import numbers

GENERATE = "Gesicht erzeugen"
GENERATE_TIP = "Aus den Linien dieser Ebene ein Gesicht machen, oder das vorhandene erneuern"
NEW_LAYER = "Neue Ebene"
NEW_LAYER_ACTION = "Gesicht auf einer neuen Ebene erzeugen"
NEW_LAYER_TIP = "Aus den Linien dieser Ebene noch ein Gesicht machen, auf einer eigenen Ebene"
CANCEL = "Abbrechen"
KEEP = "Behalten"
KEEP_ACTION = "Dieses Gesicht behalten"
KEEP_TIP = "Eine Kopie des Gesichts auf einer eigenen Ebene behalten, die nichts erneuert"

SHOW_ACTION = "Gesicht zeigen oder ausblenden"
SHOW_TIP = "Das Gesicht der gewählten Zeichnung, oder das von Live, zeigen oder ausblenden (F8)"
SHOWN = "Das Gesicht ist wieder zu sehen."
AWAY = "Das Gesicht ist ausgeblendet. F8 oder das Auge bringt es zurück."
HIDDEN = "Seine Ebene oder eine Gruppe darum ist ausgeblendet: Blende sie ein, um das Gesicht zu sehen."

IDLE = "Zeichne ein Gesicht auf eine Malebene und klicke auf „Gesicht erzeugen“."
GENERATING = "Das Gesicht entsteht…"
WAITING_FOR_KRITA = "Warten, bis dein Strich zu Ende ist, oder was Krita gerade tut…"
WAITING_FOR_TOOL = "Warten auf das Transformationswerkzeug: Schließe es mit Enter ab, oder nimm ein anderes…"
CANCELLED = "Abgebrochen."
NOTHING_TO_KEEP = "Diese Ebene hat noch kein Gesicht. Klicke zuerst auf „Gesicht erzeugen“."
CHANGED = "Das alte Gesicht wurde verändert oder gesperrt, darum hat das neue eine eigene Ebene."

FORM = "Gesicht kommt als"
FORM_TIP = (
    "Eine Ebene; eine Ebene ohne den Hintergrund, mit weichen Rändern; oder eine Gruppe von Ebenen, zwischen denen "
    "gemalt werden kann. So kommt das nächste Gesicht"
)
FORMS = {"layer": "eine Ebene", "cut out": "freigestellt", "group": "Ebenengruppe"}
PARTS = {
    "background": "Hintergrund",
    "clothes": "Kleidung",
    "skin": "Haut",
    "hair": "Haare",
    "features": "Lippen und Augen",
}
MASK = "Auswahl"
NO_MASK = "Krita konnte aus der Auswahl keine Maske machen. Wähle ein Rechteck aus, oder nichts."
OTHER_HIDDEN = "Das Gesicht von vorher ist ausgeblendet; es ist noch da."
NO_REGIONS = (
    "Dieser Server weiß nicht, was im Gesicht wo ist; darum kommt es als eine Ebene. Mit einem neueren Modell geht es."
)


def left_alone(layers: List[str]) -> str:
    """Verändert oder gesperrt, und darum in Ruhe gelassen."""
    return f"Unverändert, weil bemalt oder gesperrt: {', '.join(names.short(layer) for layer in layers)}."


def kept(layer: str) -> str:
    """Behalten."""
    return f"Behalten auf der ausgeblendeten Ebene „{names.short(layer)}“, gleich unter dem Gesicht."


def thick_brush(now: float, better: float) -> str:
    """Der Pinsel füllt Augen und Mund."""
    wanted = max(1, better)
    return f"Dein Pinsel von {now:.0f} px füllt Augen und Mund eines so großen Kopfes: Besser sind {wanted:.0f} px."


def done(milliseconds: float) -> str:
    """Das Gesicht ist da."""
    if milliseconds < 1000:
        return f"Fertig in {milliseconds:.0f} ms."
    return f"Fertig in {numbers.decimal(milliseconds / 1000)} s."


def times(server: Dict[str, float], total: float) -> str:
    """Wo die Zeit blieb."""
    model, served = server.get("model", 0.0), server.get("total", 0.0)
    return f"Modell {model:.0f} ms, Server {served:.0f} ms, zusammen {total:.0f} ms"
