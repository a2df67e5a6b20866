"""Texte mit Zahlen."""


def decimal(value: float) -> str:
    """Mit einer Stelle hinter dem Komma."""
    return f"{value:.1f}".replace(".", ",")
