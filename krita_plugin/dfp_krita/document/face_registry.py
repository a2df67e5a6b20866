"""Which face layer belongs to which sketch layer, written down in the document itself.

Krita gives every layer an id that survives renaming, moving, undo, saving and reopening, and a copy of a layer gets
an id of its own. The list is an annotation of the document: Krita keeps it in the .kra, with or without this plugin.
"""

import zlib
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from .annotation import read_annotation, write_annotation
from .geometry import Rect
from .layer_tree import groups_around, id_of, layers_below, position_of

ANNOTATION = "deepfacepencil-faces"
DESCRIPTION = "Which layers are DeepFacePencil faces, and of which sketch layers"
# So many undo steps back the plugin knows its own faces.
MOST_STEPS = 64
# Deleted faces stay on the list, because undo brings them back; the oldest of them are forgotten.
MOST_FACES = 32


class Mark(NamedTuple):
    """What is known of one face layer.

    `digest` and `size` are those of the pixels the plugin wrote last, so that it can tell when the painter has changed
    them, and `earlier` those of the pixels before, which an undo brings back. `at` and `sketch_at` say where the face
    and its sketch were moved to when that was written, `aside` how far the face lay beside its place by her own hand.
    `print` is what the face looked like, to be known again after Krita has changed the whole picture (see face_match).
    `turn` says by how many degrees, clockwise, the face leans.
    `frame` is where the whole face lies, seen from the corner of these pixels, when they are only a part of it.
    Of a group `parts` has a mark for each of the layers that the plugin has made in it, from the bottom; `face` is the
    group, and the rest says nothing.
    """

    face: str
    digest: int
    size: Tuple[int, int]
    at: Optional[Tuple[int, int]] = None
    sketch_at: Tuple[int, int] = (0, 0)
    aside: Tuple[int, int] = (0, 0)
    earlier: Tuple[Tuple[int, int, int], ...] = ()
    print: Optional[Dict[str, Any]] = None
    frame: Optional[Rect] = None
    parts: Tuple["Mark", ...] = ()
    turn: float = 0.0

    @property
    def ids(self) -> Tuple[str, ...]:
        """The ids of the face and of its parts."""
        return (self.face, *(part.face for part in self.parts))

    def knows(self, digest: int, size: Tuple[int, int]) -> bool:
        """Whether the plugin has written these pixels, now or before."""
        return (digest, size) == (self.digest, self.size) or (digest, *size) in self.earlier

    @property
    def one_step_back(self) -> Tuple[Tuple[int, int, int], ...]:
        """What an undo can bring back after new pixels were written by an undo step."""
        return ((self.digest, *self.size), *self.earlier)[:MOST_STEPS]

    def moves(self, sketch: Any, face: Any) -> Tuple[Tuple[int, int], Tuple[int, int]]:
        """How far sketch and face were moved since."""
        if self.at is None:
            return (0, 0), (0, 0)
        return _from(self.sketch_at, position_of(sketch)), _from(self.at, position_of(face))

    def aside_now(self, sketch: Any, face: Any) -> Tuple[int, int]:
        """How far the face shall lie beside its place: it follows its sketch unless she has moved the face itself."""
        (right, down), (face_right, face_down) = self.moves(sketch, face)
        if (face_right, face_down) == (0, 0):
            return self.aside
        return self.aside[0] + face_right - right, self.aside[1] + face_down - down


