"""Texte zum Gesichtsserver."""

STARTING = "Der Gesichtsserver startet…"
LOADING_MODEL = "Das Modell wird geladen…"
TOKEN_UNKNOWN = "Der Gesichtsserver kennt dieses Token nicht. Gib das ein, mit dem er gestartet wurde."

DOUBT = (
    "Das sieht nicht nach einem Gesicht von vorn aus: Augen, Nase und Mund waren nicht dort zu finden, wo sie wären. "
    "Das Gesicht kann misslingen."
)
LOST = "Der Gesichtsserver hat mitten in der Arbeit aufgehört. „Gesicht erzeugen“ startet ihn wieder."
SILENT = "Der Gesichtsserver antwortet nicht mehr. „Gesicht erzeugen“ startet ihn wieder."
SLOW = "Der Gesichtsserver war nach drei Minuten nicht bereit. „Gesicht erzeugen“ versucht es noch einmal."
ODD = "Der Gesichtsserver gab eine Antwort, die hier niemand versteht. Installiere beide neu."


def missing(installer: str, program: str) -> str:
    """Kein Server ist installiert."""
    return (
        f"Der Gesichtsserver ist nicht installiert. Rufe „pip install deepfacepencil-krita“ und „{installer} install“ "
        f"auf und starte {program} neu."
    )


def remote_silent(reason: str) -> str:
    """Der Server auf dem anderen Computer antwortet nicht."""
    return reason or "Der Gesichtsserver auf dem anderen Computer antwortet nicht. Sieh nach ihm, oder ändere das hier."


def did_not_start(reason: str) -> str:
    """Der Server endete, bevor er bereit war."""
    return "Der Gesichtsserver konnte nicht starten: {}".format(reason or "Er endete ohne ein Wort.")


def cannot_work(message: str) -> str:
    """Der Server läuft, aber ohne Modell."""
    return message or "Der Gesichtsserver konnte sein Modell nicht laden. Installiere ihn neu."
