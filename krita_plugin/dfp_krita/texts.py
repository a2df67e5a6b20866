"""Every text that a painter can see, in one place: sentences say what happened and what to do."""

from typing import Dict

TITLE = "DeepFacePencil"
GENERATE = "Generate face"
GENERATE_TIP = "Turn the lines on this layer into a face on a new layer"
CANCEL = "Cancel"

IDLE = "Draw a face on a paint layer, then click Generate face."
STARTING_SERVER = "Starting the face server…"
LOADING_MODEL = "Loading the face model…"
GENERATING = "Generating…"
WAITING_FOR_KRITA = "Waiting for your stroke to end…"
CANCELLED = "Cancelled."

NO_DOCUMENT = "No picture is open. Open one and draw a face first."
NO_LAYER = "No layer is chosen. Choose the layer with your drawing."
NOT_PAINT_LAYER = {
    "grouplayer": "This is a group. Choose the paint layer with your drawing inside it.",
    "vectorlayer": "This is a vector layer. Draw on a paint layer, or convert this one to a paint layer.",
}
OTHER_LAYER = "This layer has no brush lines of its own. Choose the paint layer with your drawing."
GROUP_LOCKED = "The group around this layer is locked. Unlock it so that the face can be added."
EMPTY_LAYER = "This layer is empty. Draw a face on it first."
OUTSIDE_CANVAS = "The drawing lies outside the canvas. Move it inside first."
NOTHING_SELECTED = "Nothing is drawn inside the selection. Select the face, or select nothing."
TOO_LARGE = "The drawing is larger than 8192 pixels. Select the face, at most 8192 pixels wide and high."
CANNOT_CONVERT = "Krita could not convert the colors of this picture. Convert it to RGB, 8 bit, first."

SERVER_MISSING = (
    "The face server is not installed. Run “pip install deepfacepencil-krita” and “dfp-krita install”, "
    "then restart Krita."
)
SERVER_LOST = "The face server stopped while it was working. Click Generate face to start it again."
SERVER_SILENT = "The face server does not answer any more. Click Generate face to start it again."
SERVER_SLOW = "The face server did not become ready in three minutes. Click Generate face to try again."
SERVER_ODD = "The face server gave an answer that this plugin does not understand. Install both anew."

DOCUMENT_CLOSED = "The picture was closed, so its face was dropped."
LAYER_DELETED = "The drawing's layer was deleted, so its face was dropped."


def face_layer_name(sketch: str) -> str:
    """The name of the new layer."""
    return f"Face · {sketch}"


def done(milliseconds: float) -> str:
    """After the face was placed."""
    if milliseconds < 1000:
        return f"Done in {milliseconds:.0f} ms."
    return f"Done in {milliseconds / 1000:.1f} s."


def times(server: Dict[str, float], total: float) -> str:
    """Where the time went, for whoever asks: the model alone, all of the server, from click to layer."""
    model, served = server.get("model", 0.0), server.get("total", 0.0)
    return f"model {model:.0f} ms, server {served:.0f} ms, total {total:.0f} ms"


def since(what: str, seconds: int) -> str:
    """A step that takes its time says for how long."""
    return f"{what} {seconds} s" if seconds >= 2 else what


def server_did_not_start(reason: str) -> str:
    """The server's program ended before it was ready."""
    return "The face server could not start: {}".format(reason or "it ended without a word.")


def server_cannot_work(message: str) -> str:
    """The server runs, but its model could not be loaded; `message` is its own sentence."""
    return message or "The face server could not load its model. Install it anew."
