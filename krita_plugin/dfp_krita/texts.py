"""Every text that a painter can see, in one place: sentences say what happened and what to do."""

import time
from typing import Any, Dict, List, Optional

from . import names

TITLE = "DeepFacePencil"
GENERATE = "Generate face"
GENERATE_TIP = "Turn the lines on this layer into a face, or renew the face that they have"
NEW_LAYER = "New layer"
NEW_LAYER_ACTION = "Generate face on a new layer"
NEW_LAYER_TIP = "Turn the lines on this layer into one more face, on a layer of its own"
CANCEL = "Cancel"

LIVE = "Live"
LIVE_ACTION = "Live face"
LIVE_TIP = "Renew the face whenever a stroke on this layer ends; Escape stops it"
KEEP = "Keep"
KEEP_ACTION = "Keep this face"
KEEP_TIP = "Keep a copy of the face on a layer of its own, which nothing renews"

SHOW_FACE_ACTION = "Show or hide the face"
SHOW_FACE_TIP = "Show or hide the face of the drawing that is chosen, or that Live follows (F8)"
FACE_SHOWN = "The face is shown."
FACE_AWAY = "The face is hidden. Press F8, or the eye, and it is back."
FACE_HIDDEN = "Its layer, or a group around it, is hidden: show it to see the face."

IDLE = "Draw a face on a paint layer, then click Generate face."
STARTING_SERVER = "Starting the face server…"
LOADING_MODEL = "Loading the face model…"
GENERATING = "Generating…"
WAITING_FOR_KRITA = "Waiting until your stroke has ended, or what Krita does just now…"
KRITA_BUSY = "Krita is busy with a stroke or an open tool. End that, then try again."
WAITING_FOR_TOOL = "Waiting for the Transform tool: apply it with Enter, or choose another tool…"
CANCELLED = "Cancelled."

LIVE_ON = "Live: draw, and the face follows. Escape stops it."
LIVE_OFF = "Live is off."
LIVE_SERVER_LOST = "The face server stopped. Live goes on as soon as it is back."
LIVE_FACE_GONE = "Live is off, because the face's layer was deleted. Switch it on again for a new one."
LIVE_FACE_CHANGED = "Live is off, because the face was changed or locked. Switch it on again for a new one."
NOTHING_TO_KEEP = "This layer has no face yet. Click Generate face first."

LOCK_FRAME = "Lock frame"
LOCK_FRAME_ACTION = "Lock the face's frame"
LOCK_FRAME_TIP = "Keep the face where it is now, whatever you add to the drawing; a selection still goes first"
ADD_GUIDE = "Guide"
ADD_GUIDE_ACTION = "Add a guide for the face"
ADD_GUIDE_TIP = (
    "Lock the frame and add a layer with faint lines for eyes, mouth and chin. The guide is never taken for a drawing"
)
GUIDE_LAYER = "Guide · DeepFacePencil"
GUIDE_ADDED = "The guide shows where eyes, mouth and chin belong. The frame is locked to it."
GUIDE_CHOSEN = "This is the guide. Choose the layer with your drawing."
FRAME_LOCKED = "The frame is locked: the face stays where it is."
FRAME_FREE = "The frame is free: the drawing says where the face sits."
FRAME_UNKNOWN = "Generate a face first, or select where it shall sit; then lock the frame."
FRAME_FROM_SELECTION = "Frame: the selection"
FRAME_FROM_LOCK = "Frame: locked"
FRAME_FROM_FACE = "Frame: where the face is"
FRAME_FROM_DRAWING = "Frame: as drawn"

MANUAL_PAGE = "manual.html"  # its file beside this one
MANUAL_TITLE = "DeepFacePencil manual"
MANUAL_ACTION = "DeepFacePencil manual"
MANUAL_TIP = "The manual"

