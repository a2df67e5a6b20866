"""Texts about trust and attention."""

TITLE = "How exactly"
SECTION_TIP = "How exactly your lines are meant, everywhere or place by place, and what the model made of them"
REALISM = "Realism"
CONFORMANCE = "Conformance"
TIP = (
    "How exactly your lines are meant: to the left the model may bend them, to the right it keeps to them. "
    "In the middle, where a double click leads, the model decides line by line"
)
LAYER = "Trust"
ADD = "Trust layer"
ADD_ACTION = "Add a trust layer"
ADD_TIP = (
    "Add a layer on which you paint where lines are meant exactly (green) and where loosely (red), the stronger the "
    "more. Hide it and it does not count"
)
ADDED = "Paint green where your lines are meant exactly, red where loosely. It is no part of the drawing."
THERE = "The trust layer is there already, and chosen now. Paint green for exactly, red for loosely."
ADDED_GRAY = "Paint white where your lines are meant exactly, black where loosely. It is no part of the drawing."
THERE_GRAY = "The trust layer is there already, and chosen now. Paint white for exactly, black for loosely."
CHOSEN = "This is the trust layer. Choose the layer with your drawing."
ATTENTION = "Attention"
ATTENTION_TIP = "How the model read your lines: blue where it kept to a line, yellow where it relaxed it"
ATTENTION_LAYER = "As a layer"
ATTENTION_LAYER_ACTION = "Show on a layer where lines were relaxed"
ATTENTION_LAYER_TIP = "Put this map onto a layer of its own above the face"
ATTENTION_ADDED = "Blue: the model kept to the line. Yellow: it relaxed it."
NO_ATTENTION = "Switch Attention on in the docker, then generate a face."


def layer_name(sketch: str) -> str:
    """The name of the trust layer of one sketch."""
    return f"{LAYER} · {sketch}"


def attention_layer_name(sketch: str) -> str:
    """The name of a layer with a heat map."""
    return f"Attention · {sketch}"
