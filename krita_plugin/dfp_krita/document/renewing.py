"""New pixels for the face that a painter has: on its layer, or on the layers of its group.

New pixels of a layer are no undo step by themselves, because nothing in Krita's API writes the pixels of an attached
layer in an undoable way. But to convert the layer's colors is a step, and Krita then puts the old pixels aside, whole,
and brings them back when it is undone. So outside live work a face is converted to another color space that shows the
same before it is written. A group is converted with all that is in it, by one step, to a profile that shows the same
numbers as the same colors; her own layers in it keep their very numbers. Where there are too few such profiles (see
twins), each layer of the face is a step of its own.

What the painter has painted on a face is never written over, nor what she has locked: of a group such layers are left
as they are, and those that she has deleted stay away. Everything here is an iterator, as in face_pixels.
"""

import zlib
from collections import deque
from enum import Enum
from itertools import chain
from typing import Any, Dict, Generator, Iterator, List, NamedTuple, Optional, Tuple

from ..qt import QtCore
from ..task import Steps
from .capture import CapturedSketch, Subject
from .colors import ColorSpace, are_twins
from .face_match import fingerprint_of, looks_as_drawn
from .face_parts import NOTHING, Part, parts_of
from .face_pixels import BAND_PIXELS, in_colors, wait_for_rest, wipe, write
from .face_registry import FaceRegistry, Mark, is_group
from .frame_lock import renew_lock
from .geometry import Rect
from .layer_tree import bounds_of, groups_around, id_of, layers_below, position_of
from .twins import another_for, twins_of


class Condition(Enum):
    """What has become of a face since the plugin wrote it."""

    AS_WRITTEN = "as written"
    FOLLOWED = "changed by Krita, with the whole picture"
    HERS = "changed or locked by the painter"


class Piece(NamedTuple):
    """One layer of a face: which part of it, and what is known of it."""

    number: int
    layer: Any
    mark: Mark


class Standing(NamedTuple):
    """How a face stands: the layers that are free to be renewed, and the painter's own. Deleted ones are missing."""

    condition: Condition
    free: List[Piece]
    hers: List[Piece]


def pieces_of(document: Any, face: Any) -> List[Piece]:
    """The layers of a face that are there, from the bottom: itself, or the group's that the plugin has made."""
    mark = FaceRegistry(document).mark_of(face)
    if mark is None:
        return []
    if not mark.parts:
        return [Piece(0, face, mark)]
    nodes = {id_of(layer): layer for layer in layers_below(document.rootNode())}
    return [Piece(number, nodes[part.face], part) for number, part in enumerate(mark.parts) if part.face in nodes]


def standing_of(subject: Subject, face: Any) -> Generator[bool, None, Standing]:
    """Which of the face's layers are free to be renewed: what the plugin wrote, and not locked."""
    free, hers, followed = [], [], False
    for piece in pieces_of(subject.document, face):
        condition = Condition.HERS if face.locked() else (yield from _condition_of(subject, piece))
        followed = followed or condition is Condition.FOLLOWED
        (hers if condition is Condition.HERS else free).append(piece)
    if not free:
        return Standing(Condition.HERS, free, hers)
    return Standing(Condition.FOLLOWED if followed else Condition.AS_WRITTEN, free, hers)


def _condition_of(subject: Subject, piece: Piece) -> Generator[bool, None, Condition]:
    if piece.layer.locked():
        return Condition.HERS
    digest, size = yield from _digest_of(piece.layer)
    if piece.mark.knows(digest, size):
        return Condition.AS_WRITTEN
    seen = looks_as_drawn(subject.document, piece.layer, piece.mark)
    return Condition.FOLLOWED if seen else Condition.HERS


def was_undone(document: Any, face: Any) -> Generator[bool, None, bool]:
    """Whether an undo has brought back an older face than the plugin wrote last."""
    for piece in pieces_of(document, face):
        digest, size = yield from _digest_of(piece.layer)
        mark = piece.mark
        if (digest, *size) in mark.earlier and (digest, size) != (mark.digest, mark.size):
            return True
    return False


