"""Texte auf Deutsch. Namen von Ebenen fehlen mit Absicht, siehe language."""

import time
from typing import Any, Dict, List, Optional

from . import names

GENERATE = "Gesicht erzeugen"
GENERATE_TIP = "Aus den Linien dieser Ebene ein Gesicht machen, oder das vorhandene erneuern"
NEW_LAYER = "Neue Ebene"
NEW_LAYER_ACTION = "Gesicht auf einer neuen Ebene erzeugen"
NEW_LAYER_TIP = "Aus den Linien dieser Ebene noch ein Gesicht machen, auf einer eigenen Ebene"
CANCEL = "Abbrechen"

LIVE = "Live"
LIVE_ACTION = "Gesicht live"
LIVE_TIP = "Das Gesicht nach jedem Strich auf dieser Ebene erneuern; Escape beendet es"
KEEP = "Behalten"
KEEP_ACTION = "Dieses Gesicht behalten"
KEEP_TIP = "Eine Kopie des Gesichts auf einer eigenen Ebene behalten, die nichts erneuert"

SHOW_FACE_ACTION = "Gesicht zeigen oder ausblenden"
SHOW_FACE_TIP = "Das Gesicht der gewählten Zeichnung, oder das von Live, zeigen oder ausblenden (F8)"
FACE_SHOWN = "Das Gesicht ist wieder zu sehen."
FACE_AWAY = "Das Gesicht ist ausgeblendet. F8 oder das Auge bringt es zurück."
FACE_HIDDEN = "Seine Ebene oder eine Gruppe darum ist ausgeblendet: Blende sie ein, um das Gesicht zu sehen."

IDLE = "Zeichne ein Gesicht auf eine Malebene und klicke auf „Gesicht erzeugen“."
STARTING_SERVER = "Der Gesichtsserver startet…"
LOADING_MODEL = "Das Modell wird geladen…"
GENERATING = "Das Gesicht entsteht…"
WAITING_FOR_KRITA = "Warten, bis dein Strich zu Ende ist, oder was Krita gerade tut…"
KRITA_BUSY = "Krita ist noch mit einem Strich oder einem Werkzeug beschäftigt. Beende das und versuche es noch einmal."
WAITING_FOR_TOOL = "Warten auf das Transformationswerkzeug: Schließe es mit Enter ab, oder nimm ein anderes…"
CANCELLED = "Abgebrochen."

LIVE_ON = "Live: Zeichne, das Gesicht folgt. Escape beendet es."
LIVE_OFF = "Live ist aus."
LIVE_SERVER_LOST = "Der Gesichtsserver hat aufgehört. Live geht weiter, sobald er wieder da ist."
LIVE_FACE_GONE = "Live ist aus, weil die Ebene des Gesichts gelöscht wurde. Schalte es für ein neues wieder ein."
LIVE_FACE_CHANGED = "Live ist aus, weil das Gesicht verändert oder gesperrt wurde. Schalte es für ein neues wieder ein."
NOTHING_TO_KEEP = "Diese Ebene hat noch kein Gesicht. Klicke zuerst auf „Gesicht erzeugen“."

LOCK_FRAME = "Rahmen sperren"
LOCK_FRAME_ACTION = "Rahmen des Gesichts sperren"
LOCK_FRAME_TIP = "Das Gesicht bleibt, wo es ist, was du auch dazuzeichnest; eine Auswahl geht weiterhin vor"
ADD_GUIDE = "Hilfslinien"
ADD_GUIDE_ACTION = "Hilfslinien für das Gesicht hinzufügen"
ADD_GUIDE_TIP = (
    "Rahmen sperren, dazu eine Ebene mit blassen Linien für Augen, Mund und Kinn. Sie gilt nie als Zeichnung"
)
GUIDE_ADDED = "Die Hilfslinien zeigen, wo Augen, Mund und Kinn hingehören. Der Rahmen ist darauf gesperrt."
GUIDE_CHOSEN = "Das sind die Hilfslinien. Wähle die Ebene mit deiner Zeichnung."
FRAME_LOCKED = "Der Rahmen ist gesperrt: Das Gesicht bleibt, wo es ist."
FRAME_FREE = "Der Rahmen ist frei: Die Zeichnung sagt, wo das Gesicht sitzt."
FRAME_UNKNOWN = "Erzeuge zuerst ein Gesicht, oder wähle aus, wo es sitzen soll; dann sperre den Rahmen."
FRAME_FROM_SELECTION = "Rahmen: die Auswahl"
FRAME_FROM_LOCK = "Rahmen: gesperrt"
FRAME_FROM_FACE = "Rahmen: wo das Gesicht ist"
FRAME_FROM_DRAWING = "Rahmen: wie gezeichnet"

