"""Puts a face into the painter's document: on a new layer or group, or as new pixels of what she has (see renewing).

A new layer is one undo step. It is filled before it is added: pixels written later would not be part of the step. A
group, and a layer with a mask, is put together in a document that is never shown, because there every layer is a step.

Everything here is an iterator, and each yield lets Krita go on. It yields True while it waits for a stroke to end.
"""

from typing import Any, Generator, List, Optional, Tuple

from krita_plugin.shared import layer_names

from .. import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from ..refusal import Refusal
from ..task import Steps
from .active_layer import ActiveLayer
from .capture import CapturedSketch, Subject, check_still_there
from .face_parts import NOTHING, Part, parts_of
from .face_pixels import in_colors_of, wait_for_rest, write
from .face_registry import FaceRegistry, Mark, is_group
from .layer_tree import bounds_of, id_of, layers_below, position_of
from .own_layers import remember_own
from .painted import top_of_drawing
from .renewing import Condition, Piece, Standing, note, renew, standing_of
from .selection_shape import Shape
from .stage import Stage
from .visibility import is_seen


def put_face(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Generator[bool, None, str]:
    """Renew the sketch's face, or add one, by one undo step; returns what the painter should know about it.

    Raises Refusal when document or sketch are gone, the canvas has changed, or Krita cannot convert the colors.
    """
    subject = sketch.subject
    check_still_there(subject)
    grouped = answer.layers is not None
    before = subject.face
    face, standing = yield from face_to_renew(subject, grouped)
    made = face is None
    told: List[str] = []
    if face is not None and standing is not None:
        yield from renew(sketch, answer, face, standing, undoable=True)
        if standing.hers:
            told.append(texts.faces.left_alone([piece.layer.name() for piece in standing.hers]))
    else:
        face = yield from _add(sketch, answer, active)
        if before is not None and before.parentNode() is not None and is_group(before) == grouped:
            told.append(texts.faces.CHANGED)
    if turn_to(subject, face, made):
        told.append(texts.faces.OTHER_HIDDEN)
    return " ".join([*told, *([] if is_seen(face) else [texts.faces.HIDDEN])])


def face_to_renew(subject: Subject, grouped: bool) -> "Generator[bool, None, Tuple[Any, Optional[Standing]]]":
    """The face that is meant, or the first one after it that is not the painter's now, and how it stands; None when a
    new one is due. When the one that is meant is no group, or is one, and that is not wanted, the newest that is.
    """
    if subject.face is None or subject.face.parentNode() is None:
        return None, None
    faces = FaceRegistry(subject.document)
    if is_group(subject.face) == grouped:
        candidates = faces.from_on(subject.sketch, subject.face)
    else:
        candidates = [face for face in reversed(faces.faces_of(subject.sketch)) if not face.animated()]
    for face in candidates:
        if is_group(face) == grouped:
            standing = yield from standing_of(subject, face)
            if standing.condition is not Condition.HERS:
                return face, standing
    return None, None


def turn_to(subject: Subject, face: Any, made: bool) -> bool:
    """Show a face that was made just now, or hidden, in the place of those of another kind; returns whether there were.

    A group and a layer would cover each other. Krita's API has no undo step for that: an undo leaves them hidden.
    """
    if subject.face is None or (face.visible() and not made):
        return False
    faces = FaceRegistry(subject.document).faces_of(subject.sketch)
    others = [other for other in faces if is_group(other) != is_group(face) and not other.animated()]
    seen = [other for other in others if other.visible()]
    for other in seen:
        other.setVisible(False)
    if seen:
        face.setVisible(True)
        subject.document.refreshProjection()
    return bool(seen)


def add_empty(
    subject: Subject, active: ActiveLayer, opacity: int, grouped: bool, shape: Optional[Shape]
) -> Generator[bool, None, Any]:
    """Add a face without pixels yet, a layer or a group; returns it."""
    layer, _ = yield from _made(subject, [NOTHING] * _count(grouped), None, shape)
    layer.setOpacity(opacity)
    yield from wait_for_rest(subject)
    attach(subject, layer, active)
    return layer


def remove_empty(subject: Subject, active: ActiveLayer) -> Steps:
    """Take the face out again when nothing ever came onto it."""
    face, document = subject.face, subject.document
    if face is None or face.parentNode() is None or not _empty(face):
        return
    yield from wait_for_rest(subject)
    if document.activeNode() == face:
        document.setActiveNode(subject.sketch)
        yield False
    active.keep_through(document, face.remove)


def keep(subject: Subject, active: ActiveLayer) -> Generator[bool, None, str]:
    """Add a hidden copy of the face right below it, which nothing renews; returns its name.

    Hidden, because a second translucent face under the first would change the picture.
    """
    face = subject.face
    if face is None or face.parentNode() is None or _empty(face):
        raise Refusal(texts.faces.NOTHING_TO_KEEP)
    copy = face.duplicate()
    copy.setName(texts.faces.kept_layer_name(subject.sketch.name()))
    copy.setVisible(False)
    yield from wait_for_rest(subject)
    parent = face.parentNode()
    siblings = parent.childNodes()
    below = siblings[: siblings.index(face)]
    # A layer can only be put above another one.
    active.keep_through(subject.document, lambda: parent.addChildNode(copy, below[-1] if below else face), copy)
    remember_own(subject.document, copy)
    return copy.name()


def attach(subject: Subject, layer: Any, active: ActiveLayer) -> List[Piece]:
    """Add a face right above its drawing, one undo step; returns its layers and what is noted of each, as if empty."""
    sketch = subject.sketch
    above = top_of_drawing(subject.document, sketch)
    active.keep_through(subject.document, lambda: sketch.parentNode().addChildNode(layer, above), layer)
    return remember_empty(subject, layer)


def remember_empty(subject: Subject, layer: Any) -> List[Piece]:
    """Write down that a layer, or a group, of the document is the sketch's newest face; returns as `attach`."""
    sketch = subject.sketch
    parts = [child for child in layer.childNodes() if child.type() == "paintlayer"] if is_group(layer) else []
    mark = _blank(layer, sketch)._replace(parts=tuple(_blank(part, sketch) for part in parts))
    FaceRegistry(subject.document).remember(sketch, mark)
    return [Piece(number, part, mark.parts[number]) for number, part in enumerate(parts)] or [Piece(0, layer, mark)]


def _add(sketch: CapturedSketch, answer: Any, active: ActiveLayer) -> Generator[bool, None, Any]:
    subject = sketch.subject
    parts = yield from parts_of(sketch.options.form, answer)
    yield from wait_for_rest(subject)
    layer, pixels = yield from _made(subject, parts, sketch.place_of(answer), sketch.shape)
    yield from wait_for_rest(subject)
    home = sketch.place_of(answer)  # the canvas may have changed in this very moment
    pieces = attach(subject, layer, active)
    places = [part.place.moved(home.left, home.top) for part in parts]
    note(subject, layer, answer, list(zip(pieces, parts, places, pixels)), undoable=False)
    return layer


def _made(
    subject: Subject, parts: List[Part], home: Any, shape: Optional[Shape]
) -> "Generator[bool, None, Tuple[Any, List[bytes]]]":
    """A layer, or a group for several parts, that is in no document yet, and the pixels in its colors.

    The answer's picture lies at `home`; None for layers without pixels.
    """
    name = layer_names.face(subject.sketch.name())
    if len(parts) == 1 and shape is None:
        layer = subject.document.createNode(name, "paintlayer")
        yield False
        return layer, (yield from _filled([layer], parts, home))
    with Stage(subject.document) as stage:
        top, pixels = yield from made_on(stage, name, parts, home)
        if shape is not None:
            stage.mask(top, shape)
        return stage.taken(top), pixels


def made_on(
    stage: Stage, name: str, parts: List[Part], home: Any, group: Optional[Any] = None
) -> "Generator[bool, None, Tuple[Any, List[bytes]]]":
    """A layer, or a group for several parts, on a stage, on top of a group there; and the pixels in its colors."""
    top = stage.add(name, "grouplayer" if len(parts) > 1 else "paintlayer", group)
    layers = [top] if len(parts) == 1 else [stage.add(part, "paintlayer", top) for part in _part_names()]
    return top, (yield from _filled(layers, parts, home))


def _filled(layers: List[Any], parts: List[Part], home: Any) -> Generator[bool, None, List[bytes]]:
    pixels = []
    for layer, part in zip(layers, parts):
        pixels.append(in_colors_of(layer, part))
        yield False
        if home is not None and part.pixels:
            yield from write(layer, part.place.moved(home.left, home.top), pixels[-1])
    return pixels


def _blank(layer: Any, sketch: Any) -> Mark:
    return Mark(id_of(layer), 0, (0, 0), position_of(layer), position_of(sketch))


def _empty(face: Any) -> bool:
    """Whether nothing is on a face, nor on any layer in its group."""
    return all(bounds_of(layer).empty for layer in (layers_below(face) if is_group(face) else [face]))


def _count(grouped: bool) -> int:
    return len(wire.LAYERS) if grouped else 1


def _part_names() -> List[str]:
    return [texts.faces.PARTS[name] for name in wire.LAYERS]
