"""Texts of the menu entry and its dialog."""

TITLE = "Generate face"
MENU = "_Generate face…"
TIP = "Make a photograph of the face that is drawn on this layer, on a layer of its own"
HELP = (
    "The face lies above the drawing, at its place and size. Generating again renews it. Select a part of the picture "
    "first to say where the face sits."
)

TRUST = "_Realism to conformance"
TRUST_TIP = (
    "How exactly your lines are meant: below 0 the model may bend them, above 0 it keeps to them; at 0 it decides line "
    "by line"
)
FRAME = "Face _sits"
FRAME_TIP = "Where the face sits: in the selection, if there is one, or where the drawing says"
FRAMES = {"selection": "in the selection", "drawing": "where the drawing says"}
FORM = "Face _comes as"
FORM_TIP = "One layer, or one without the background, with soft edges"
FORMS = {"layer": "one layer", "cut-out": "cut out"}
SEED = "_Person"
SEED_TIP = "Another number is another person, as far as you leave colours open"

COLOURS = "Colours"
COLOURS_TIP = "What you leave open comes from the colours of a real face that fits"
REGIONS = {
    "skin": "Skin",
    "hair": "Hair",
    "lips": "Lips",
    "eyes": "Eyes",
    "background": "Background",
    "clothes": "Clothes",
}


def use_tip(region: str) -> str:
    """Beside the box in front of a colour."""
    return f"{region} in this colour; without it the colour is left open"


def colour(region: str) -> str:
    """A colour by its region, where it stands alone."""
    return f"Colour: {region}"