MANUAL_PAGE = "manual_de.html"
MANUAL_TITLE = "DeepFacePencil: Handbuch"
MANUAL_ACTION = "DeepFacePencil: Handbuch"
MANUAL_TIP = "Das Handbuch"

SETTINGS_TITLE = "DeepFacePencil: Einstellungen"
SETTINGS_ACTION = "DeepFacePencil: Einstellungen…"
SETTINGS_TIP = "Welcher Gesichtsserver, wie schnell Live ist, wie viel Verlauf bleibt"
SERVER_HERE = "Gesichter entstehen auf diesem Computer"
SERVER_THERE = "Gesichter macht ein Server auf einem anderen Computer"
ADDRESS = "Adresse"
ADDRESS_ODD = "Die Adresse muss aussehen wie https://studio.example:7878, mit dem Port."
TOKEN = "Token"
TOKEN_UNKNOWN = "Der Gesichtsserver kennt dieses Token nicht. Gib das ein, mit dem er gestartet wurde."
TOKEN_ODD = "Das Token muss ein Wort sein, das aus der Datei, mit der der Server gestartet wurde (--token-file)."
CERTIFICATE = "Zertifikat"
CERTIFICATE_EXAMPLE = "nur für eines, das keine Stelle unterschrieben hat"
CERTIFICATE_FILES = "Zertifikate (*.pem *.crt *.cer);;Alle Dateien (*)"
CERTIFICATE_MISSING = "Die Zertifikatsdatei ist nicht da. Wähle sie neu, oder lass die Zeile leer."
CHOOSE_FILE = "Wählen…"
TRY_SERVER = "Ausprobieren"
TRYING = "Der Server wird gefragt…"
LIVE_DELAY = "Live wartet nach einem Strich"
HISTORY_SIZE = "Verlauf in der Datei jedes Bildes"
SHORTCUTS = "Tastenkürzel: Einstellungen ▸ Krita einrichten ▸ Tastenkürzel ▸ Skripte ▸ DeepFacePencil."
DETAILS = "Einzelheiten"
DETAILS_TIP = "Wo die Zeit blieb, oder was der Gesichtsserver zuletzt gesagt hat"

REALISM = "Realismus"
CONFORMANCE = "Treue"
TRUST_TIP = (
    "Wie genau deine Linien gemeint sind: Links darf das Modell sie biegen, rechts hält es sich an sie. In der Mitte, "
    "wohin ein Doppelklick führt, entscheidet das Modell Linie für Linie"
)
ADD_TRUST = "Trust-Ebene"
ADD_TRUST_ACTION = "Eine Trust-Ebene hinzufügen"
ADD_TRUST_TIP = (
    "Eine Ebene, auf der du malst, wo Linien genau gemeint sind (grün) und wo locker (rot), je kräftiger, desto mehr. "
    "Ausgeblendet zählt sie nicht"
)
TRUST_ADDED = "Male grün, wo deine Linien genau gemeint sind, rot, wo locker. Zur Zeichnung gehört es nicht."
TRUST_THERE = "Die Trust-Ebene ist schon da und jetzt gewählt. Male grün für genau, rot für locker."
TRUST_ADDED_GRAY = "Male weiß, wo deine Linien genau gemeint sind, schwarz, wo locker. Zur Zeichnung gehört es nicht."
TRUST_THERE_GRAY = "Die Trust-Ebene ist schon da und jetzt gewählt. Male weiß für genau, schwarz für locker."
TRUST_CHOSEN = "Das ist die Trust-Ebene. Wähle die Ebene mit deiner Zeichnung."
ATTENTION = "Lesart"
ATTENTION_TIP = "Wie das Modell deine Linien gelesen hat: blau, wo es ihnen folgte, gelb, wo es sie lockerte"
ATTENTION_LAYER = "Als Ebene"
ATTENTION_LAYER_ACTION = "Auf einer Ebene zeigen, wo Linien gelockert wurden"
ATTENTION_LAYER_TIP = "Diese Karte auf eine eigene Ebene über dem Gesicht legen"
ATTENTION_ADDED = "Blau: Das Modell folgte der Linie. Gelb: Es lockerte sie."
NO_ATTENTION = "Schalte „Lesart“ ein und erzeuge dann ein Gesicht."

