"""A document's layers, and their pixels in 8-bit sRGB."""

import time
from typing import Any, Iterator, List, NamedTuple, Optional, Tuple

from .api import Krita, QtCore
from .names import Named

Rect = Tuple[int, int, int, int]
Space = Tuple[str, str, str]
POLL_S = 0.02
SHAPES_S = 3.0  # that vector layers may take to be drawn
SETTLED = 10  # polls since they were there
SRGB8: Space = ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")


class Refused(Exception):
    """What Krita does not do; the text is for a painter."""


class Layer(NamedTuple):
    """A layer and its place in the tree."""

    node: Any
    named: Named


def opened(path: str) -> Any:
    """Open a file without a question. Raises Refused."""
    krita = Krita.instance()
    krita.setBatchmode(True)
    document = krita.openDocument(path)
    if document is None:
        raise Refused("Krita cannot open this file: open it in Krita yourself, and save it again.")
    document.setBatchmode(True)
    document.waitForDone()
    return document


def come_to_rest(document: Any) -> None:
    """Wait until nothing goes on in a document: one that is busy is not saved, and Krita waits for ever then."""
    while True:
        document.waitForDone()
        QtCore.QCoreApplication.processEvents()
        if document.tryBarrierLock():
            document.unlock()
            return
        print("dfp busy", flush=True)
        time.sleep(POLL_S)


def await_shapes(document: Any, nodes: List[Any]) -> None:
    """Let Krita draw the vector layers among nodes: it does so when its event loop comes to it, and says nothing."""
    waiting = [node for node in nodes if node.type() == "vectorlayer" and node.visible()]
    if not waiting:
        return
    until = time.monotonic() + SHAPES_S
    settled = 0
    # Those that have no shapes stay empty: there is a limit.
    while time.monotonic() < until and settled < SETTLED:
        QtCore.QCoreApplication.processEvents()
        document.waitForDone()
        time.sleep(POLL_S)
        settled = settled + 1 if all(node.bounds().width() > 0 for node in waiting) else 0


def layers_of(document: Any) -> List[Layer]:
    """All layers, each group before what it holds; masks are none."""
    found: List[Layer] = []
    _collect(document.rootNode(), Named((), ()), found)
    return found


def _collect(group: Any, named: Named, found: List[Layer]) -> None:
    for node in group.childNodes():
        if not node.type().endswith("layer"):
            continue
        here = Named((*named.path, node.name()), named.around)
        number = len(found)
        found.append(Layer(node, here))
        _collect(node, Named(here.path, (*named.around, number)), found)


def groups_around(node: Any) -> Iterator[Any]:
    """The group that a layer is in, the one around that, and so on up to the root."""
    parent = node.parentNode()
    while parent is not None:
        yield parent
        parent = parent.parentNode()


def id_of(node: Any) -> str:
    """Krita's id of a layer, the same after the file was saved and opened again."""
    return node.uniqueId().toString()


def bounds_of(node: Any) -> Rect:
    """Where a layer has pixels."""
    bounds = node.bounds()
    return bounds.x(), bounds.y(), bounds.width(), bounds.height()


def inside(rect: Rect, width: int, height: int) -> Optional[Rect]:
    """The part of a rectangle that lies on a canvas of this size; None when none does."""
    left, top = max(0, rect[0]), max(0, rect[1])
    right, bottom = min(width, rect[0] + rect[2]), min(height, rect[1] + rect[3])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def space_of(node: Any) -> Space:
    """Colour model, depth and profile."""
    return node.colorModel(), node.colorDepth(), node.colorProfile()


def converted(pixels: bytes, width: int, height: int, source: Space, target: Space) -> bytes:
    """The same picture in another colour space, by Krita's own colour management. Raises Refused."""
    if source == target:
        return pixels
    scratch = Krita.instance().createDocument(1, 1, "", *source, 72.0)
    if scratch is None:
        raise Refused("Krita cannot convert this layer's colours.")
    try:
        scratch.setBatchmode(True)
        layer = scratch.rootNode().childNodes()[0]
        layer.setPixelData(QtCore.QByteArray(pixels), 0, 0, width, height)
        if not scratch.setColorSpace(*target):
            raise Refused("Krita cannot convert this layer's colours.")
        scratch.waitForDone()
        return bytes(layer.pixelData(0, 0, width, height))
    finally:
        scratch.setModified(False)
        scratch.close()
