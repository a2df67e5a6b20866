"""Puts the faces of a drawing with several heads into the painter's document: each of its head, told by its place.

New ones come as a group right above the drawing, with a layer for each head, by one undo step (see layer). Those that
are there are renewed where they are, all that lie in one group by one step (see renewing); a head that is new gets a
layer in the group of the others. Everything here is an iterator, as in layer.
"""

from dataclasses import replace
from typing import Any, Generator, List, NamedTuple, Optional, Sequence, Tuple

from krita_plugin.shared import layer_names
from krita_plugin.shared.head_places import in_reading_order, of_one_head, shared_out

from .. import texts
from .active_layer import ActiveLayer
from .capture import CapturedSketch, Subject, check_still_there
from .face_parts import Part, parts_of
from .face_pixels import wait_for_rest
from .face_registry import FaceRegistry, is_group
from .framing import place_of_face
from .geometry import Rect
from .layer import made_on, put_face, remember_empty
from .painted import top_of_drawing
from .renewing import Condition, Piece, Standing, note, put_aside_together, renew, standing_of
from .stage import Stage
from .visibility import is_seen

Pair = Tuple[CapturedSketch, Any]


class Owner(NamedTuple):
    """A head: its sketch and answer, its faces, and the one of these that is to be renewed, if there is one."""

    pair: Pair
    own: List[Any]
    face: Any = None
    standing: Optional[Standing] = None


def put_faces(pairs: Sequence[Pair], active: ActiveLayer) -> Generator[bool, None, str]:
    """Renew or add a face for each sketch and answer, all of one drawing; returns what the painter should know.

    Raises Refusal as `put_face` does, before anything was changed unless it happens in the very middle.
    """
    sketch, answer = pairs[0]
    subject = sketch.subject
    check_still_there(subject)
    heads = [one.place_of(face) for one, face in pairs]
    faces = _faces_of(subject)
    there = [place_of_face(subject.document, subject.sketch, face) for face in faces]
    if len(pairs) == 1 and of_one_head(there):
        return (yield from put_face(sketch, answer, active))
    owners = []
    for pair, numbers in zip(pairs, shared_out(there, heads)):
        owners.append((yield from _owner(pair, [faces[number] for number in numbers])))
    yield from _renew([owner for owner in owners if owner.face is not None])
    new = [owner for owner in owners if owner.face is None]
    made = (yield from _add([owner.pair for owner in new], _group_around(subject, faces), active)) if new else []
    _hide_other_kinds(owners)
    told = [texts.several.made(len(pairs))] if len(pairs) > 1 else []
    told += [texts.several.CHANGED] if any(_left_alone(owner) for owner in owners) else []
    shown = [*made, *(owner.face for owner in owners if owner.face is not None)]
    return " ".join([*told, *([] if all(map(is_seen, shown)) else [texts.faces.HIDDEN])])


def several_heads(document: Any, sketch: Any) -> bool:
    """Whether a drawing has faces of more than one head."""
    faces = [face for face in FaceRegistry(document).faces_of(sketch) if not face.animated()]
    return not of_one_head([place_of_face(document, sketch, face) for face in faces])


def shown_with(document: Any, sketch: Any, face: Any) -> Any:
    """What is shown or hidden with a face: itself, or the group of all faces unless it is the chosen one of these."""
    group = face.parentNode()
    alone = group is None or group == sketch.parentNode() or document.activeNode() == face
    return face if alone or not several_heads(document, sketch) else group


def _faces_of(subject: Subject) -> List[Any]:
    """The faces that may be renewed, the oldest first."""
    if subject.face is None:
        return []
    return [face for face in FaceRegistry(subject.document).faces_of(subject.sketch) if not face.animated()]


def _owner(pair: Pair, own: List[Any]) -> Generator[bool, None, Owner]:
    """A head with the face that is meant, or the first after it that is not the painter's now."""
    sketch, answer = pair
    chosen = sketch.subject.face
    fitting = [face for face in own if is_group(face) == (answer.layers is not None)]
    first = fitting.index(chosen) if chosen in fitting else len(fitting) - 1
    for face in fitting[max(0, first) :]:
        standing = yield from standing_of(sketch.subject, face)
        if standing.condition is not Condition.HERS:
            return Owner(pair, own, face, standing)
    return Owner(pair, own)


def _left_alone(owner: Owner) -> bool:
    """Whether something of a head's faces stays as it is, because it is the painter's."""
    if owner.standing is not None:
        return bool(owner.standing.hers)
    return any(is_group(face) == (owner.pair[1].layers is not None) for face in owner.own)


