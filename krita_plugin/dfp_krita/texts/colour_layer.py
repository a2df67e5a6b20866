"""Texts about the colour layer."""

LAYER = "Colour layer"
ADD = "Colour layer"
ADD_ACTION = "Add a colour layer"
ADD_TIP = (
    "Add a layer under your lines on which you lay down roughly what colours the face shall have where. "
    "Hide it and it does not count"
)
ADDED = "Lay the face's colours down roughly on this layer. It is no part of the drawing."
THERE = "The colour layer is there already, and chosen now. Lay the face's colours down roughly."
UNDER_FACE = "The face covers it: F8 hides the face and shows it again."
CHOSEN = "This is the colour layer. Choose the layer with your drawing."


def layer_name(sketch: str) -> str:
    """The name of the colour layer of one sketch."""
    return f"{LAYER} · {sketch}"
