"""Texts about the face server and what it says."""

STARTING = "Starting the face server…"
LOADING_MODEL = "Loading the face model…"
TOKEN_UNKNOWN = "The face server does not know this token. Enter the one that it was started with."

DOUBT = (
    "This does not look like one face from the front: eyes, nose and mouth were not found where they would be. "
    "The face may come out wrong."
)
LOST = "The face server stopped while it was working. Click Generate face to start it again."
SILENT = "The face server does not answer any more. Click Generate face to start it again."
SLOW = "The face server did not become ready in three minutes. Click Generate face to try again."
ODD = "The face server gave an answer that this plugin does not understand. Install both anew."


def missing(installer: str, program: str) -> str:
    """No server is installed. `installer` puts our plug-in into the painter's `program`."""
    return (
        f"The face server is not installed. Run “pip install deepfacepencil-krita” and “{installer} install”, "
        f"then restart {program}."
    )


def remote_silent(reason: str) -> str:
    """The server on another computer does not answer, or says no."""
    return reason or "The face server on the other computer does not answer. See to it, or change the settings."


def did_not_start(reason: str) -> str:
    """The server's program ended before it was ready."""
    return "The face server could not start: {}".format(reason or "it ended without a word.")


def cannot_work(message: str) -> str:
    """The server runs, but its model could not be loaded; `message` is its own sentence."""
    return message or "The face server could not load its model. Install it anew."
