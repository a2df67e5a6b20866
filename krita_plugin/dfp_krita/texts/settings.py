"""Texts about the settings."""

TITLE = "DeepFacePencil settings"
ACTION = "DeepFacePencil settings…"
TIP = "Which face server, how quick live is, how much history is kept"
SERVER_HERE = "Faces are made on this computer"
SERVER_THERE = "Faces are made by a server on another computer"
ADDRESS = "Address"
ADDRESS_EXAMPLE = "https://studio.example:7878"
ADDRESS_ODD = "The address must look like https://studio.example:7878, with the port."
TOKEN = "Token"
TOKEN_ODD = "The token must be one word, the one in the file that the server was started with (--token-file)."
CERTIFICATE = "Certificate"
CERTIFICATE_EXAMPLE = "only for one that no authority has signed"
CERTIFICATE_FILES = "Certificates (*.pem *.crt *.cer);;All files (*)"
CERTIFICATE_MISSING = "The certificate file is not there. Choose it again, or leave the line empty."
CHOOSE_FILE = "Choose…"
TRY_SERVER = "Try it"
TRYING = "Asking the server…"
LIVE_DELAY = "Live waits after a stroke"
HISTORY_SIZE = "History in each picture's file"
SHORTCUTS = "Shortcuts are set in Settings ▸ Configure Krita ▸ Keyboard Shortcuts ▸ Scripts ▸ DeepFacePencil."


def not_saved(reason: str) -> str:
    """The settings file could not be written."""
    return f"The settings could not be kept: {reason}. The old ones hold."


def server_found(device: str) -> str:
    """The server that the painter has entered answers."""
    return "The server answers{}.".format(f" and draws on {device}" if device else ", its model is still loading")


def server_not_found(reason: str) -> str:
    """The server that the painter has entered does not answer, or says no."""
    return reason or "Nobody answers there. Check address and certificate, and that the server runs."
