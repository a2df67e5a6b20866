"""The shape of the painter's selection, where it says more than a frame: then it masks the face."""

from typing import Any, NamedTuple, Optional

from .frame_lock import selected_frame
from .geometry import Rect


class Shape(NamedTuple):
    """How far each pixel of a place is selected, a byte each, rows from the top."""

    place: Rect
    values: bytes


def selected_shape(document: Any) -> Optional[Shape]:
    """What is selected now; None without a selection, and of a plain rectangle, which is no more than a frame."""
    place = selected_frame(document)
    if place is None:
        return None
    values = bytes(document.selection().pixelData(*place))
    return None if values.count(255) == len(values) else Shape(place, values)
