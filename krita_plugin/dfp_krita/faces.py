"""Which face layer belongs to which sketch layer, written down in the document itself.

Krita gives every layer an id that survives renaming, moving, undo, saving and reopening, and a copy of a layer gets
an id of its own. The list is an annotation of the document: Krita keeps it in the .kra, with or without this plugin.
"""

import json
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from .qt import QtCore

ANNOTATION = "deepfacepencil-faces"
DESCRIPTION = "Which layers are DeepFacePencil faces, and of which sketch layers"
# Deleted faces stay on the list, because undo brings them back; the oldest of them are forgotten.
MOST_FACES = 32


class Mark(NamedTuple):
    """What is known of one face layer.

    `digest` and `size` are those of the pixels the plugin wrote, so that it can tell when the painter has changed
    them. `home` is where the layer was moved to, seen from its sketch, when it was made.
    """

    face: str
    digest: int
    size: Tuple[int, int]
    home: Tuple[int, int]


class FaceBook:
    """The list of one document. It is read anew each time, because an undo or a script may change layers."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def meant_by(self, node: Any) -> Tuple[Any, Optional[Any]]:
        """The sketch and its face that a painter means who has chosen `node`, which may be either of the two.

        A layer with a face for each keyframe is never the one that is meant: only a batch makes such.
        """
        faces = self._read()
        nodes = {id_of(layer): layer for layer in _below(self._document.rootNode())}
        for sketch, marks in faces.items():
            if sketch in nodes and any(mark.face == id_of(node) for mark in marks):
                if not node.animated():
                    return nodes[sketch], node
                node = nodes[sketch]
                break
        present = [nodes[mark.face] for mark in faces.get(id_of(node), []) if mark.face in nodes]
        still = [face for face in present if not face.animated()]
        return node, still[-1] if still else None

    def animated_faces(self, sketch: Any) -> List[Any]:
        """The layers with a face for each keyframe of a sketch."""
        known = {mark.face for mark in self._read().get(id_of(sketch), [])}
        return [layer for layer in _below(self._document.rootNode()) if id_of(layer) in known and layer.animated()]

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
        written = json.dumps({"version": 1, "faces": faces}).encode()
        self._document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(written))

    def _read(self) -> Dict[str, List[Mark]]:
        """A list that somebody else has spoiled counts as empty: then a face gets a new layer, nothing worse."""
        try:
            noted = json.loads(bytes(self._document.annotation(ANNOTATION)).decode())
            return {str(sketch): [_mark(*fields) for fields in marks] for sketch, marks in noted["faces"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return {}


def id_of(layer: Any) -> str:
    """Krita's id of a layer."""
    return layer.uniqueId().toString()


def home_of(sketch: Any, face: Any) -> Tuple[int, int]:
    """Where the face was moved to, seen from where the sketch was moved to."""
    at, seen_from = face.position(), sketch.position()
    return at.x() - seen_from.x(), at.y() - seen_from.y()


def _mark(face: str, digest: int, size: List[int], home: List[int]) -> Mark:
    (width, height), (left, top) = size, home
    return Mark(str(face), int(digest), (int(width), int(height)), (int(left), int(top)))


def _below(node: Any) -> Iterator[Any]:
    for child in node.childNodes():
        yield child
        yield from _below(child)
