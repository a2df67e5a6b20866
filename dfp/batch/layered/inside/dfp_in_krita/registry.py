"""Which layers of a document are faces, and of which sketches: the list that the plugin keeps in the document itself.

So the plugin renews faces that a batch has made, a batch those of the plugin, and neither what a painter has painted
on. It is JSON in an annotation, which Krita keeps in the file: by each sketch's id a list of faces, the newest last.
"""

import json
import zlib
from typing import Any, Dict, List, Optional

from .api import QtCore
from .document import bounds_of, id_of

ANNOTATION = "deepfacepencil-faces"
DESCRIPTION = "Which layers are DeepFacePencil faces, and of which sketch layers"
VERSION = 2
MOST_FACES = 32  # of one sketch: deleted ones stay on the list, because undo brings them back


class Registry:
    """The list of one document; one that cannot be read counts as empty."""

    def __init__(self, document: Any) -> None:
        self._document = document
        try:
            noted = json.loads(bytes(document.annotation(ANNOTATION)).decode())
            self._faces: Dict[str, List[Any]] = {str(sketch): list(marks) for sketch, marks in noted["faces"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            self._faces = {}

    def ids(self) -> List[str]:
        """The ids of all faces, and of the layers in those that are groups."""
        found: List[str] = []
        for marks in self._faces.values():
            for mark in marks:
                found += _ids(mark)
        return found

    def face_of(self, sketch: Any, nodes: Dict[str, Any]) -> Optional[Any]:
        """The newest face of a sketch that is as it was written; None: there is none, or it is the painter's now."""
        for mark in reversed(self._faces.get(id_of(sketch), [])):
            face = nodes.get(str(mark[0])) if isinstance(mark, list) and len(mark) > 2 else None
            if face is not None and face.type() == "paintlayer" and not face.locked() and _knows(mark, face):
                return face
        return None

    def remember(self, sketch: Any, face: Any) -> int:
        """Note a face as it is now; returns what it is known by."""
        digest, (_, _, width, height) = digest_of(face), bounds_of(face)
        at, home = face.position(), sketch.position()
        more = {"at": [at.x(), at.y()], "sketch_at": [home.x(), home.y()], "aside": [0, 0], "earlier": []}
        mark = [id_of(face), digest, [width, height], {**more, "print": None, "frame": None, "turn": 0.0, "parts": []}]
        marks = [old for old in self._faces.get(id_of(sketch), []) if not _ids(old) or _ids(old)[0] != id_of(face)]
        self._faces[id_of(sketch)] = [*marks, mark][-MOST_FACES:]
        return digest

    def write(self) -> None:
        """Put the list into the document."""
        said = json.dumps({"version": VERSION, "faces": self._faces}).encode()
        self._document.setAnnotation(ANNOTATION, DESCRIPTION, QtCore.QByteArray(said))


def digest_of(layer: Any) -> int:
    """What a layer's pixels are known by."""
    return zlib.crc32(bytes(layer.pixelData(*bounds_of(layer))))


def _ids(mark: Any) -> List[str]:
    try:
        parts = mark[3].get("parts", []) if len(mark) > 3 and isinstance(mark[3], dict) else []
        return [str(mark[0]), *(str(part[0]) for part in parts)]
    except (TypeError, IndexError, KeyError, AttributeError):
        return []


def _knows(mark: Any, face: Any) -> bool:
    bounds = bounds_of(face)
    now = [digest_of(face), bounds[2], bounds[3]]
    try:
        earlier = mark[3]["earlier"] if len(mark) > 3 and isinstance(mark[3], dict) else []
        return now == [mark[1], *mark[2]] or now in [list(one) for one in earlier]
    except (TypeError, KeyError):
        return False