SETTINGS_TITLE = "DeepFacePencil settings"
SETTINGS_ACTION = "DeepFacePencil settings…"
SETTINGS_TIP = "Which face server, how quick live is, how much history is kept"
SERVER_HERE = "Faces are made on this computer"
SERVER_THERE = "Faces are made by a server on another computer"
ADDRESS = "Address"
ADDRESS_EXAMPLE = "https://studio.example:7878"
ADDRESS_ODD = "The address must look like https://studio.example:7878, with the port."
TOKEN = "Token"
TOKEN_UNKNOWN = "The face server does not know this token. Enter the one that it was started with."
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
DETAILS = "Details"
DETAILS_TIP = "Where the time went, or what the face server said last"

REALISM = "Realism"
CONFORMANCE = "Conformance"
TRUST_TIP = (
    "How exactly your lines are meant: to the left the model may bend them, to the right it keeps to them. "
    "In the middle, where a double click leads, the model decides line by line"
)
TRUST_LAYER = "Trust"
ADD_TRUST = "Trust layer"
ADD_TRUST_ACTION = "Add a trust layer"
ADD_TRUST_TIP = (
    "Add a layer on which you paint where lines are meant exactly (green) and where loosely (red), the stronger the "
    "more. Hide it and it does not count"
)
TRUST_ADDED = "Paint green where your lines are meant exactly, red where loosely. It is no part of the drawing."
TRUST_THERE = "The trust layer is there already, and chosen now. Paint green for exactly, red for loosely."
TRUST_ADDED_GRAY = "Paint white where your lines are meant exactly, black where loosely. It is no part of the drawing."
TRUST_THERE_GRAY = "The trust layer is there already, and chosen now. Paint white for exactly, black for loosely."
TRUST_CHOSEN = "This is the trust layer. Choose the layer with your drawing."
ATTENTION = "Attention"
ATTENTION_TIP = "How the model read your lines: blue where it kept to a line, yellow where it relaxed it"
ATTENTION_LAYER = "As a layer"
ATTENTION_LAYER_ACTION = "Show on a layer where lines were relaxed"
ATTENTION_LAYER_TIP = "Put this map onto a layer of its own above the face"
ATTENTION_ADDED = "Blue: the model kept to the line. Yellow: it relaxed it."
NO_ATTENTION = "Switch Attention on in the docker, then generate a face."

BATCH = "Several layers"
BATCH_ACTION = "Generate faces for several layers"
BATCH_TIP = (
    "A face for each selected layer, or each layer of the chosen group, or each keyframe of the chosen layer, or each "
    "visible layer; the arrow lets you choose. Faces that are up to date stay. Each layer's face is an undo step of "
    "its own, the faces of keyframes are one"
)
BATCH_ACTIONS = {
    "selected": "Generate faces for the selected layers",
    "group": "Generate faces for the layers of this group",
    "visible": "Generate faces for the visible layers",
    "keyframes": "Generate faces for the keyframes of this layer",
}
SAME_PLACE = "All in the same place"
SAME_PLACE_TIP = "All faces sit where the first one does, so that a figure keeps its place"
PAUSE = "Pause"
PAUSE_TIP = "Wait after the face that is being made; once more, and it goes on"
STOP_BATCH = "Stop"
STOP_TIP = "Make no more faces; started again, it goes on with those that are missing"
NOTHING_FOR_BATCH = "No layer here holds a drawing of yours. Select several layers, or choose a group."
NO_KEYFRAMES = "This layer has no keyframes. Choose an animated paint layer with your drawings."
LAYER_LOCKED = "It is locked. Unlock it first."

NO_DOCUMENT = "No picture is open. Open one and draw a face first."
NO_LAYER = "No layer is chosen. Choose the layer with your drawing."
NOT_PAINT_LAYER = {
    "grouplayer": "This is a group. Choose the paint layer with your drawing inside it.",
    "vectorlayer": "This is a vector layer. Draw on a paint layer, or convert this one to a paint layer.",
}
OTHER_LAYER = "This layer has no brush lines of its own. Choose the paint layer with your drawing."
GROUP_LOCKED = "The group around this layer is locked. Unlock it so that the face can be added."
EMPTY_FRAME = "Nothing is drawn in this keyframe."
EMPTY_LAYER = "This layer is empty. Draw a face on it first."
OUTSIDE_CANVAS = "The drawing lies outside the canvas. Move it inside first."
NOTHING_IN_FRAME = "Nothing is drawn inside the locked frame. Draw inside it, or unlock it."
NOTHING_IN_SHARED = "Nothing is drawn where the other faces sit. Let the faces sit in places of their own."
SELECTION_SMALL = "The selection is too small for a face. Select at least 16 pixels, or select nothing."
NOTHING_SELECTED = "Nothing is drawn inside the selection. Select the face, or select nothing."
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
FACE_CHANGED = "The old face was changed or locked, so the new one has a layer of its own."
CANVAS_CHANGED = "The canvas was cropped or scaled meanwhile. Generate the face again."
LAYER_DELETED = "The drawing's layer was deleted, so its face was dropped."


