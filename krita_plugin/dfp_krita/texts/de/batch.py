"""Texte zu Gesichtern für mehrere Ebenen."""

from typing import List, Optional, Sequence

from .. import names

START = "Mehrere Ebenen"
START_ACTION = "Gesichter für mehrere Ebenen erzeugen"
START_TIP = (
    "Ein Gesicht für jede ausgewählte Ebene, oder jede Ebene der gewählten Gruppe, oder jedes Schlüsselbild der "
    "gewählten Ebene, oder jede sichtbare Ebene; der Pfeil lässt dich wählen. Was aktuell ist, bleibt. Das Gesicht "
    "jeder Ebene ist ein eigener Schritt zum Zurücknehmen, die Gesichter von Schlüsselbildern sind einer"
)
ACTIONS = {
    "selected": "Gesichter für die ausgewählten Ebenen erzeugen",
    "group": "Gesichter für die Ebenen dieser Gruppe erzeugen",
    "visible": "Gesichter für die sichtbaren Ebenen erzeugen",
    "keyframes": "Gesichter für die Schlüsselbilder dieser Ebene erzeugen",
}
SAME_PLACE = "Alle an derselben Stelle"
SAME_PLACE_TIP = "Alle Gesichter sitzen, wo das erste sitzt, damit eine Figur ihren Platz behält"
PAUSE = "Pause"
PAUSE_TIP = "Nach dem Gesicht warten, das gerade entsteht; noch einmal, und es geht weiter"
STOP = "Anhalten"
STOP_TIP = "Keine weiteren Gesichter; neu gestartet geht es mit denen weiter, die fehlen"
NO_DRAWINGS = "Keine Ebene hier enthält eine Zeichnung von dir. Wähle mehrere Ebenen aus, oder eine Gruppe."
NO_KEYFRAMES = "Diese Ebene hat keine Schlüsselbilder. Wähle eine animierte Malebene mit deinen Zeichnungen."
LAYER_LOCKED = "Sie ist gesperrt. Entsperre sie zuerst."
EMPTY_FRAME = "In diesem Schlüsselbild ist nichts gezeichnet."
NO_GROUPS = "Gesichter von Schlüsselbildern kommen als eine Ebene, nie als Gruppe von Ebenen."
GO_ON = "Weitermachen"
GO_ON_TIP = "Die Gesichter machen, die fehlen, für dieselben Ebenen mit denselben Optionen und Paletten"
FORGET = "Vergessen"
FORGET_TIP = "Nicht mehr fragen; die Gesichter, die da sind, bleiben"
FORGOTTEN = "Vergessen. Die Gesichter, die da sind, bleiben."
ELSEWHERE = "Diese Arbeit ist nicht mehr da, oder ein anderes Krita macht mit ihr weiter."
NO_FILE = (
    "Dieses Bild hat noch keine Datei: stürzt Krita ab, geht es nur in dem weiter, was Krita von dem Bild "
    "wiederherstellt. Speichere es, dann ist es sicher."
)


def goes_on(done: int, count: int, seconds_left: Optional[float]) -> str:
    """Wie weit es ist."""
    rest = "" if seconds_left is None else f", noch etwa {max(1, round(seconds_left))} s"
    return f"Gesicht {done} von {count}{rest}"


def paused(done: int, count: int) -> str:
    """Es wartet."""
    return f"Pause nach Gesicht {done} von {count}."


def stopped(name: str, done: int, count: int, keyframes: bool) -> str:
    """Es brach ab."""
    picture = f"den Gesichtern für „{names.short(name)}“" if name else "den Gesichtern für dieses Bild"
    what = "Schlüsselbildern" if keyframes else "Ebenen"
    return f"Die Arbeit an {picture} blieb bei {done} von {count} {what} stehen. Weitermachen?"


def done(made: int, ready: int, failed: List[str], empty: int = 0, doubtful: Sequence[str] = ()) -> str:
    """Am Ende."""
    told = ["ein Gesicht gemacht" if made == 1 else f"{made} Gesichter gemacht"]
    if ready:
        told.append(f"{ready} aktuell")
    if empty:
        told.append(f"{empty} leer")
    if failed:
        told.append(f"{len(failed)} nicht verwendbar (siehe Einzelheiten)")
    if doubtful:
        told.append(f"{len(doubtful)} kaum ein Gesicht von vorn (siehe Einzelheiten)")
    sentence = ", ".join(told) + "."
    return sentence[0].upper() + sentence[1:]


def cancelled(made: int, ready: int, failed: List[str], empty: int = 0, doubtful: Sequence[str] = ()) -> str:
    """Angehalten."""
    return f"Angehalten: {done(made, ready, failed, empty, doubtful)} Neu gestartet geht es weiter."


def menu_line(choice: str, name: str, count: int) -> str:
    """Eine Zeile des Menüs."""
    named = f" von „{names.short(name)}“" if name else ""
    what = {
        "selected": "Ausgewählte Ebenen",
        "group": f"Ebenen{named}" if named else "Ebenen der Gruppe",
        "visible": "Sichtbare Ebenen",
        "keyframes": f"Schlüsselbilder{named}" if named else "Schlüsselbilder der Ebene",
    }
    return f"{what[choice]} ({count})" if count else what[choice]


def keyframe_name(layer: str, time: int) -> str:
    """Ein Schlüsselbild."""
    return f"{names.short(layer)}, Bild {time}"
