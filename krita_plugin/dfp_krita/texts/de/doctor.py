"""Texte zur Prüfung der Installation. Was gefunden wurde, sagt `dfp doctor` selbst, auf Englisch."""

OPEN = "Installation prüfen…"
OPEN_TIP = "Programm, Modell, Server und Plugin ansehen und sagen, wie sich beheben lässt, was nicht stimmt"
TITLE = "DeepFacePencil: Prüfung der Installation"
STARTING = "Die Prüfung beginnt…"
STOPPED = "Abgebrochen. Was bis dahin gefunden war:"
WRONG = "Zu beheben"
WARNINGS = "Könnte besser sein"
GOOD = "In Ordnung"
AGAIN = "Noch einmal prüfen"
STOP = "Abbrechen"
COPY = "Bericht kopieren"
COPY_TIP = "Zum Einfügen in eine Fehlermeldung: ohne Namen, ohne deine Ordner, ohne Token"
COPIED = "Der Bericht kann jetzt eingefügt werden. Namen, deine Ordner und Token stehen nicht darin."
MISSING = (
    "Das Programm dfp, das prüfen würde, ist nicht installiert. Führe „pip install deepfacepencil-krita“ und "
    "„dfp-krita install“ aus und starte Krita neu."
)


def looking(title: str, number: int, of: int) -> str:
    """Was gerade angesehen wird."""
    return f"Prüfung {number} von {of}: {title}…"


def ended(wrong: int, warnings: int) -> str:
    """Wie es steht."""
    if wrong:
        return "Eines ist zu beheben." if wrong == 1 else f"{wrong} Dinge sind zu beheben."
    if warnings:
        return f"Alles geht; {'eines könnte' if warnings == 1 else f'{warnings} Dinge könnten'} besser sein."
    return "Alles in Ordnung."


def failed(reason: str) -> str:
    """Die Prüfung kam nicht zum Ende."""
    said = "Die Prüfung kam nicht zum Ende{}.".format(f": {reason.rstrip('.')}" if reason else "")
    return said + " Führe „pip install deepfacepencil-krita“ und „dfp-krita install“ noch einmal aus, starte Krita neu."
