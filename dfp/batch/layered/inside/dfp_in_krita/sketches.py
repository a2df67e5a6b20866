"""The first of two steps: the drawings on the layers that are meant, as files."""

import hashlib
import os
import zlib
from typing import Any, Dict, List, Optional, Tuple

from .document import (
    SRGB8,
    Layer,
    Rect,
    Refused,
    await_shapes,
    bounds_of,
    converted,
    groups_around,
    id_of,
    inside,
    layers_of,
    opened,
    space_of,
)
from .names import chosen, is_own
from .registry import Registry, digest_of

DRAWABLE = ("paintlayer", "vectorlayer", "grouplayer", "clonelayer", "filelayer")


def read(plan: Dict[str, Any]) -> Dict[str, Any]:
    """What a file holds of sketches; their pixels go to files in a folder, the document stays as it is.

    plan: `file`; `folder`; `patterns`; `known`: of sketches by their ids what their pixels were known by; `earlier`: an
    earlier copy with faces, and `faces`: by the ids of sketches those of faces in it, which are wanted where the sketch
    is the same; `shown`: whether the pixels of the faces that they have are wanted, too.
    The answer: `width`, `height`, and in `sketches` for each `id`, `path`, `pixels` (a digest), `rect` (where it is
    drawn on; None: nowhere), `file` (of its pixels), `face` (None when it has none that may be renewed; else its `id`,
    `digest`, and in `seen` its rectangle and file where that is wanted), `earlier` (the rectangle and file of the face
    in the copy), `why` (a sentence when it cannot be used).
    """
    try:
        document = opened(plan["file"])
    except Refused as error:
        return {"refused": str(error)}
    layers = layers_of(document)
    registry = Registry(document)
    faces = set(registry.ids())
    numbers = [
        number
        for number in chosen([layer.named for layer in layers], plan["patterns"])
        if layers[number].node.type() in DRAWABLE and not _is_face(layers[number], layers, faces)
    ]
    _show([layers[number].node for number in numbers], [layer.node for layer in layers], faces)
    await_shapes(document, [layer.node for layer in layers])
    document.refreshProjection()
    document.waitForDone()
    nodes = {id_of(layer.node): layer.node for layer in layers}
    size = document.width(), document.height()
    found: List[Dict[str, Any]] = []
    for done, number in enumerate(numbers):
        print(f"dfp {done} {len(numbers)}", flush=True)
        found.append(_sketch(plan, layers[number], size, done))
        face = registry.face_of(layers[number].node, nodes)
        found[-1]["face"] = None if face is None else _own(plan, face, done)
    _read_earlier(plan, found)
    return {"width": size[0], "height": size[1], "sketches": found}


def _is_face(layer: Layer, layers: List[Layer], faces: "set[str]") -> bool:
    return any(id_of(node) in faces for node in (layer.node, *(layers[at].node for at in layer.named.around)))


def _show(wanted: List[Any], nodes: List[Any], faces: "set[str]") -> None:
    """Let Krita draw what is meant, as it does not with hidden layers, and the groups among it without their faces."""
    for node in nodes:
        if id_of(node) in faces or is_own(node.name()):
            node.setVisible(False)
    for node in wanted:
        for shown in (node, *groups_around(node)):
            if not shown.visible():
                shown.setVisible(True)


def _sketch(plan: Dict[str, Any], layer: Layer, size: Tuple[int, int], number: int) -> Dict[str, Any]:
    node = layer.node
    said: Dict[str, Any] = {"id": id_of(node), "path": "/".join(layer.named.path), "why": "", "earlier": None}
    rect = inside(bounds_of(node), *size)
    try:
        pixels = b"" if rect is None else _pixels(node, rect)
    except Refused as error:
        return {**said, "pixels": "", "rect": None, "file": None, "why": str(error)}
    digest = hashlib.sha256(repr((size, rect)).encode() + pixels).hexdigest()
    file = None if rect is None else _stored(plan["folder"], f"sketch{number}", pixels)
    return {**said, "pixels": digest, "rect": rect, "file": file}


def _pixels(node: Any, rect: Rect) -> bytes:
    plain = node.type() == "paintlayer" and not node.childNodes()
    pixels = bytes((node.pixelData if plain else node.projectionPixelData)(*rect))
    return converted(pixels, rect[2], rect[3], space_of(node), SRGB8)


def _own(plan: Dict[str, Any], face: Any, number: int) -> Dict[str, Any]:
    seen = _face(plan, face, f"own{number}") if plan["shown"] else None
    return {"id": id_of(face), "digest": digest_of(face), "seen": seen}


def _read_earlier(plan: Dict[str, Any], found: List[Dict[str, Any]]) -> None:
    wanted = [said for said in found if plan["known"].get(said["id"]) == said["pixels"] and said["id"] in plan["faces"]]
    if not plan["earlier"] or not wanted:
        return
    try:
        document = opened(plan["earlier"])
    except Refused:
        return
    nodes = {id_of(layer.node): layer.node for layer in layers_of(document)}
    for number, said in enumerate(wanted):
        face = nodes.get(plan["faces"][said["id"]])
        said["earlier"] = None if face is None else _face(plan, face, f"face{number}")


def _face(plan: Dict[str, Any], face: Any, name: str) -> Optional[Dict[str, Any]]:
    rect = bounds_of(face)
    if rect[2] < 1 or rect[3] < 1:
        return None
    try:
        pixels = converted(bytes(face.pixelData(*rect)), rect[2], rect[3], space_of(face), SRGB8)
    except Refused:
        return None
    return {"rect": rect, "file": _stored(plan["folder"], name, pixels)}


def _stored(folder: str, name: str, pixels: bytes) -> str:
    with open(os.path.join(folder, name), "wb") as file:
        file.write(zlib.compress(pixels, 1))
    return name