def _digest_of(layer: Any) -> "Generator[bool, None, Tuple[int, Tuple[int, int]]]":
    bounds = bounds_of(layer)
    digest = 0
    for band in bounds.bands(BAND_PIXELS):
        digest = zlib.crc32(bytes(layer.pixelData(*band)), digest)
        yield False
    return digest, (bounds.width, bounds.height)


def put_aside_together(subject: Subject, group: Any, standings: List[Standing]) -> Generator[bool, None, bool]:
    """Let Krita put the pixels of several faces in a group aside, by one undo step; returns whether it can."""
    inside = [piece for standing in standings for piece in standing.free]
    space = yield from _target_of_all(group, inside)
    if space is not None:
        yield from _convert_group(subject, group, inside, space)
    return space is not None


def renew(
    sketch: CapturedSketch, answer: Any, face: Any, standing: Standing, undoable: bool, is_aside: bool = False
) -> Steps:
    """Write the answer over the free layers of a face, on the drawing or as far beside it as she has moved them.

    All else about the layers stays. With `undoable` it is one undo step, as far as Krita knows other color spaces;
    `is_aside`: that step was taken, for several faces together.
    """
    subject = sketch.subject
    parts = yield from parts_of(sketch.options.form, answer)
    own_step = undoable and not is_aside
    wanted = (yield from _targets(subject.document, face, standing.free)) if own_step else {}
    colors = [wanted.get(piece.number, ColorSpace.of(piece.layer)) for piece in standing.free]
    pixels = [in_colors(space, _part(parts, piece)) for piece, space in zip(standing.free, colors)]
    yield from wait_for_rest(subject)
    home = sketch.place_of(answer)
    if own_step:
        yield from _put_aside(subject, face, standing, wanted)
    writing: Iterator[bool] = iter(())
    notes = []
    for number, piece in enumerate(standing.free):
        part = _part(parts, piece)
        if ColorSpace.of(piece.layer) != colors[number]:
            pixels[number] = in_colors(ColorSpace.of(piece.layer), part)
        at = part.place.moved(home.left, home.top)
        place = at.moved(*piece.mark.aside_now(subject.sketch, piece.layer))
        steps = wipe(piece.layer, bounds_of(piece.layer), place), write(piece.layer, place, pixels[number])
        writing = chain(writing, *steps)
        notes.append((piece, part, place, pixels[number]))
    try:
        yield from writing
    finally:
        # A face whose writing is broken off is still written to its end: half of one would be worse.
        deque(writing, maxlen=0)
        note(subject, face, answer, notes, undoable)
        subject.document.setModified(True)
    yield from wait_for_rest(subject)
    # Krita does not notice by itself that pixels were written.
    subject.document.refreshProjection()


def _part(parts: List[Part], piece: Piece) -> Part:
    """What goes onto a layer of the face: of a group's an answer without layers fills the lowest alone."""
    return parts[piece.number] if piece.number < len(parts) else NOTHING


def note(
    subject: Subject, face: Any, answer: Any, written: "List[Tuple[Piece, Part, Rect, bytes]]", undoable: bool
) -> None:
    """Write down what was written: of each layer what it was known by, the part, its place now and its pixels."""
    registry = FaceRegistry(subject.document)
    mark = registry.mark_of(face)
    for piece, part, place, pixels in written:
        layer, before = piece.layer, piece.mark
        whole = Rect(0, 0, answer.width, answer.height)
        now = Mark(
            before.face,
            zlib.crc32(pixels),
            (place.width, place.height) if pixels else (0, 0),
            position_of(layer),
            position_of(subject.sketch),
            before.aside_now(subject.sketch, layer),
            before.one_step_back if undoable else before.earlier,
            fingerprint_of(subject.document, layer, part, place),
            None if part.place == whole else whole.seen_from(part.place),
            turn=answer.turn,
        )
        if mark is None or not mark.parts:
            mark = now
        else:
            parts = mark.parts
            mark = mark._replace(parts=(*parts[: piece.number], now, *parts[piece.number + 1 :]))
    if mark is not None:
        registry.remember(subject.sketch, mark)
    renew_lock(subject.document)


