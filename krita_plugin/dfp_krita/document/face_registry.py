"""Which face layer belongs to which sketch layer, written down in the document itself.

Krita gives every layer an id that survives renaming, moving, undo, saving and reopening, and a copy of a layer gets
an id of its own. The list is an annotation of the document: Krita keeps it in the .kra, with or without this plugin.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .annotation import read_annotation, write_annotation
from .layer_tree import id_of, layers_below, position_of

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
    """

    face: str
    digest: int
    size: Tuple[int, int]
    at: Optional[Tuple[int, int]] = None
    sketch_at: Tuple[int, int] = (0, 0)
    aside: Tuple[int, int] = (0, 0)
    earlier: Tuple[Tuple[int, int, int], ...] = ()
    print: Optional[Dict[str, Any]] = None
    turn: float = 0.0

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

    def meant_by(self, node: Any) -> Tuple[Any, Optional[Any]]:
        """The sketch and its face that a painter means who has chosen `node`, which may be either of the two.

        A layer with a face for each keyframe is never the one that is meant: only a batch makes such.
        """
        faces = self._read()
        nodes = {id_of(layer): layer for layer in layers_below(self._document.rootNode())}
        for sketch, marks in faces.items():
            if sketch in nodes and any(mark.face == id_of(node) for mark in marks):
                if not node.animated():
                    return nodes[sketch], node
                node = nodes[sketch]
                break
        still = [face for face in self.faces_of(node) if not face.animated()]
        return node, still[-1] if still else None

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
        return [id for sketch, marks in self._read().items() for id in (sketch, *(mark.face for mark in marks))]

    def mark_of(self, face: Any) -> Optional[Mark]:
        """What is known of a face layer."""
        marks = [mark for marks in self._read().values() for mark in marks if mark.face == id_of(face)]
        return marks[0] if marks else None

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
        noted = {sketch: [[*mark[:3], _more(mark)] for mark in marks] for sketch, marks in faces.items()}
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


def _more(mark: Mark) -> Dict[str, Any]:
    return {name: value for name, value in mark._asdict().items() if name not in ("face", "digest", "size")}


def _mark(face: str, digest: int, size: List[int], more: Any) -> Mark:
    """A mark as it was noted; of one by an older plugin, which knew less, only what the two have in common."""
    known = Mark(str(face), int(digest), _pair(size))
    if not isinstance(more, dict) or more.get("at") is None:
        return known
    earlier = tuple((int(one), int(width), int(height)) for one, width, height in more["earlier"])
    seen = more["print"] if isinstance(more["print"], dict) else None
    turn = float(more.get("turn", 0.0))
    at, sketch_at, aside = (_pair(more[name]) for name in ("at", "sketch_at", "aside"))
    return known._replace(at=at, sketch_at=sketch_at, aside=aside, earlier=earlier, print=seen, turn=turn)


def _pair(noted: Any) -> Tuple[int, int]:
    first, second = noted
    return int(first), int(second)