BATCH = "Mehrere Ebenen"
BATCH_ACTION = "Gesichter für mehrere Ebenen erzeugen"
BATCH_TIP = (
    "Ein Gesicht für jede ausgewählte Ebene, oder jede Ebene der gewählten Gruppe, oder jedes Schlüsselbild der "
    "gewählten Ebene, oder jede sichtbare Ebene; der Pfeil lässt dich wählen. Was aktuell ist, bleibt. Das Gesicht "
    "jeder Ebene ist ein eigener Schritt zum Zurücknehmen, die Gesichter von Schlüsselbildern sind einer"
)
BATCH_ACTIONS = {
    "selected": "Gesichter für die ausgewählten Ebenen erzeugen",
    "group": "Gesichter für die Ebenen dieser Gruppe erzeugen",
    "visible": "Gesichter für die sichtbaren Ebenen erzeugen",
    "keyframes": "Gesichter für die Schlüsselbilder dieser Ebene erzeugen",
}
SAME_PLACE = "Alle an derselben Stelle"
SAME_PLACE_TIP = "Alle Gesichter sitzen, wo das erste sitzt, damit eine Figur ihren Platz behält"
PAUSE = "Pause"
PAUSE_TIP = "Nach dem Gesicht warten, das gerade entsteht; noch einmal, und es geht weiter"
STOP_BATCH = "Anhalten"
STOP_TIP = "Keine weiteren Gesichter; neu gestartet geht es mit denen weiter, die fehlen"
NOTHING_FOR_BATCH = "Keine Ebene hier enthält eine Zeichnung von dir. Wähle mehrere Ebenen aus, oder eine Gruppe."
NO_KEYFRAMES = "Diese Ebene hat keine Schlüsselbilder. Wähle eine animierte Malebene mit deinen Zeichnungen."
LAYER_LOCKED = "Sie ist gesperrt. Entsperre sie zuerst."

NO_DOCUMENT = "Es ist kein Bild offen. Öffne eines und zeichne zuerst ein Gesicht."
NO_LAYER = "Es ist keine Ebene gewählt. Wähle die Ebene mit deiner Zeichnung."
NOT_PAINT_LAYER = {
    "grouplayer": "Das ist eine Gruppe. Wähle die Malebene mit deiner Zeichnung darin.",
    "vectorlayer": "Das ist eine Vektorebene. Zeichne auf eine Malebene, oder wandle diese in eine um.",
}
OTHER_LAYER = "Diese Ebene hat keine eigenen Pinselstriche. Wähle die Malebene mit deiner Zeichnung."
GROUP_LOCKED = "Die Gruppe um diese Ebene ist gesperrt. Entsperre sie, damit das Gesicht hineinkann."
EMPTY_FRAME = "In diesem Schlüsselbild ist nichts gezeichnet."
EMPTY_LAYER = "Diese Ebene ist leer. Zeichne zuerst ein Gesicht darauf."
OUTSIDE_CANVAS = "Die Zeichnung liegt außerhalb der Leinwand. Schiebe sie zuerst hinein."
NOTHING_IN_FRAME = "Im gesperrten Rahmen ist nichts gezeichnet. Zeichne hinein, oder entsperre ihn."
NOTHING_IN_SHARED = "Wo die anderen Gesichter sitzen, ist nichts gezeichnet. Lass jedem seine eigene Stelle."
SELECTION_SMALL = "Die Auswahl ist zu klein für ein Gesicht. Wähle mindestens 16 Pixel aus, oder nichts."
NOTHING_SELECTED = "In der Auswahl ist nichts gezeichnet. Wähle das Gesicht aus, oder gar nichts."
CANNOT_CONVERT = "Krita konnte die Farben dieses Bildes nicht umwandeln. Wandle es zuerst in RGB, 8 Bit, um."

SERVER_MISSING = (
    "Der Gesichtsserver ist nicht installiert. Rufe „pip install deepfacepencil-krita“ und „dfp-krita install“ auf "
    "und starte Krita neu."
)
SERVER_LOST = "Der Gesichtsserver hat mitten in der Arbeit aufgehört. „Gesicht erzeugen“ startet ihn wieder."
SERVER_SILENT = "Der Gesichtsserver antwortet nicht mehr. „Gesicht erzeugen“ startet ihn wieder."
SERVER_SLOW = "Der Gesichtsserver war nach drei Minuten nicht bereit. „Gesicht erzeugen“ versucht es noch einmal."
SERVER_ODD = "Der Gesichtsserver gab eine Antwort, die hier niemand versteht. Installiere beide neu."

