"""Texts about the frame and its guide."""

TITLE = "Frame"
SECTION_TIP = "Where on the canvas the face sits"
LOCK = "Lock frame"
LOCK_ACTION = "Lock the face's frame"
LOCK_TIP = "Keep the face where it is now, whatever you add to the drawing; a selection still goes first"
ADD_GUIDE = "Guide"
ADD_GUIDE_ACTION = "Add a guide for the face"
ADD_GUIDE_TIP = (
    "Lock the frame and add a layer with faint lines for eyes, mouth and chin. The guide is never taken for a drawing"
)
GUIDE_LAYER = "Guide · DeepFacePencil"
GUIDE_ADDED = "The guide shows where eyes, mouth and chin belong. The frame is locked to it."
GUIDE_CHOSEN = "This is the guide. Choose the layer with your drawing."
LOCKED = "The frame is locked: the face stays where it is."
FREE = "The frame is free: the drawing says where the face sits."
UNKNOWN = "Generate a face first, or select where it shall sit; then lock the frame."
FROM_SELECTION = "Frame: the selection"
FROM_LOCK = "Frame: locked"
FROM_FACE = "Frame: where the face is"
FROM_DRAWING = "Frame: as drawn"


def size_and_corner(left: int, top: int, width: int, height: int) -> str:
    """Where the face sits on the canvas."""
    return f"{width}x{height} pixels at {left}, {top}"
