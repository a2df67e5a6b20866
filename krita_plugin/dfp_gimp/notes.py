"""Which layer is the face of which drawing: notes that layers carry with them, saved with the picture.

A drawing has a number of its own, and its faces note it. A layer that the painter copies takes its notes along, so each
note says whose it is, too, by the number that GIMP gives a layer; GIMP numbers all layers anew when a picture is
duplicated, and then the lowest of several is the first one.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .gimp import Gegl, Gimp

SKETCH, FACE = "deepfacepencil-sketch", "deepfacepencil-face"
FORMAT = "R'G'B'A u8"
# Of GIMP's GIMP_PARASITE_UNDOABLE, which Python does not see.
UNDOABLE = 2


@dataclass(frozen=True)
class Face:
    """A layer, or a group of them, and what it was when it was made. `pixels` is a checksum; "" of a group."""

    layer: Any
    sketch: str
    pixels: str

    @property
    def is_group(self) -> bool:
        """Whether it holds the faces of several heads."""
        return not self.pixels

    @property
    def hers(self) -> bool:
        """Whether the painter has changed or locked it, and so nothing may replace it."""
        return self.layer.get_lock_content() or checksum(self.layer) != self.pixels


def checksum(layer: Any) -> str:
    """Of a layer's pixels and size, wherever it lies."""
    width, height = layer.get_width(), layer.get_height()
    pixels = layer.get_buffer().get(Gegl.Rectangle.new(0, 0, width, height), 1.0, FORMAT, Gegl.AbyssPolicy.NONE)
    return f"{width}x{height} {hashlib.sha256(pixels).hexdigest()}"


def sketch_id(layer: Any) -> str:
    """A drawing's number; "" when it has none yet, or when it is a copy of another layer that has it."""
    noted = _read(layer, SKETCH)
    number = str(noted.get("id", ""))
    return number if number and _first(_noted(layer.get_image(), SKETCH, "id", number)) == layer else ""


def remember_sketch(layer: Any) -> str:
    """Give a drawing a number, unless it has one; returns it."""
    number = sketch_id(layer)
    if not number:
        number = secrets.token_hex(8)
        _write(layer, SKETCH, {"id": number})
    return number


def remember_face(layer: Any, sketch: str, group: bool = False) -> None:
    """Note on a layer as it is now, in the picture already, that it is a face, or holds the faces, of a drawing."""
    _write(layer, FACE, {"sketch": sketch, "pixels": "" if group else checksum(layer)})


def sketch_of(layer: Any) -> "tuple[bool, Any]":
    """Whether a layer is a face, or a group of these, and the drawing that it belongs to; None when that is gone."""
    number = str(_read(layer, FACE).get("sketch", ""))
    return bool(number), _first(_noted(layer.get_image(), SKETCH, "id", number)) if number else None


def faces_of(image: Any, sketch: str) -> list[Face]:
    """The faces and groups of faces of a drawing, the lowest first, without copies that the painter made of them."""
    found: dict[str, list[Any]] = {}
    for layer in _noted(image, FACE, "sketch", sketch) if sketch else ():
        found.setdefault(str(_read(layer, FACE).get("layer")), []).append(layer)
    firsts = [_first(iter(layers)) for layers in found.values()]
    return [Face(layer, sketch, str(_read(layer, FACE).get("pixels", ""))) for layer in firsts]


def _first(layers: Iterator[Any]) -> Any:
    """Of layers with the same note the one that it was written for, else the lowest."""
    known = list(layers)
    own = (layer for layer in known if any(_read(layer, n).get("layer") == layer.get_tattoo() for n in (SKETCH, FACE)))
    return next(own, known[0] if known else None)


def _noted(image: Any, name: str, key: str, value: str) -> Iterator[Any]:
    for layer in _all(image.get_layers()):
        if _read(layer, name).get(key) == value:
            yield layer


def _all(layers: list[Any]) -> Iterator[Any]:
    """Layers and what is in them, from the bottom up."""
    for layer in reversed(layers):
        if layer.is_group():
            yield from _all(layer.get_children())
        yield layer


def _read(layer: Any, name: str) -> dict[str, Any]:
    parasite = layer.get_parasite(name)
    try:
        noted = json.loads(bytes(parasite.get_data()).decode()) if parasite is not None else {}
    except ValueError:
        return {}
    return noted if isinstance(noted, dict) else {}


def _write(layer: Any, name: str, noted: dict[str, Any]) -> None:
    data = json.dumps({"version": 1, **noted, "layer": layer.get_tattoo()}).encode()
    layer.attach_parasite(Gimp.Parasite.new(name, Gimp.PARASITE_PERSISTENT | UNDOABLE, data))