def face_layer_name(sketch: str) -> str:
    """The name of the new layer."""
    return f"Face · {sketch}"


def kept_layer_name(sketch: str) -> str:
    """The name of a layer that holds a kept face."""
    return f"Kept face · {sketch}"


def kept(layer: str) -> str:
    """After a face was kept."""
    return f"Kept on the hidden layer “{names.short(layer)}”, right below the face."


def settings_not_saved(reason: str) -> str:
    """The settings file could not be written."""
    return f"The settings could not be kept: {reason}. The old ones hold."


def server_found(device: str) -> str:
    """The server that the painter has entered answers."""
    return "The server answers{}.".format(f" and draws on {device}" if device else ", its model is still loading")


def server_not_found(reason: str) -> str:
    """The server that the painter has entered does not answer, or says no."""
    return reason or "Nobody answers there. Check address and certificate, and that the server runs."


def remote_silent(reason: str) -> str:
    """The server on another computer does not answer, or says no."""
    return reason or "The face server on the other computer does not answer. See to it, or change the settings."


def batch_goes_on(done: int, count: int, seconds_left: Optional[float]) -> str:
    """How far a batch is."""
    rest = "" if seconds_left is None else f", about {max(1, round(seconds_left))} s left"
    return f"Face {done} of {count}{rest}"


def batch_paused(done: int, count: int) -> str:
    """A batch waits."""
    return f"Paused after face {done} of {count}."


def batch_done(made: int, ready: int, failed: List[str], empty: int = 0) -> str:
    """After a batch; the reasons are in the details."""
    told = ["1 face made" if made == 1 else f"{made} faces made"]
    if ready:
        told.append(f"{ready} up to date")
    if empty:
        told.append(f"{empty} empty")
    if failed:
        told.append(f"{len(failed)} could not be used (see Details)")
    return ", ".join(told) + "."


def batch_cancelled(made: int, ready: int, failed: List[str], empty: int = 0) -> str:
    """After a batch was stopped by the painter."""
    return f"Stopped: {batch_done(made, ready, failed, empty)} Start again and it goes on."


def batch_failed(sketch: str, reason: str) -> str:
    """Why one sketch of a batch has no face."""
    return f"{names.short(sketch)}: {reason}"


def batch_choice(choice: str, name: str, count: int) -> str:
    """A line of the menu of several layers; `name` is the group's or the animated layer's."""
    named = f" of “{names.short(name)}”" if name else ""
    what = {
        "selected": "Selected layers",
        "group": f"Layers{named}" if named else "Layers of the group",
        "visible": "Visible layers",
        "keyframes": f"Keyframes{named}" if named else "Keyframes of the layer",
    }
    return f"{what[choice]} ({count})" if count else what[choice]


def keyframe_name(layer: str, time: int) -> str:
    """One keyframe of a layer."""
    return f"{names.short(layer)}, frame {time}"


def trust_layer_of(sketch: str) -> str:
    """The name of the trust layer of one sketch."""
    return f"{TRUST_LAYER} · {sketch}"


def attention_layer_name(sketch: str) -> str:
    """The name of a layer with a heat map."""
    return f"Attention · {sketch}"


def frame_at(left: int, top: int, width: int, height: int) -> str:
    """Where the face sits on the canvas."""
    return f"{width}x{height} pixels at {left}, {top}"


