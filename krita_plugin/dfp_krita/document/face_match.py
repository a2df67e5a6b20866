"""Whether a face is still what the plugin has drawn, after Krita has scaled, turned or converted the whole picture.

Then no pixel is as it was. So a mark keeps what the face looked like, coarsely, in gray, and where it lay; a face that
the painter has painted on looks different in some of the places.
"""

import base64
from typing import Any, Dict, List, NamedTuple, Optional

from ..qt import QtCore, QtGui
from ..refusal import Refusal
from .colors import ColorSpace, as_srgb8
from .face_registry import Mark
from .follow import anchors_of, from_note, to_note, transforms_since
from .geometry import Rect
from .layer_tree import id_of
from .transforms import Transform

SIDE = 16
# Shades out of 255 that a place may differ by when the picture was scaled, or when its colors were converted.
ALIKE, ALIKE_CONVERTED = 16, 40
# A larger face is thinned out before it is averaged, which is quick.
THINNED = 256
# The smallest share of the places that has to be left when the picture was cropped.
LEAST = 0.2


class Fingerprint(NamedTuple):
    """What a face looked like: SIDE x SIDE shades over `place`, and how many of these were painted all over."""

    shades: bytes
    place: Rect
    space: List[str]
    anchors: Any
    solid: int


def fingerprint_of(document: Any, layer: Any, picture: Any, place: Rect) -> Optional[Dict[str, Any]]:
    """What to note of a picture that was just written at a place; plain values for JSON, None for an empty one."""
    if place.empty:
        return None
    image = QtGui.QImage(picture.pixels, picture.width, picture.height, 4 * picture.width, _kind())
    seen = _shades(image)
    return {
        "shades": base64.b64encode(bytes(shade for shade, _ in seen)).decode(),
        "solid": sum(opaque for _, opaque in seen),
        "place": list(place),
        "space": list(ColorSpace.of(layer)),
        **to_note(anchors_of(document, id_of(layer))),
    }


def looks_as_drawn(document: Any, layer: Any, mark: Mark) -> bool:
    """Whether a face whose pixels are others than were written has been changed by Krita, with the whole picture."""
    seen = _read(mark.print)
    if seen is None or layer.bounds().isEmpty():
        return False
    converted = seen.space != list(ColorSpace.of(layer))
    same_canvas = seen.anchors.canvas == (document.width(), document.height())
    likely = transforms_since(seen.anchors, document)
    if same_canvas and not converted:
        # Scaled by itself, or moved, it is her own work.
        likely = [
            transform
            for transform in likely
            if not transform.only_moves and abs(transform.xx * transform.yy - transform.xy * transform.yx) == 1
        ]
    return any(_alike(layer, seen, transform, ALIKE_CONVERTED if converted else ALIKE) for transform in likely)


def _alike(layer: Any, seen: Fingerprint, transform: Transform, limit: int) -> bool:
    place = transform.apply(seen.place)
    try:
        pixels = as_srgb8(bytes(layer.pixelData(*place)), place, ColorSpace.of(layer))
    except Refusal:
        return False
    image = QtGui.QImage(pixels, place.width, place.height, 4 * place.width, _kind())
    small = _thinned(image).transformed(turning(transform).inverted()[0])
    pairs = [(now, then) for (now, opaque), then in zip(_shades(small), seen.shades) if opaque]
    if len(pairs) < max(1.0, LEAST * seen.solid):
        return False
    apart = [now - then for now, then in pairs]
    shift = sum(apart) / len(apart)
    return abs(shift) <= limit and all(abs(one - shift) <= limit for one in apart)


def turning(transform: Transform) -> Any:
    """What mirrors and turns in a transform, without what scales and moves, as a QTransform."""
    signs = ((number > 0) - (number < 0) for number in (transform.xx, transform.yx, transform.xy, transform.yy))
    return QtGui.QTransform(*signs, 0, 0)


def _thinned(image: Any) -> Any:
    if max(image.width(), image.height()) <= THINNED:
        return image
    stretched = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio
    return image.scaled(min(image.width(), THINNED), min(image.height(), THINNED), stretched)


def _shades(image: Any) -> "list[tuple[int, bool]]":
    """SIDE x SIDE places from the top: how light each is, and whether all of it is painted."""
    stretched, smooth = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, QtCore.Qt.TransformationMode.SmoothTransformation
    small = _thinned(image).scaled(SIDE, SIDE, stretched, smooth)
    colors = [QtGui.QColor.fromRgba(small.pixel(x, y)) for y in range(SIDE) for x in range(SIDE)]
    return [((299 * c.red() + 587 * c.green() + 114 * c.blue()) // 1000, c.alpha() > 250) for c in colors]


def _read(noted: Optional[Dict[str, Any]]) -> Optional[Fingerprint]:
    anchors = from_note(noted)
    if noted is None or anchors is None:
        return None
    try:
        shades = base64.b64decode(noted["shades"])
        place = Rect(*(int(number) for number in noted["place"]))
        space = [str(part) for part in noted["space"]]
        solid = int(noted.get("solid", SIDE * SIDE))
    except (KeyError, TypeError, ValueError):
        return None
    return Fingerprint(shades, place, space, anchors, solid) if len(shades) == SIDE * SIDE and not place.empty else None


def _kind() -> Any:
    return QtGui.QImage.Format.Format_ARGB32
