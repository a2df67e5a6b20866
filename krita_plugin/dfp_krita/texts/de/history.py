"""Texte zum Verlauf."""

import time
from typing import Any

from .. import colours, names
from . import frame

TITLE = "Verlauf"
SECTION_TIP = (
    "Jedes Gesicht dieses Bildes mit der Skizze, aus der es entstand, in der Datei des Bildes. Live fügt eines hinzu, "
    "wenn die Skizze fünf Sekunden ruht, wenn du ein Gesicht behältst und wenn Live endet. Die ältesten gehen zuerst; "
    "hefte an, was bleiben soll"
)
PREVIEW_TIP = "Beim Vergleichen: Zieh die Linie. Im Bild ändert sich nichts"
APPLY = "Anwenden"
APPLY_TIP = "Dieses Gesicht zu einer Ebene über seiner Skizze machen, in einem Schritt"
RESTORE = "Skizze zurück"
RESTORE_TIP = "Die Linien dieses Gesichts auf eine neue Ebene holen; deine Skizze bleibt, wie sie ist"
AGAIN = "Noch einmal"
AGAIN_TIP = "Dieses Gesicht aus denselben Linien noch einmal machen und sehen, ob es dasselbe wird"
COMPARE = "Vergleichen"
COMPARE_TIP = "Mit dem Gesicht davor vergleichen, oder ein anderes anklicken; zieh die Linie in der Vorschau"
PIN = "Anheften"
PIN_TIP = "Dieses Gesicht behalten, so voll der Verlauf auch wird"
DELETE = "Löschen"
DELETE_TIP = "Dieses Gesicht aus dem Verlauf nehmen; Ebenen bleiben"
BRING_BACK = "Gelöschtes zurückholen"
SPOILED = "Dieses Stück des Verlaufs ist beschädigt und lässt sich nicht zeigen. Die anderen bleiben."
NO_MEMORY = "Für den Verlauf ist zu wenig Speicher da. Schließe andere Bilder und versuche es noch einmal."
FULL = "Der Verlauf ist voll, dieses Gesicht fehlt darin. Löse einige, oder erlaube in den Einstellungen mehr."
SAME = "Wieder dasselbe Gesicht, Pixel für Pixel."
SAME_OTHER_MODEL = "Das Modell ist seitdem ein anderes, macht aber dasselbe Gesicht, Pixel für Pixel."
DIFFERS = "Dasselbe Modell, doch andere Pixel: Es lief auf einem anderen Gerät. Das neue Gesicht ist im Verlauf."
ORIGINS = {
    "generate": "Erzeugt",
    "new layer": "Auf einer neuen Ebene erzeugt",
    "live": "Live gezeichnet",
    "again": "Noch einmal gemacht",
    "batch": "Für mehrere Ebenen gemacht",
}


def model_changed(before: str, now: str) -> str:
    """Ein anderes Modell."""
    return f"Das Modell ist ein anderes ({before[:8]} damals, {now[:8]} jetzt). Was es jetzt macht, ist im Verlauf."


def applied(layer: str) -> str:
    """Ein Gesicht wurde zur Ebene."""
    return f"Das Gesicht ist auf der Ebene „{names.short(layer)}“."


def restored(layer: str) -> str:
    """Eine Skizze wurde zur Ebene."""
    return f"Die Skizze ist auf der neuen Ebene „{names.short(layer)}“."


def tip(entry: Any) -> str:
    """Wie ein Gesicht entstand."""
    trust = entry.options.get("trust")
    told = [f"Treue {trust:g}"] if isinstance(trust, (int, float)) and trust else []
    told += ["Trust-Ebene"] if isinstance(entry.options.get("trust_mask"), dict) else []
    told += ["Farbebene"] if entry.painted else []
    lines = [
        time.strftime("%d.%m.%Y %H:%M:%S", time.localtime(entry.seconds)),
        f"{ORIGINS.get(entry.origin, entry.origin)} aus „{names.short(entry.sketch_name)}“",
        frame.size_and_corner(*entry.face_place),
        *([", ".join(told)] if told else []),
        *colours.chosen(entry.options.get("palette"), entry.options.get("seed")),
        f"Modell {entry.model[:12]}",
        *(["Angeheftet"] if entry.pinned else []),
    ]
    return "\n".join(lines)
