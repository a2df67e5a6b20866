"""An OpenRaster file as a file of layers."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from dfp.batch.layered.file import Ask, Earlier, Placed, Record, Sketch, Written
from dfp.batch.layered.inside.dfp_in_krita.names import chosen, face_name, is_own
from dfp.batch.layered.ora.archive import NewFace, OraFile
from dfp.batch.layered.ora.stack import OraLayer
from dfp.errors import SketchError
from dfp.pictures.marks import mark_in


class OraLayers:
    """See `LayeredFile`. The format has no ids: a layer's path, and its number among those of the same path, is one."""

    def __init__(self, path: Path, ask: Ask):
        """Read which layers are meant. Raises SketchError."""
        self._path, self._ask = path, ask
        with OraFile.open(path) as file:
            self.size = file.stack.width, file.stack.height
            layers = {id: file.stack.layers[number] for id, number in _chosen(file, ask.patterns)}
            earlier = self._earlier(layers)
            self.sketches: Sequence[Sketch] = [
                self._sketch(file, id, layer, earlier.get(id)) for id, layer in layers.items()
            ]
        self._layers = layers

    def drawing(self, sketch: Sketch) -> np.ndarray:
        with OraFile.open(self._path) as file:
            return file.drawing(self._layers[sketch.id])

    def face(self, sketch: Sketch) -> np.ndarray | None:
        if not sketch.face_id:
            return None
        with OraFile.open(self._path) as file:
            return file.picture(file.stack.layers[int(sketch.face_id)])

    def write(self, faces: Sequence[Placed], target: Path) -> dict[str, Written]:
        with OraFile.open(self._path) as file:
            new = [_new(file, self._layers[placed.sketch.id], placed) for placed in faces]
            file.write(new, target)
            digests = [digest_of(file.decoded(one.picture)) for one in new]
        return {
            placed.sketch.id: Written(placed.sketch.face_id, digest)
            for placed, digest in zip(faces, digests, strict=True)
        }

    def _sketch(self, file: OraFile, id: str, layer: OraLayer, earlier: Earlier | None) -> Sketch:
        face = _face_of(file, layer, self._ask.known.get(id))
        known = ("", "") if face is None else (str(face[0].number), face[1])
        path = "/".join(layer.path)
        try:
            return Sketch(id, path, _drawing_digest(file, layer), *known, earlier)
        except SketchError as error:
            return Sketch(id, path, "", *known, why=str(error))

    def _earlier(self, layers: dict[str, OraLayer]) -> dict[str, Earlier]:
        """The faces that an earlier copy has and that are known."""
        found: dict[str, Earlier] = {}
        if self._ask.earlier is None:
            return found
        with suppress(SketchError), OraFile.open(self._ask.earlier) as file:
            for id, number in _chosen(file, self._ask.patterns):
                record = self._ask.known.get(id)
                if record is None or self._ask.current(id, record.pixels) is None or id not in layers:
                    continue
                face = _face_of(file, file.stack.layers[number], record)
                if face is not None and face[1] == record.face:
                    found[id] = Earlier(file.picture(face[0]), face[0].left, face[0].top)
        return found


def digest_of(picture: np.ndarray) -> str:
    """What a face is known by, uint8 h x w x 4 RGBA: what is seen of it, however a program has stored it."""
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(picture[..., 3]))
    part = picture[top : top + height, left : left + width]
    seen = np.where(part[..., 3:] > 0, part, 0).astype(np.uint8)
    return hashlib.sha256(repr(seen.shape).encode() + seen.tobytes()).hexdigest()


def _chosen(file: OraFile, patterns: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The ids and numbers of the layers that are meant, from the bottom to the top as a painter draws them."""
    count = Counter[tuple[str, ...]]()
    layers = file.stack.layers
    ids: dict[int, str] = {}
    for layer in reversed(layers):
        count[layer.path] += 1
        ids[layer.number] = f"{'/'.join(layer.path)}#{count[layer.path]}"
    for number in reversed(chosen([layer.named for layer in layers], patterns)):
        yield ids[number], number


def _face_of(file: OraFile, sketch: OraLayer, record: Record | None) -> tuple[OraLayer, str] | None:
    """The face right above a sketch that is as it was made, and what it is known by; None when there is none."""
    beside = file.stack.inside(sketch.parent)
    above = beside[: beside.index(sketch)]
    for layer in reversed(above):
        if not is_own(layer.name) or layer.source is None:
            return None
        if layer.name != face_name(sketch.name):
            continue
        with suppress(SketchError):
            digest = digest_of(file.picture(layer))
            if (record is not None and record.face == digest) or mark_in(file.data(layer)) is not None:
                return layer, digest
    return None


def _drawing_digest(file: OraFile, layer: OraLayer) -> str:
    """What a drawing is known by: everything that it is made of, and where it lies."""
    stack = file.stack
    parts = [layer] if layer.source is not None else [one for one in stack.layers if layer.number in one.around]
    digest = hashlib.sha256(repr((stack.width, stack.height)).encode())
    for part in parts:
        if is_own(part.name):
            continue
        looks = part.left, part.top, part.opacity, part.visible, part.operation, part.isolated, len(part.around)
        digest.update(repr(looks if part is not layer else looks[:2]).encode())
        if part.source is not None:
            digest.update(hashlib.sha256(file.data(part)).digest())
    return digest.hexdigest()


def _new(file: OraFile, sketch: OraLayer, placed: Placed) -> NewFace:
    renewed = file.stack.layers[int(placed.sketch.face_id)] if placed.sketch.face_id else None
    picture, name = placed.picture.read_bytes(), face_name(sketch.name)
    return NewFace(renewed or sketch, renewed is not None, name, picture, placed.left, placed.top)