DOCUMENT_CLOSED = "Das Bild wurde geschlossen, sein Gesicht ist verworfen."
FACE_CHANGED = "Das alte Gesicht wurde verändert oder gesperrt, darum hat das neue eine eigene Ebene."
CANVAS_CHANGED = "Die Leinwand wurde inzwischen beschnitten oder skaliert. Erzeuge das Gesicht noch einmal."
LAYER_DELETED = "Die Ebene der Zeichnung wurde gelöscht, ihr Gesicht ist verworfen."


def kept(layer: str) -> str:
    """Behalten."""
    return f"Behalten auf der ausgeblendeten Ebene „{names.short(layer)}“, gleich unter dem Gesicht."


def settings_not_saved(reason: str) -> str:
    """Einstellungen nicht gespeichert."""
    return f"Die Einstellungen konnten nicht gespeichert werden: {reason}. Die alten gelten."


def server_found(device: str) -> str:
    """Der eingetragene Server antwortet."""
    return "Der Server antwortet{}.".format(f" und zeichnet auf {device}" if device else ", sein Modell lädt noch")


def server_not_found(reason: str) -> str:
    """Der eingetragene Server antwortet nicht."""
    return reason or "Dort antwortet niemand. Prüfe Adresse und Zertifikat, und ob der Server läuft."


def remote_silent(reason: str) -> str:
    """Der Server auf dem anderen Computer antwortet nicht."""
    return reason or "Der Gesichtsserver auf dem anderen Computer antwortet nicht. Sieh nach ihm, oder ändere das hier."


def batch_goes_on(done: int, count: int, seconds_left: Optional[float]) -> str:
    """Wie weit es ist."""
    rest = "" if seconds_left is None else f", noch etwa {max(1, round(seconds_left))} s"
    return f"Gesicht {done} von {count}{rest}"


def batch_paused(done: int, count: int) -> str:
    """Es wartet."""
    return f"Pause nach Gesicht {done} von {count}."


def batch_done(made: int, ready: int, failed: List[str], empty: int = 0) -> str:
    """Am Ende."""
    told = ["ein Gesicht gemacht" if made == 1 else f"{made} Gesichter gemacht"]
    if ready:
        told.append(f"{ready} aktuell")
    if empty:
        told.append(f"{empty} leer")
    if failed:
        told.append(f"{len(failed)} nicht verwendbar (siehe Einzelheiten)")
    sentence = ", ".join(told) + "."
    return sentence[0].upper() + sentence[1:]


def batch_cancelled(made: int, ready: int, failed: List[str], empty: int = 0) -> str:
    """Angehalten."""
    return f"Angehalten: {batch_done(made, ready, failed, empty)} Neu gestartet geht es weiter."


def batch_choice(choice: str, name: str, count: int) -> str:
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


def frame_at(left: int, top: int, width: int, height: int) -> str:
    """Wo das Gesicht sitzt."""
    return f"{width}x{height} Pixel bei {left}, {top}"


def live_waits(sentence: str) -> str:
    """Der Server hat Schwierigkeiten, während Live an ist."""
    return f"{sentence} Live versucht es weiter."


def live_done(milliseconds: float) -> str:
    """Live hat das Gesicht erneuert."""
    return f"Live: in {_number(milliseconds / 1000)} s erneuert."


def done(milliseconds: float) -> str:
    """Das Gesicht ist da."""
    if milliseconds < 1000:
        return f"Fertig in {milliseconds:.0f} ms."
    return f"Fertig in {_number(milliseconds / 1000)} s."


def times(server: Dict[str, float], total: float) -> str:
    """Wo die Zeit blieb."""
    model, served = server.get("model", 0.0), server.get("total", 0.0)
    return f"Modell {model:.0f} ms, Server {served:.0f} ms, zusammen {total:.0f} ms"


def server_did_not_start(reason: str) -> str:
    """Der Server endete, bevor er bereit war."""
    return "Der Gesichtsserver konnte nicht starten: {}".format(reason or "Er endete ohne ein Wort.")


