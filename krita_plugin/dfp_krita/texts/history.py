"""Texts about the history."""

import time
from typing import Any

from krita_plugin.shared import layer_names

from . import colours, frame, names

TITLE = "History"
SECTION_TIP = (
    "Every face of this picture with the sketch it was made of, kept in the picture's file. Live adds one when the "
    "sketch rests for five seconds, when you keep a face, and when live ends. The oldest go first; pin what shall stay"
)
PREVIEW_TIP = "While you compare: drag the line. Nothing in your picture changes"
APPLY = "Apply"
APPLY_TIP = "Make this face a layer above its sketch, as one undo step"
RESTORE = "Restore sketch"
RESTORE_TIP = "Make the lines that this face was made of a new layer; your sketch stays as it is"
AGAIN = "Make again"
AGAIN_TIP = "Make this face again of the same lines, and see whether the model still makes the same of them"
COMPARE = "Compare"
COMPARE_TIP = "Compare with the face before it, or click another one; drag the line in the preview"
PIN = "Pin"
PIN_TIP = "Keep this face however full the history gets"
DELETE = "Delete"
DELETE_TIP = "Take this face out of the history; layers stay"
BRING_BACK = "Bring back what was deleted"
SPOILED = "This piece of the history is damaged and cannot be shown. The others are not touched."
NO_MEMORY = "There is too little memory for the history. Close other pictures and try again."
FULL = "The history is full, so this face is not in it. Unpin some faces, or allow more in the settings."
SAME = "The same face again, pixel for pixel."
SAME_OTHER_MODEL = "The model has changed since, but makes the same face of these lines, pixel for pixel."
DIFFERS = "The same model, but not the same pixels: it ran on another device. The new face is in the history."
ORIGINS = {
    "generate": "Generated",
    "new layer": "Generated on a new layer",
    "live": "Drawn live",
    "again": "Made again",
    "batch": "Made for several layers",
}
# Options that have a line of their own, or are none of the face's.
APART = ("attention", "palette", "seed")


def model_changed(before: str, now: str) -> str:
    """A face was made again by another model."""
    return f"The model has changed since ({before[:8]} before, {now[:8]} now). What it makes now is in the history."


def applied(layer: str) -> str:
    """A face of the history has become a layer."""
    return f"The face is on the layer “{names.short(layer)}”."


def restored(layer: str) -> str:
    """A sketch of the history has become a layer."""
    return f"The sketch is on the new layer “{names.short(layer)}”."


def applied_layer_name(entry: Any) -> str:
    """The name of a layer with a face of the history."""
    return f"{layer_names.face(entry.sketch_name)} · {_clock(entry)}"


def restored_layer_name(entry: Any) -> str:
    """The name of a layer with a sketch of the history."""
    return f"{entry.sketch_name} · {_clock(entry)}"


def label(entry: Any) -> str:
    """Under a thumbnail."""
    return ("📌 " if entry.pinned else "") + _clock(entry)


def tip(entry: Any) -> str:
    """How a face was made."""
    options = ", ".join(
        name.replace("_", " ") if isinstance(value, dict) else f"{name} {value:g}"
        for name, value in entry.options.items()
        if name not in APART and isinstance(value, (dict, int, float)) and value
    )
    made = ORIGINS.get(entry.origin, entry.origin)
    lines = [
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.seconds)),
        f"{made} from “{names.short(entry.sketch_name)}”",
        frame.size_and_corner(*entry.face_place),
        *([options] if options else []),
        *colours.chosen(entry.options.get("palette"), entry.options.get("seed")),
        *(["With a colour layer"] if entry.painted else []),
        f"Model {entry.model[:12]}",
        *(["Pinned"] if entry.pinned else []),
    ]
    return "\n".join(lines)


def _clock(entry: Any) -> str:
    return time.strftime("%H:%M:%S", time.localtime(entry.seconds))
