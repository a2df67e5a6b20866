"""Texts about colours of a face's regions, and about the person."""

from typing import Any, List, Optional, Tuple

TITLE = "Colours"
SECTION_TIP = "Which colours the face has, and whose it is; what you leave open is filled in from a real face"
REGIONS = {
    "skin": "Skin",
    "hair": "Hair",
    "lips": "Lips",
    "eyes": "Eyes",
    "background": "Background",
    "clothes": "Clothes",
}
OPEN = "open"
SEED = "Person"
TAKE_TIP = "Click: Krita's foreground colour. Long press or right click: choose another one"
LEAVE_TIP = "Click: leave it open again. Long press or right click: choose another one"
PERSON = "Another person"
PERSON_ACTION = "Draw another person"
PERSON_TIP = "Draw another person for the same lines and colours. Those drawn before stay within reach"
BACK = "The person before"
BACK_ACTION = "Back to the person before"
FORWARD = "The next person"
FORWARD_ACTION = "Forward to the next person"
NOBODY = "Nobody else was drawn there. Draw another person with the die."
ALL_CHOSEN = "All colours are chosen, and they make the person. Click a swatch to leave one open for another person."
TO_SEE = "Generate face shows it."
NOT_KNOWN = "This server's weights know no colours, so the face has its own. Take a newer model to choose them."


def named(region: str, colour: Optional[Tuple[int, int, int]]) -> str:
    """What is wanted of a region."""
    return f"{REGIONS[region]}: {hexadecimal(colour) if colour is not None else OPEN}"


def changed(region: str, colour: Optional[Tuple[int, int, int]]) -> str:
    """After a region was given a colour, or left open."""
    return f"{named(region, colour)}."


def chosen(palette: Any, seed: Any) -> List[str]:
    """Lines on the colours and the person that a face of the history was made with, as they were noted."""
    colours = palette.items() if isinstance(palette, dict) else ()
    known = [
        f"{REGIONS[name]} {hexadecimal(colour)}" for name, colour in colours if name in REGIONS and _is_one(colour)
    ]
    return [*([", ".join(known)] if known else []), *([f"{SEED} {seed}"] if seed else [])]


def person(number: int, count: int) -> str:
    """After another person was chosen."""
    return f"Person {number} of {count}."


def hexadecimal(colour: Tuple[int, int, int]) -> str:
    """As painters know colours."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _is_one(colour: Any) -> bool:
    return isinstance(colour, (list, tuple)) and len(colour) == 3 and all(isinstance(part, int) for part in colour)
