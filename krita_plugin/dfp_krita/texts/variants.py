"""Texts about several people to choose from."""

FOUR = "Four people"
FOUR_ACTION = "Draw four people to choose from"
FOUR_TIP = "Draw four people for this drawing, small, to choose from; once more, and it is four others"
TAKE_TIP = "Click: make this person's face"
OLD_TIP = "Of an earlier drawing, or other colours. Click: make this person's face; Four people draws them anew"
NOT_KNOWN = "This server cannot draw several people at once. Update it, or draw another person with the die."
ONE = "All colours are chosen, so there is only one person. Leave some open and try again."


def drawn(count: int) -> str:
    """After people were drawn to choose from."""
    return ONE if count == 1 else "Click one of them."


def person(number: int, count: int, old: bool) -> str:
    """What a screen reader calls the picture of one of them."""
    return f"Person {number} of {count}" + (", of an earlier drawing" if old else "")