class FaceRegistry:
    """The list of one document. It is read anew each time, because an undo or a script may change layers."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def meant_by(self, node: Any, grouped: bool = False) -> Tuple[Any, Optional[Any]]:
        """The sketch and its face that a painter means who has chosen `node`, which may be either of the two, or lie in
        a face's group. Of a sketch's faces the newest is meant, a group rather than a layer when `grouped`.

        A layer with a face for each keyframe is never the one that is meant: only a batch makes such.
        """
        nodes = {id_of(layer): layer for layer in layers_below(self._document.rootNode())}
        sketch, face = self._around(node, nodes)
        if face is not None and not face.animated():
            return sketch, face
        node = sketch if sketch is not None else node
        still = [face for face in self.faces_of(node) if not face.animated()]
        fitting = [face for face in still if is_group(face) == grouped] or still
        return node, fitting[-1] if fitting else None

    def holds(self, layer: Any) -> bool:
        """Whether a layer is a face, or lies in a face's group."""
        nodes = {id_of(other): other for other in layers_below(self._document.rootNode())}
        return self._around(layer, nodes)[1] is not None

    def _around(self, node: Any, nodes: Dict[str, Any]) -> Tuple[Optional[Any], Optional[Any]]:
        """The sketch and face that a layer is, or is a part of; a sketch of its own is no part, wherever it lies.

        A group that holds faces of a sketch stands for the newest of these.
        """
        faces = self._read()
        for layer in (node, *groups_around(node)):
            if id_of(layer) in faces and self.faces_of(layer):
                break
            for sketch, marks in faces.items():
                found = [mark.face for mark in marks if id_of(layer) in mark.ids and mark.face in nodes]
                if found and sketch in nodes:
                    return nodes[sketch], nodes[found[0]]
        below = [id_of(layer) for layer in layers_below(node)] if is_group(node) else []
        if below and not any(sketch in below for sketch in faces):
            for sketch, marks in faces.items():
                found = [mark.face for mark in marks if mark.face in below]
                if found and sketch in nodes:
                    return nodes[sketch], nodes[found[-1]]
        return None, None

    def faces_of(self, sketch: Any) -> List[Any]:
        """The faces of a sketch that are there, the oldest first."""
        nodes = {id_of(layer): layer for layer in layers_below(self._document.rootNode())}
        return [nodes[mark.face] for mark in self._read().get(id_of(sketch), []) if mark.face in nodes]

    def from_on(self, sketch: Any, face: Any) -> List[Any]:
        """A face of a sketch and those that were made after it, none of them with keyframes."""
        faces = [other for other in self.faces_of(sketch) if not other.animated()]
        return faces[faces.index(face) :] if face in faces else [face]

    def known_ids(self) -> List[str]:
        """The ids of all sketches and faces, also of those that are gone."""
        noted = self._read().items()
        return [id for sketch, marks in noted for id in (sketch, *(id for mark in marks for id in mark.ids))]

    def mark_of(self, face: Any) -> Optional[Mark]:
        """What is known of a face layer."""
        marks = [mark for marks in self._read().values() for mark in marks if mark.face == id_of(face)]
        return marks[0] if marks else None

    def digest_of(self, faces: Sequence[Any]) -> int:
        """Tells whether the plugin has written other pixels to some of these faces since, in another session, too."""
        marks = [mark for mark in map(self.mark_of, faces) if mark is not None]
        written = [[(part.digest, part.size) for part in (mark, *mark.parts)] for mark in marks]
        return zlib.crc32(repr(sorted(written)).encode())

    def remember(self, sketch: Any, mark: Mark) -> None:
        """Write down the newest face of a sketch, or what has become of an older one."""
        faces = self._read()
        marks = faces.setdefault(id_of(sketch), [])
        known = [known.face for known in marks]
        if mark.face in known:
            marks[known.index(mark.face)] = mark
        else:
            marks.append(mark)
        del marks[:-MOST_FACES]
        noted = {sketch: [_fields(mark) for mark in marks] for sketch, marks in faces.items()}
        write_annotation(self._document, ANNOTATION, DESCRIPTION, {"version": 2, "faces": noted})

    def _read(self) -> Dict[str, List[Mark]]:
        """A list that somebody else has spoiled counts as empty: then a face gets a new layer, nothing worse."""
        try:
            noted = read_annotation(self._document, ANNOTATION)
            return {str(sketch): [_mark(*fields) for fields in marks] for sketch, marks in noted["faces"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return {}


def _from(start: Tuple[int, int], end: Tuple[int, int]) -> Tuple[int, int]:
    return end[0] - start[0], end[1] - start[1]


def is_group(face: Any) -> bool:
    """Whether a face is a group of layers."""
    return face.type() == "grouplayer"


def _fields(mark: Mark) -> List[Any]:
    """A mark as it is noted."""
    more = {name: value for name, value in mark._asdict().items() if name not in ("face", "digest", "size", "parts")}
    return [*mark[:3], {**more, "parts": [_fields(part) for part in mark.parts]}]


def _mark(face: str, digest: int, size: List[int], more: Any) -> Mark:
    """A mark as it was noted; of one by an older plugin, which knew less, only what the two have in common."""
    known = Mark(str(face), int(digest), _pair(size))
    if not isinstance(more, dict) or more.get("at") is None:
        return known
    earlier = tuple((int(one), int(width), int(height)) for one, width, height in more["earlier"])
    seen = more["print"] if isinstance(more["print"], dict) else None
    turn = float(more.get("turn", 0.0))
    at, sketch_at, aside = (_pair(more[name]) for name in ("at", "sketch_at", "aside"))
    known = known._replace(at=at, sketch_at=sketch_at, aside=aside, earlier=earlier, print=seen, turn=turn)
    if more.get("frame") is not None:
        known = known._replace(frame=Rect(*(int(number) for number in more["frame"])))
    return known._replace(parts=tuple(_mark(*part) for part in more.get("parts", ())))


def _pair(noted: Any) -> Tuple[int, int]:
    first, second = noted
    return int(first), int(second)
