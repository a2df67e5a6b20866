"""The second of two steps: faces on layers of their own above their sketches, and the document saved elsewhere."""

from typing import Any, Dict

from .api import QtCore, QtGui
from .document import SRGB8, Rect, Refused, bounds_of, come_to_rest, converted, id_of, layers_of, opened, space_of
from .names import face_name
from .registry import Registry


def write(plan: Dict[str, Any]) -> Dict[str, Any]:
    """Put faces into a copy of a file.

    plan: `file`; `target`; `faces`: a list with `sketch` (its id), `face` (the id of the layer to renew, or None),
    `picture` (a PNG file), `left`, `top`.
    The answer: `faces`, by the ids of sketches what their faces are known by: `id`, `digest`.
    """
    try:
        document = opened(plan["file"])
        nodes = {id_of(layer.node): layer.node for layer in layers_of(document)}
        registry = Registry(document)
        written: Dict[str, Dict[str, Any]] = {}
        for done, said in enumerate(plan["faces"]):
            print(f"dfp {done} {len(plan['faces'])}", flush=True)
            sketch = nodes[said["sketch"]]
            face = _put(document, sketch, nodes.get(said["face"]), said)
            written[said["sketch"]] = {"id": id_of(face), "digest": registry.remember(sketch, face)}
    except Refused as error:
        return {"refused": str(error)}
    registry.write()
    document.refreshProjection()
    come_to_rest(document)
    if not document.saveAs(plan["target"]):
        return {"unsaved": True}
    return {"faces": written}


def _put(document: Any, sketch: Any, face: Any, said: Dict[str, Any]) -> Any:
    image = QtGui.QImage(said["picture"]).convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    place = said["left"], said["top"], image.width(), image.height()
    if face is not None:
        _wipe(face)
        _fill(face, image, place)
        return face
    face = document.createNode(face_name(sketch.name()), "paintlayer")
    _fill(face, image, place)
    face.setVisible(sketch.visible())
    sketch.parentNode().addChildNode(face, sketch)
    return face


def _fill(layer: Any, image: Any, place: Rect) -> None:
    bits = image.constBits()
    bits.setsize(image.bytesPerLine() * image.height())
    pixels = converted(bytes(bits), place[2], place[3], SRGB8, space_of(layer))
    layer.setPixelData(QtCore.QByteArray(pixels), *place)


def _wipe(layer: Any) -> None:
    rect = bounds_of(layer)
    if rect[2] < 1 or rect[3] < 1:
        return
    pixel = len(bytes(layer.pixelData(rect[0], rect[1], 1, 1)))
    layer.setPixelData(QtCore.QByteArray(bytes(pixel * rect[2] * rect[3])), *rect)
