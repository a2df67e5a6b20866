"""Adds the colour layer.

It lies right under the lines, as painters lay flat colours under line art: the lines stay in sight while she paints.
The face covers both, and lets both through while live work goes on. Lines on opaque paper would hide it, and under the
lowest layer of a group there is no room; then it lies over the lines and is multiplied with them, which shows both just
as well. She may move it where she likes: a new face comes above it (see `top_of_drawing`).
"""

from contextlib import contextmanager
from functools import partial
from typing import Any, Callable, Iterator, Optional

from .. import texts
from ..krita_api import Krita
from ..refusal import Refusal
from .capture import Subject, canvas_of, chosen_subject
from .colors import ColorSpace, as_srgb8
from .geometry import Rect
from .layer_tree import bounds_of, read
from .linked_adding import show_or_add
from .painted import COLOURS
from .visibility import hides, is_seen

MULTIPLY = "multiply"
OPAQUE = 128


def add_colour_layer() -> str:
    """Show the colour layer of the active sketch, or add one, and make it the active layer.

    Returns what to say; raises Refusal.
    """
    subject = chosen_subject()
    document, sketch, face = subject.document, subject.sketch, subject.face
    below = None if _is_paper(subject) else _next_below(sketch)
    if below is not None:
        found = show_or_add(COLOURS, subject, lambda name: document.createNode(name, "paintlayer"), below)
    else:
        with _multiplied(document) as make:
            found = show_or_add(COLOURS, subject, make, sketch)
    told = texts.colour_layer.ADDED if found.new else texts.colour_layer.THERE
    covered = face is not None and is_seen(face) and hides(document, face, sketch)
    return f"{told} {texts.colour_layer.UNDER_FACE}" if covered else told


def _next_below(layer: Any) -> Optional[Any]:
    siblings = layer.parentNode().childNodes()
    at = siblings.index(layer)
    return siblings[at - 1] if at else None


def _is_paper(subject: Subject) -> bool:
    """Whether nothing under a sketch is seen: it has opaque pixels in all corners of the canvas."""
    sketch, (width, height) = subject.sketch, canvas_of(subject.document)
    canvas = Rect(0, 0, width, height)
    if sketch.blendingMode() != "normal" or canvas.inside(bounds_of(sketch)) != canvas:
        return False
    pixel, space = Rect(0, 0, 1, 1), ColorSpace.of(sketch)
    corners = (pixel.moved(right, down) for right in (0, width - 1) for down in (0, height - 1))
    return all(as_srgb8(read(sketch, corner), pixel, space)[3] > OPAQUE for corner in corners)


@contextmanager
def _multiplied(document: Any) -> Iterator[Callable[[str], Any]]:
    """Makes layers that multiply, in a document that is never shown: in hers, that would be one more undo step."""
    stage = Krita.instance().createDocument(1, 1, "", *ColorSpace.of(document), 72.0)
    if stage is None:
        raise Refusal(texts.document.CANNOT_CONVERT)
    stage.setBatchmode(True)
    try:
        yield partial(_multiplied_layer, stage)
    finally:
        stage.setModified(False)
        stage.close()


def _multiplied_layer(stage: Any, name: str) -> Any:
    layer = stage.createNode(name, "paintlayer")
    layer.setBlendingMode(MULTIPLY)
    return layer