def server_cannot_work(message: str) -> str:
    """Der Server läuft, aber ohne Modell."""
    return message or "Der Gesichtsserver konnte sein Modell nicht laden. Installiere ihn neu."


HISTORY = "Verlauf"
HISTORY_TIP = (
    "Jedes Gesicht dieses Bildes mit der Skizze, aus der es entstand, in der Datei des Bildes. Live fügt eines hinzu, "
    "wenn die Skizze fünf Sekunden ruht, wenn du ein Gesicht behältst und wenn Live endet. Die ältesten gehen zuerst; "
    "hefte an, was bleiben soll"
)
HISTORY_PREVIEW_TIP = "Beim Vergleichen: Zieh die Linie. Im Bild ändert sich nichts"
HISTORY_APPLY = "Anwenden"
HISTORY_APPLY_TIP = "Dieses Gesicht zu einer Ebene über seiner Skizze machen, in einem Schritt"
HISTORY_RESTORE = "Skizze zurück"
HISTORY_RESTORE_TIP = "Die Linien dieses Gesichts auf eine neue Ebene holen; deine Skizze bleibt, wie sie ist"
HISTORY_AGAIN = "Noch einmal"
HISTORY_AGAIN_TIP = "Dieses Gesicht aus denselben Linien noch einmal machen und sehen, ob es dasselbe wird"
HISTORY_COMPARE = "Vergleichen"
HISTORY_COMPARE_TIP = "Mit dem Gesicht davor vergleichen, oder ein anderes anklicken; zieh die Linie in der Vorschau"
HISTORY_PIN = "Anheften"
HISTORY_PIN_TIP = "Dieses Gesicht behalten, so voll der Verlauf auch wird"
HISTORY_DELETE = "Löschen"
HISTORY_DELETE_TIP = "Dieses Gesicht aus dem Verlauf nehmen; Ebenen bleiben"
HISTORY_BRING_BACK = "Gelöschtes zurückholen"
HISTORY_SPOILED = "Dieses Stück des Verlaufs ist beschädigt und lässt sich nicht zeigen. Die anderen bleiben."
HISTORY_NO_MEMORY = "Für den Verlauf ist zu wenig Speicher da. Schließe andere Bilder und versuche es noch einmal."
HISTORY_FULL = "Der Verlauf ist voll, dieses Gesicht fehlt darin. Löse einige, oder erlaube in den Einstellungen mehr."
HISTORY_SAME = "Wieder dasselbe Gesicht, Pixel für Pixel."
HISTORY_SAME_OTHER_MODEL = "Das Modell ist seitdem ein anderes, macht aber dasselbe Gesicht, Pixel für Pixel."
HISTORY_DIFFERS = (
    "Dasselbe Modell, doch andere Pixel: Es lief auf einem anderen Gerät. Das neue Gesicht ist im Verlauf."
)
HISTORY_ORIGINS = {
    "generate": "Erzeugt",
    "new layer": "Auf einer neuen Ebene erzeugt",
    "live": "Live gezeichnet",
    "again": "Noch einmal gemacht",
    "batch": "Für mehrere Ebenen gemacht",
}


def history_model_changed(before: str, now: str) -> str:
    """Ein anderes Modell."""
    return f"Das Modell ist ein anderes ({before[:8]} damals, {now[:8]} jetzt). Was es jetzt macht, ist im Verlauf."


def history_applied(layer: str) -> str:
    """Ein Gesicht wurde zur Ebene."""
    return f"Das Gesicht ist auf der Ebene „{names.short(layer)}“."


def history_restored(layer: str) -> str:
    """Eine Skizze wurde zur Ebene."""
    return f"Die Skizze ist auf der neuen Ebene „{names.short(layer)}“."


def history_tip(entry: Any) -> str:
    """Wie ein Gesicht entstand."""
    trust = entry.options.get("trust")
    told = [f"Treue {trust:g}"] if isinstance(trust, (int, float)) and trust else []
    told += ["Trust-Ebene"] if isinstance(entry.options.get("trust_mask"), dict) else []
    lines = [
        time.strftime("%d.%m.%Y %H:%M:%S", time.localtime(entry.seconds)),
        f"{HISTORY_ORIGINS.get(entry.origin, entry.origin)} aus „{names.short(entry.sketch_name)}“",
        frame_at(*entry.face_place),
        *([", ".join(told)] if told else []),
        f"Modell {entry.model[:12]}",
        *(["Angeheftet"] if entry.pinned else []),
    ]
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