def clear(subject: Subject, face: Any, standing: Standing) -> Steps:
    """Take the face's pixels away, without an undo step: there is no drawing any more."""
    yield from wait_for_rest(subject)
    registry = FaceRegistry(subject.document)
    for piece in standing.free:
        yield from wipe(piece.layer, bounds_of(piece.layer), Rect(0, 0, 0, 0))
        empty = piece.mark._replace(digest=0, size=(0, 0), earlier=piece.mark.one_step_back)
        mark = registry.mark_of(face)
        if mark is not None and mark.parts:
            empty = mark._replace(parts=tuple(empty if part.face == empty.face else part for part in mark.parts))
        registry.remember(subject.sketch, empty)
    subject.document.refreshProjection()


def _targets(document: Any, face: Any, free: List[Piece]) -> Generator[bool, None, Dict[int, ColorSpace]]:
    """The color spaces that a face's layers are converted to before they are written, by the number of the piece."""
    if is_group(face):
        inside = [piece for piece in free if face in list(groups_around(piece.layer))]
        together = yield from _target_of_all(face, inside)
        if together is not None:
            return {piece.number: together for piece in inside}
    found = {}
    for piece in free:
        space = another_for(ColorSpace.of(piece.layer), ColorSpace.of(document))
        if space is not None:
            found[piece.number] = space
    return found


def _target_of_all(group: Any, inside: List[Piece]) -> Generator[bool, None, Optional[ColorSpace]]:
    """A color space for a whole group: with the numbers of all its paint layers, and none that it or they have now."""
    own = ColorSpace.of(group)
    for space in {ColorSpace.of(layer) for layer in layers_below(group) if layer.type() == "paintlayer"}:
        if not are_twins(own, space):
            return None
        yield False
    taken = [own, *(ColorSpace.of(piece.layer) for piece in inside)]
    for space in twins_of(own) if inside else []:
        if space not in taken:
            return space
        yield False
    return None


def _put_aside(subject: Subject, face: Any, standing: Standing, wanted: Dict[int, ColorSpace]) -> Steps:
    """Let Krita put the pixels of the layers that will be written aside, for an undo."""
    left = [piece for piece in standing.free if piece.number in wanted]
    if is_group(face):
        inside = [piece for piece in left if face in list(groups_around(piece.layer))]
        together = yield from _target_of_all(face, inside)
        if together is not None and all(wanted[piece.number] == together for piece in inside):
            yield from _convert_group(subject, face, inside, together)
            left = [piece for piece in left if piece not in inside]
    for piece in left:
        piece.layer.setColorSpace(*wanted[piece.number])


def _convert_group(subject: Subject, group: Any, inside: List[Piece], space: ColorSpace) -> Steps:
    """Convert a group, by one step; what is in it beside these layers keeps its very numbers."""
    converted = [id_of(piece.layer) for piece in inside]
    paint = (layer for layer in layers_below(group) if layer.type() == "paintlayer")
    hers = []
    for layer in (layer for layer in paint if id_of(layer) not in converted):
        for band in bounds_of(layer).bands(BAND_PIXELS):
            hers.append((layer, band, bytes(layer.pixelData(*band))))
            yield False
    yield from wait_for_rest(subject)
    group.setColorSpace(*space)
    yield from wait_for_rest(subject)
    for layer, band, pixels in hers:
        if bytes(layer.pixelData(*band)) != pixels:
            layer.setPixelData(QtCore.QByteArray(pixels), *band)
        yield False