def _renew(owners: List[Owner]) -> Generator[bool, None, None]:
    """Each face where it is; those of one group by one undo step, as far as Krita knows color spaces for that."""
    together: List[Any] = []
    group = _group_around(owners[0].pair[0].subject, [owner.face for owner in owners]) if len(owners) > 1 else None
    if group is not None:
        inside = [owner for owner in owners if owner.face.parentNode() == group]
        standings = [owner.standing for owner in inside if owner.standing is not None]
        subject = owners[0].pair[0].subject
        yield from wait_for_rest(subject)
        if len(inside) > 1 and (yield from put_aside_together(subject, group, standings)):
            together = [owner.face for owner in inside]
    for owner in owners:
        if owner.standing is not None:
            is_aside = owner.face in together
            yield from renew(*owner.pair, owner.face, owner.standing, undoable=True, is_aside=is_aside)


def _hide_other_kinds(owners: List[Owner]) -> None:
    """A head's faces of another kind, a layer or a group, would cover the new one or be covered by it."""
    for owner in owners:
        grouped = owner.pair[1].layers is not None
        for face in owner.own:
            if is_group(face) != grouped and face.visible():
                face.setVisible(False)


def _group_around(subject: Subject, faces: Sequence[Any]) -> Optional[Any]:
    """The group beside the drawing that its faces are in, if they are in one."""
    for face in faces:
        parent = face.parentNode()
        if parent != subject.sketch.parentNode() and parent.parentNode() is not None and not parent.locked():
            return parent
    return None


def _add(pairs: List[Pair], group: Optional[Any], active: ActiveLayer) -> Generator[bool, None, List[Any]]:
    """A layer, or a group of layers, for each: in a group of the other faces, else in a new one, alone if it is one."""
    sketch, answer = pairs[0]
    subject = sketch.subject
    if group is None and len(pairs) == 1:
        yield from put_face(replace(sketch, subject=replace(subject, face=None)), answer, active)
        return FaceRegistry(subject.document).faces_of(subject.sketch)[-1:]
    yield from wait_for_rest(subject)
    with Stage(subject.document) as stage:
        filled, holder = yield from _filled(stage, pairs, len(group.childNodes()) if group is not None else 0)
        taken = [stage.taken(layer) for layer in holder.childNodes()] if group is not None else [stage.taken(holder)]
    yield from wait_for_rest(subject)
    for pair_sketch, face in pairs:
        pair_sketch.place_of(face)  # the canvas may have changed in this very moment
    parent: Any = group
    below = None
    if group is None:
        parent, below = subject.sketch.parentNode(), top_of_drawing(subject.document, subject.sketch)
    for layer in taken:
        active.keep_through(subject.document, lambda layer=layer: parent.addChildNode(layer, below), layer)
    added = taken if group is not None else taken[0].childNodes()
    # What is written down last is what is meant by the drawing: the surest, which is the first of the pairs.
    for one, layer in sorted(zip(filled, added), key=lambda known: -known[0].number):
        note(subject, layer, pairs[one.number][1], one.written(remember_empty(subject, layer)), undoable=False)
    yield from wait_for_rest(subject)
    # Krita shows of a group that is added with layers in it only some by itself.
    subject.document.refreshProjection()
    return list(added)


class Filled(NamedTuple):
    """Of a layer, or group, on a stage: which of the pairs it is, its parts, their places and pixels."""

    number: int
    parts: List[Part]
    home: Rect
    pixels: List[bytes]

    def written(self, pieces: List[Piece]) -> "List[Tuple[Piece, Part, Rect, bytes]]":
        """What was written onto each of its layers."""
        places = [part.place.moved(self.home.left, self.home.top) for part in self.parts]
        return list(zip(pieces, self.parts, places, self.pixels))


def _filled(stage: Stage, pairs: List[Pair], before: int) -> "Generator[bool, None, Tuple[List[Filled], Any]]":
    """A group on a stage with the faces in it, numbered as one reads, the first one on top; what is in it, bottom up.

    `before`: how many there are already.
    """
    name = pairs[0][0].subject.sketch.name()
    places = [sketch.place_of(answer) for sketch, answer in pairs]
    holder = stage.add(layer_names.faces(name), "grouplayer")
    filled = []
    for at, number in reversed(list(enumerate(in_reading_order(places), before + 1))):
        sketch, answer = pairs[number]
        parts = yield from parts_of(sketch.options.form, answer)
        _, pixels = yield from made_on(stage, layer_names.numbered(at, name), parts, places[number], holder)
        filled.append(Filled(number, parts, places[number], pixels))
    return filled, holder
