"""Texts about pictures and layers that cannot be used."""

KRITA_BUSY = "Krita is busy with a stroke or an open tool. End that, then try again."

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
NOTHING_IN_FRAME = "Nothing is drawn inside the locked frame. Draw inside it, or unlock it."
NOTHING_IN_SHARED = "Nothing is drawn where the other faces sit. Let the faces sit in places of their own."
SELECTION_SMALL = "The selection is too small for a face. Select at least 16 pixels, or select nothing."
NOTHING_SELECTED = "Nothing is drawn inside the selection. Select the face, or select nothing."
CANNOT_CONVERT = "Krita could not convert the colors of this picture. Convert it to RGB, 8 bit, first."

CLOSED = "The picture was closed, so its face was dropped."
CANVAS_CHANGED = "The canvas was cropped or scaled meanwhile. Generate the face again."
LAYER_DELETED = "The drawing's layer was deleted, so its face was dropped."
