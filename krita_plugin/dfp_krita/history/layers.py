"""Brings pictures of the history back into the document, each as a new layer and one undo step."""

from typing import Any, Iterator, NamedTuple, Tuple

from krita_plugin.shared.seen import reduction

from .. import texts
from ..document.active_layer import ActiveLayer
from ..document.face_match import turning
from ..document.face_pixels import in_colors_of, write
from ..document.follow import from_note, place_now, transforms_since
from ..document.geometry import Rect
from ..document.layer_tree import groups_around, id_of, layers_below
from ..document.own_layers import remember_own
from ..document.transforms import IDENTITY
from ..krita_api import Krita
from ..qt import QtCore, QtGui
from ..refusal import Refusal
from ..task import Steps
from .pictures import pixels_of
from .store import Entry


class Pixels(NamedTuple):
    """A picture as the server gives it: BGRA, 8 bit, sRGB."""

    pixels: bytes
    width: int
    height: int


def apply_face(document: Any, entry: Entry, picture: Any, active: ActiveLayer) -> Steps:
    """Add the face right above its sketch, or on top when that is gone. The active layer stays active."""
    layer = yield from _filled(document, texts.history.applied_layer_name(entry), entry, entry.face_place, picture)
    yield from _wait_for_rest(document)
    active.keep_through(document, lambda: _insert(document, layer, entry), layer)
    remember_own(document, layer)
    return texts.history.applied(layer.name())


def restore_sketch(document: Any, entry: Entry, picture: Any) -> Steps:
    """Add the sketch as it was; its layer becomes the active one, to draw on. The sketch of now stays as it is."""
    layer = yield from _filled(document, texts.history.restored_layer_name(entry), entry, entry.sketch_place, picture)
    yield from _wait_for_rest(document)
    _insert(document, layer, entry)
    return texts.history.restored(layer.name())


def is_open(document: Any) -> bool:
    """Whether the painter still has the document open."""
    return any(other == document for other in Krita.instance().documents())


def _filled(document: Any, name: str, entry: Entry, place: Rect, picture: Any) -> Steps:
    """A new layer with a picture that lay at `place` when the entry was made, wherever that is now."""
    _check_open(document)
    small = place.reduced(reduction(place, None))
    if (picture.width(), picture.height()) not in ((place.width, place.height), (small.width, small.height)):
        raise Refusal(texts.history.SPOILED)
    place, picture = _followed(document, entry, place, picture)
    layer = document.createNode(name, "paintlayer")
    yield from write(layer, place, in_colors_of(layer, Pixels(pixels_of(picture), place.width, place.height)))
    return layer


def _followed(document: Any, entry: Entry, place: Rect, picture: Any) -> Tuple[Rect, Any]:
    """Place and picture after what was done to the whole picture since, and to the sketch's layer."""
    then = from_note(entry.anchors)
    transform = transforms_since(then, document)[0] if then is not None else IDENTITY
    now = place_now(place, then, document, entry.sketch_id) if then is not None else place
    if (picture.width(), picture.height()) != (now.width, now.height) or not transform.only_moves:
        smooth = QtCore.Qt.TransformationMode.SmoothTransformation
        stretched = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
        picture = picture.transformed(turning(transform)).scaled(now.width, now.height, stretched, smooth)
        picture = picture.convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    return now, picture


def _insert(document: Any, layer: Any, entry: Entry) -> None:
    layers = layers_below(document.rootNode())
    sketch = next((other for other in layers if id_of(other) == entry.sketch_id), None)
    locked = sketch is not None and any(group.locked() for group in groups_around(sketch))
    if sketch is None or locked:
        document.rootNode().addChildNode(layer, None)
    else:
        sketch.parentNode().addChildNode(layer, sketch)


def _wait_for_rest(document: Any) -> Iterator[bool]:
    """Until the document takes changes: while the pen is down, a new layer would cut the stroke off."""
    _check_open(document)
    while not document.tryBarrierLock():
        yield True
        _check_open(document)
    document.unlock()


def _check_open(document: Any) -> None:
    if not is_open(document):
        raise Refusal(texts.document.CLOSED)
