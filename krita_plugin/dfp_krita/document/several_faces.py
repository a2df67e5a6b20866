"""Puts the faces of a drawing with several heads into the painter's document: each of its head, told by its place.

New ones come as a group right above the drawing, with a layer for each head, by one undo step. Krita's API makes each
layer in a document a step of its own, so a group is put together in a document that is never shown, and a copy of it,
pixels and all, is added to hers. A face that is there is renewed on its layer (see layer); a head that is new gets a
layer in the group that the others are in. Everything here is an iterator, as in layer.
"""

from dataclasses import replace
from typing import Any, Generator, List, Optional, Sequence, Tuple

from .. import texts
from ..krita_api import Krita
from ..refusal import Refusal
from .active_layer import ActiveLayer
from .capture import CapturedSketch, check_still_there
from .colors import ColorSpace
from .face_registry import FaceRegistry, Mark
from .framing import place_of_face
from .geometry import Rect
from .head_places import in_reading_order, of_one_head, shared_out
from .layer import Condition, condition_of, in_colors_of, note_face, put_face, renew, wait_for_rest, write
from .layer_tree import id_of, position_of
from .visibility import is_seen

Pair = Tuple[CapturedSketch, Any]


def put_faces(pairs: Sequence[Pair], active: ActiveLayer) -> Generator[bool, None, str]:
    """Renew or add a face for each sketch and answer, all of one drawing; returns what the painter should know.

    Raises Refusal as `put_face` does, before anything was changed unless it happens in the very middle.
    """
    sketch, answer = pairs[0]
    subject = sketch.subject
    check_still_there(subject)
    heads = [one.place_of(face) for one, face in pairs]
    faces = _faces_of(sketch)
    there = [place_of_face(subject.document, subject.sketch, face) for face in faces]
    if len(pairs) == 1 and of_one_head(there):
        return (yield from put_face(sketch, answer, active))
    owned = [[faces[number] for number in own] for own in shared_out(there, heads)]
    seen: List[Any] = []
    new: List[Pair] = []
    changed = False
    for pair, own in zip(pairs, owned):
        free = yield from _free(sketch, own)
        if free is None:
            new.append(pair)
            changed = changed or bool(own)
        else:
            yield from renew(*pair, free, undoable=True)
            seen.append(free)
    if new:
        seen += yield from _add(new, _group_around(sketch, faces), active)
    told = texts.several.made(len(pairs)) if len(pairs) > 1 else ""
    kept = texts.several.CHANGED if changed else ""
    return " ".join(filter(None, (told, kept, "" if all(map(is_seen, seen)) else texts.faces.HIDDEN)))


def several_heads(document: Any, sketch: Any) -> bool:
    """Whether a drawing has faces of more than one head."""
    faces = [face for face in FaceRegistry(document).faces_of(sketch) if not face.animated()]
    return not of_one_head([place_of_face(document, sketch, face) for face in faces])


def shown_with(document: Any, sketch: Any, face: Any) -> Any:
    """What is shown or hidden with a face: itself, or the group of all faces unless it is the chosen one of these."""
    group = face.parentNode()
    alone = group is None or group == sketch.parentNode() or document.activeNode() == face
    return face if alone or not several_heads(document, sketch) else group


def _faces_of(sketch: CapturedSketch) -> List[Any]:
    """The faces that may be renewed, the oldest first."""
    subject = sketch.subject
    if subject.face is None:
        return []
    return [face for face in FaceRegistry(subject.document).faces_of(subject.sketch) if not face.animated()]


def _free(sketch: CapturedSketch, own: List[Any]) -> Generator[bool, None, Any]:
    """Of a head's faces the one that is meant, or the first after it that is not the painter's; None for a new one."""
    subject = sketch.subject
    first = own.index(subject.face) if subject.face in own else len(own) - 1
    for face in own[max(0, first) :]:
        if (yield from condition_of(subject, face)) is not Condition.HERS:
            return face
    return None


def _group_around(sketch: CapturedSketch, faces: List[Any]) -> Optional[Any]:
    """The group beside the drawing that its faces are in, if they are in one."""
    for face in faces:
        parent = face.parentNode()
        if parent != sketch.subject.sketch.parentNode() and parent.parentNode() is not None and not parent.locked():
            return parent
    return None


