"""Texts about single faces."""

from typing import Dict, List

from . import names

GENERATE = "Generate face"
GENERATE_TIP = "Turn the lines on this layer into a face, or renew the face that they have"
NEW_LAYER = "New layer"
NEW_LAYER_ACTION = "Generate face on a new layer"
NEW_LAYER_TIP = "Turn the lines on this layer into one more face, on a layer of its own"
CANCEL = "Cancel"
KEEP = "Keep"
KEEP_ACTION = "Keep this face"
KEEP_TIP = "Keep a copy of the face on a layer of its own, which nothing renews"

SHOW_ACTION = "Show or hide the face"
SHOW_TIP = "Show or hide the face of the drawing that is chosen, or that Live follows (F8)"
SHOWN = "The face is shown."
AWAY = "The face is hidden. Press F8, or the eye, and it is back."
HIDDEN = "Its layer, or a group around it, is hidden: show it to see the face."

IDLE = "Draw a face on a paint layer, then click Generate face."
GENERATING = "Generating…"
WAITING_FOR_KRITA = "Waiting until your stroke has ended, or what Krita does just now…"
WAITING_FOR_TOOL = "Waiting for the Transform tool: apply it with Enter, or choose another tool…"
CANCELLED = "Cancelled."
NOTHING_TO_KEEP = "This layer has no face yet. Click Generate face first."
CHANGED = "The old face was changed or locked, so the new one has a layer of its own."

FORM = "Face comes as"
FORM_TIP = (
    "One layer; one layer without the background, with soft edges; or a group of layers, between which you can paint. "
    "The next face comes so"
)
FORMS = {"layer": "one layer", "cut out": "cut out", "group": "group of layers"}
PARTS = {
    "background": "Background",
    "clothes": "Clothes",
    "skin": "Skin",
    "hair": "Hair",
    "features": "Lips and eyes",
}
MASK = "Selection"
NO_MASK = "Krita could not make a mask of the selection. Select a rectangle, or select nothing."
OTHER_HIDDEN = "The face from before is hidden; it is there still."
NO_REGIONS = "This server cannot tell what is where in a face, so it comes as one layer. A newer model can."


def kept_layer_name(sketch: str) -> str:
    """The name of a layer that holds a kept face."""
    return f"Kept face · {sketch}"


def left_alone(layers: List[str]) -> str:
    """Layers of the face's group were changed or locked by the painter, and are as she left them."""
    return f"Left alone, because changed or locked: {', '.join(names.short(layer) for layer in layers)}."


def kept(layer: str) -> str:
    """After a face was kept."""
    return f"Kept on the hidden layer “{names.short(layer)}”, right below the face."


def thick_brush(now: float, better: float) -> str:
    """The brush fills eyes and mouth of a head of this size."""
    return f"Your brush of {now:.0f} px fills eyes and mouth on a head of this size: {max(1, better):.0f} px is better."


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
