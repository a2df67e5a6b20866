"""Texte zu den Einstellungen."""

TITLE = "DeepFacePencil: Einstellungen"
ACTION = "DeepFacePencil: Einstellungen…"
TIP = "Welcher Gesichtsserver, wie schnell Live ist, wie viel Verlauf bleibt"
SERVER_HERE = "Gesichter entstehen auf diesem Computer"
SERVER_THERE = "Gesichter macht ein Server auf einem anderen Computer"
ADDRESS = "Adresse"
ADDRESS_ODD = "Die Adresse muss aussehen wie https://studio.example:7878, mit dem Port."
TOKEN = "Token"
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


def not_saved(reason: str) -> str:
    """Einstellungen nicht gespeichert."""
    return f"Die Einstellungen konnten nicht gespeichert werden: {reason}. Die alten gelten."


def server_found(device: str) -> str:
    """Der eingetragene Server antwortet."""
    return "Der Server antwortet{}.".format(f" und zeichnet auf {device}" if device else ", sein Modell lädt noch")


def server_not_found(reason: str) -> str:
    """Der eingetragene Server antwortet nicht."""
    return reason or "Dort antwortet niemand. Prüfe Adresse und Zertifikat, und ob der Server läuft."