def live_waits(sentence: str) -> str:
    """The server is in trouble, for a reason, while live is on."""
    return f"{sentence} Live tries again."


def live_done(milliseconds: float) -> str:
    """After live has renewed the face."""
    return f"Live: renewed in {milliseconds / 1000:.1f} s."


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


HISTORY = "History"
HISTORY_TIP = (
    "Every face of this picture with the sketch it was made of, kept in the picture's file. Live adds one when the "
    "sketch rests for five seconds, when you keep a face, and when live ends. The oldest go first; pin what shall stay"
)
HISTORY_PREVIEW_TIP = "While you compare: drag the line. Nothing in your picture changes"
HISTORY_APPLY = "Apply"
HISTORY_APPLY_TIP = "Make this face a layer above its sketch, as one undo step"
HISTORY_RESTORE = "Restore sketch"
HISTORY_RESTORE_TIP = "Make the lines that this face was made of a new layer; your sketch stays as it is"
HISTORY_AGAIN = "Make again"
HISTORY_AGAIN_TIP = "Make this face again of the same lines, and see whether the model still makes the same of them"
HISTORY_COMPARE = "Compare"
HISTORY_COMPARE_TIP = "Compare with the face before it, or click another one; drag the line in the preview"
HISTORY_PIN = "Pin"
HISTORY_PIN_TIP = "Keep this face however full the history gets"
HISTORY_DELETE = "Delete"
HISTORY_DELETE_TIP = "Take this face out of the history; layers stay"
HISTORY_BRING_BACK = "Bring back what was deleted"
HISTORY_SPOILED = "This piece of the history is damaged and cannot be shown. The others are not touched."
HISTORY_NO_MEMORY = "There is too little memory for the history. Close other pictures and try again."
HISTORY_FULL = "The history is full, so this face is not in it. Unpin some faces, or allow more in the settings."
HISTORY_SAME = "The same face again, pixel for pixel."
HISTORY_SAME_OTHER_MODEL = "The model has changed since, but makes the same face of these lines, pixel for pixel."
HISTORY_DIFFERS = "The same model, but not the same pixels: it ran on another device. The new face is in the history."
HISTORY_ORIGINS = {
    "generate": "Generated",
    "new layer": "Generated on a new layer",
    "live": "Drawn live",
    "again": "Made again",
    "batch": "Made for several layers",
}


def history_model_changed(before: str, now: str) -> str:
    """A face was made again by another model."""
    return f"The model has changed since ({before[:8]} before, {now[:8]} now). What it makes now is in the history."


def history_applied(layer: str) -> str:
    """A face of the history has become a layer."""
    return f"The face is on the layer “{names.short(layer)}”."


def history_restored(layer: str) -> str:
    """A sketch of the history has become a layer."""
    return f"The sketch is on the new layer “{names.short(layer)}”."


def applied_layer_name(entry: Any) -> str:
    """The name of a layer with a face of the history."""
    return f"{face_layer_name(entry.sketch_name)} · {_clock(entry)}"


def restored_layer_name(entry: Any) -> str:
    """The name of a layer with a sketch of the history."""
    return f"{entry.sketch_name} · {_clock(entry)}"


def history_label(entry: Any) -> str:
    """Under a thumbnail."""
    return ("📌 " if entry.pinned else "") + _clock(entry)


def history_tip(entry: Any) -> str:
    """How a face was made."""
    options = ", ".join(
        name.replace("_", " ") if isinstance(value, dict) else f"{name} {value:g}"
        for name, value in entry.options.items()
        if name != "attention" and (isinstance(value, dict) or (isinstance(value, (int, float)) and value))
    )
    made = HISTORY_ORIGINS.get(entry.origin, entry.origin)
    lines = [
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.seconds)),
        f"{made} from “{names.short(entry.sketch_name)}”",
        frame_at(*entry.face_place),
        *([options] if options else []),
        f"Model {entry.model[:12]}",
        *(["Pinned"] if entry.pinned else []),
    ]
    return "\n".join(lines)


def _clock(entry: Any) -> str:
    return time.strftime("%H:%M:%S", time.localtime(entry.seconds))
