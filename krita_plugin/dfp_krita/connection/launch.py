"""Where `dfp-krita install` wrote down how to start the face server, and the environment to start it in."""

from pathlib import Path
from typing import Any

from krita_plugin.shared.launch import server_environment

from ..qt import QtCore

# Beside the plugin's folder, not in it: Krita's importer empties the folder when it brings a newer plugin.
NOTE = Path(__file__).resolve().parents[2] / "dfp_krita.json"


def process_environment() -> Any:
    """Krita's environment without what would lead the server's Python astray."""
    environment = QtCore.QProcessEnvironment()
    for name, value in server_environment().items():
        environment.insert(name, value)
    return environment
