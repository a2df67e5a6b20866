"""Texts about palettes by name."""

from . import names

TITLE = "Palettes"
TIP = "Palettes by name, of this picture and of all pictures; as files; and the colours of a picture"
OF_PICTURE = "Of this picture"
OF_ALL = "Of all pictures"
FROM_FACE = "From this face"
ALL_OPEN = "Leave all open"
SAVE_PICTURE = "Save with this picture…"
SAVE_ALL = "Save for all pictures…"
DELETE = "Delete"
IMPORT = "Import a palette file…"
EXPORT = "Export as a palette file…"
FILES = "Palettes of GIMP and Krita (*.gpl)"
NAME = "Name of the palette"
USUAL_NAME = "Face"
NO_NAME = "A palette needs a name: type one, and it is saved."
NO_COLOURS = "All regions are open, so there is nothing to save. Click a swatch, or take the colours of a face."
NO_FACE = "There are no colours to take yet. Click Generate face first."
OPENED = "All regions are open: the model chooses."
FROM_FACE_DONE = "The face's colours are yours now: they stay whoever you draw."
FROM_LAYER = "From a picture: choose its layer first"
NO_LAYER = "Choose the layer with the picture, which lies where the drawn face does; a face has to be there."
NOTHING_THERE = "This layer has nothing where the face is. Put the picture over the drawing, and try again."
NO_REGIONS = "This server's weights do not know what is drawn where. Take a newer model to read a picture's colours."
OTHER_COLOURS = (
    "No colour of this file is named after a region. Rename them to skin, hair, lips, eyes, background and clothes."
)
NO_GPL = "This is no palette file of GIMP or Krita. Export it as .gpl there."


def from_layer(layer: str) -> str:
    """A menu entry: take the colours of a layer."""
    return f"From the layer “{names.short(layer)}”"


def from_layer_done(layer: str) -> str:
    """The colours of a layer were taken."""
    return f"The colours of the layer “{names.short(layer)}”."


def used(name: str) -> str:
    """A palette was chosen."""
    return f"Palette “{names.short(name)}”."


def saved(name: str) -> str:
    """A palette was saved."""
    return f"Saved as “{names.short(name)}”."


def imported(name: str) -> str:
    """A file's palette is used, and saved for all pictures."""
    return f"Palette “{names.short(name)}”, saved for all pictures."


def exported(file: str) -> str:
    """A palette was written to a file."""
    return f"Exported to {file}."


def deleted(name: str) -> str:
    """A palette was deleted."""
    return f"Deleted “{names.short(name)}”. The menu brings it back."


def bring_back(name: str) -> str:
    """A menu entry: undo the last deletion."""
    return f"Bring back “{names.short(name)}”"


def brought_back(name: str) -> str:
    """A deleted palette is there again."""
    return f"“{names.short(name)}” is there again."


def not_saved(reason: str) -> str:
    """A file could not be written, for the system's reason."""
    return f"The palette could not be saved ({reason}). Free the place, or choose another one, and try again."


def not_read(reason: str) -> str:
    """A file could not be read, for the system's reason."""
    return f"The palette file could not be read ({reason}). Look whether it is still there."