def _add(pairs: List[Pair], group: Optional[Any], active: ActiveLayer) -> Generator[bool, None, List[Any]]:
    sketch, answer = pairs[0]
    if group is not None:
        return (yield from _add_into(group, pairs, active))
    if len(pairs) > 1:
        return (yield from _add_group(pairs, active))
    alone = replace(sketch, subject=replace(sketch.subject, face=None))
    yield from put_face(alone, answer, active)
    return FaceRegistry(sketch.subject.document).faces_of(sketch.subject.sketch)[-1:]


def _add_into(group: Any, pairs: List[Pair], active: ActiveLayer) -> Generator[bool, None, List[Any]]:
    """A layer for each on top of a group, each by an undo step."""
    subject = pairs[0][0].subject
    document, added = subject.document, []
    for sketch, answer in pairs:
        number = len(group.childNodes()) + 1
        layer = document.createNode(texts.several.layer_name(number, subject.sketch.name()), "paintlayer")
        yield False
        pixels = in_colors_of(layer, answer)
        yield from wait_for_rest(subject)
        yield from write(layer, sketch.place_of(answer), pixels)
        yield from wait_for_rest(subject)
        place = sketch.place_of(answer)
        active.keep_through(document, lambda layer=layer: group.addChildNode(layer, None))
        _note(sketch, answer, layer, place, pixels)
        added.append(layer)
    return added


def _add_group(pairs: List[Pair], active: ActiveLayer) -> Generator[bool, None, List[Any]]:
    """A group of them, numbered in reading order, the first one on top: one undo step."""
    subject = pairs[0][0].subject
    document, drawing = subject.document, subject.sketch
    yield from wait_for_rest(subject)
    places = [sketch.place_of(answer) for sketch, answer in pairs]
    order = in_reading_order(places)
    stage = Krita.instance().createDocument(
        document.width(), document.height(), "", *ColorSpace.of(document), document.resolution()
    )
    if stage is None:
        raise Refusal(texts.document.CANNOT_CONVERT)
    stage.setBatchmode(True)
    try:
        filled = _filled(stage, drawing.name(), [(pairs[number], places[number]) for number in order])
        group, pixels = yield from filled
    finally:
        stage.setModified(False)
        stage.close()
    yield from wait_for_rest(subject)
    for sketch, answer in pairs:
        sketch.place_of(answer)  # the canvas may have changed in this very moment
    active.keep_through(document, lambda: drawing.parentNode().addChildNode(group, drawing))
    layers = dict(zip(reversed(order), group.childNodes()))
    # What was written down last is what is meant by the drawing: the surest.
    for number in reversed(range(len(pairs))):
        _note(*pairs[number], layers[number], places[number], pixels[order.index(number)])
    return list(layers.values())


def _filled(
    stage: Any, name: str, faces: "List[Tuple[Pair, Rect]]"
) -> "Generator[bool, None, Tuple[Any, List[bytes]]]":
    """A copy of a group, made on a stage, with a layer for each face, the last one lowest; and the layers' pixels."""
    group = stage.createGroupLayer(texts.several.group_name(name))
    stage.rootNode().addChildNode(group, None)
    pixels: List[bytes] = []
    for number, ((_, answer), place) in reversed(list(enumerate(faces, 1))):
        layer = stage.createNode(texts.several.layer_name(number, name), "paintlayer")
        pixels.insert(0, in_colors_of(layer, answer))
        yield False
        yield from write(layer, place, pixels[0])
        group.addChildNode(layer, None)
    while not stage.tryBarrierLock():
        yield True
    stage.unlock()
    return group.duplicate(), pixels


def _note(sketch: CapturedSketch, answer: Any, layer: Any, place: Rect, pixels: bytes) -> None:
    subject = sketch.subject
    mark = Mark(id_of(layer), 0, (0, 0), position_of(layer), position_of(subject.sketch))
    note_face(subject, layer, answer, place, mark, pixels, undoable=False)
