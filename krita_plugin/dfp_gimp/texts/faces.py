"""Texts about making faces, and about pictures and layers that cannot be used."""

GENERATING = "Generating the face…"

ONE_LAYER = "Choose one layer, the one with your drawing."
NO_LAYER = "This is no layer. Choose the layer with your drawing."
FLOATING = "A selection is floating. Anchor it, or make it a layer, first."
SKETCH_GONE = "The drawing that this face was made of is gone. Choose the layer with your drawing."
EMPTY_LAYER = "This layer is empty. Draw a face on it first."
OUTSIDE_CANVAS = "The drawing lies outside the canvas. Move it inside first."
SELECTION_SMALL = "The selection is too small for a face. Select at least 16 pixels, or select nothing."
NOTHING_SELECTED = "Nothing is drawn inside the selection. Select the face, or select nothing."
LAYER_DELETED = "The drawing's layer was deleted, so its face was dropped."
CANNOT_ADD = "GIMP could not add the face. Unlock the group around your drawing."

CHANGED = "The old face was changed or locked, so the new one has a layer of its own."
NOT_KNOWN = "This server's model knows no colours and no cut-outs, so the face comes without. A newer model can."


def too_large(most: int) -> str:
    """The drawing, or its frame, has more pixels than the server takes."""
    return f"The drawing is larger than {most} pixels. Select the face, or scale the picture down, first."


def goes_on(number: int, count: int) -> str:
    """One of several faces is being made."""
    return f"Generating face {number} of {count}…"
