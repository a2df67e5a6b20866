"""Puts faces into the painter's picture: above the drawing, or in the place of those that were made of it before.

Each time by one undo step, which brings back what was there before.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from krita_plugin.shared import layer_names
from krita_plugin.shared.geometry import Rect
from krita_plugin.shared.head_places import in_reading_order, of_one_head, shared_out

from . import notes, texts
from .drawing import extents
from .gimp import Gegl, Gimp
from .making import Pair
from .refusal import Refusal

TYPES = {
    Gimp.ImageBaseType.RGB: Gimp.ImageType.RGBA_IMAGE,
    Gimp.ImageBaseType.GRAY: Gimp.ImageType.GRAYA_IMAGE,
    Gimp.ImageBaseType.INDEXED: Gimp.ImageType.INDEXEDA_IMAGE,
}


@dataclass(frozen=True)
class Fresh:
    """A layer for a face that is in no picture yet, and the layer whose place it takes, or which it lies above."""

    layer: Any
    place: Rect
    pixels: bytes = b""
    old: Any = None
    below: Any = None


def put_faces(pairs: list[Pair]) -> list[str]:
    """Renew or add a face for each answer, all of one drawing, which stays chosen; returns what the painter should
    know. Raises Refusal.
    """
    drawing = pairs[0][0]
    image, sketch = drawing.image, drawing.layer
    if not image.is_valid() or not sketch.is_valid() or sketch.get_image() is None:
        raise Refusal(texts.faces.LAYER_DELETED)
    known = notes.faces_of(image, notes.sketch_id(sketch))
    faces = [face for face in known if not face.is_group]
    fresh, remarks = _filled(pairs, faces)
    with _one_undo_step(image):
        number = notes.remember_sketch(sketch)
        new = [one for one in fresh if one.old is None]
        for one in fresh:
            if one.old is not None:
                _replace(image, one)
        if new:
            holder = next((face.layer for face in known if face.is_group), None)
            _add(image, sketch, number, new, holder)
        for one in fresh:
            notes.remember_face(one.layer, number)
        image.set_selected_layers([sketch])
    return remarks


def _filled(pairs: list[Pair], faces: list[notes.Face]) -> tuple[list[Fresh], list[str]]:
    """A layer for each answer, and what the painter should know of those before."""
    places = [drawing.place_of(answer) for drawing, answer in pairs]
    there = [extents(face.layer) for face in faces]
    alone = len(pairs) == 1 and of_one_head(there)
    owned = [list(range(len(faces)))] if alone else shared_out(there, places)
    fresh, left_alone = [], False
    for (drawing, answer), place, numbers in zip(pairs, places, owned, strict=True):
        own = [faces[number] for number in numbers]
        old = next((face.layer for face in own if not face.hers), None)
        # What stays would cover the new one.
        below = own[-1].layer if own and old is None else None
        left_alone = left_alone or below is not None
        layer = old.copy() if old is not None else _new_layer(drawing, place)
        fresh.append(Fresh(layer, place, answer.pixels, old, below))
    return fresh, [texts.faces.CHANGED] if left_alone else []


def _new_layer(drawing: Any, place: Rect) -> Any:
    image, name = drawing.image, layer_names.face(drawing.layer.get_name())
    kind, mode = TYPES[image.get_base_type()], image.get_default_new_layer_mode()
    return Gimp.Layer.new(image, name, place.width, place.height, kind, 100.0, mode)


def _replace(image: Any, fresh: Fresh) -> None:
    old = fresh.old
    name, position, parent = old.get_name(), image.get_item_position(old), old.get_parent()
    _insert(image, fresh, parent, position)
    image.remove_layer(old)
    fresh.layer.set_name(name)


def _add(image: Any, sketch: Any, number: str, fresh: list[Fresh], holder: Any) -> None:
    """Right above the drawing; the faces of several heads in a group, the one that is read first on top."""
    for one in [one for one in fresh if one.below is not None]:
        _insert(image, one, one.below.get_parent(), image.get_item_position(one.below))
    fresh = [one for one in fresh if one.below is None]
    if not fresh:
        return
    if holder is None and len(fresh) == 1:
        _insert(image, fresh[0], sketch.get_parent(), image.get_item_position(sketch))
        return
    name = sketch.get_name()
    if holder is None:
        holder = Gimp.GroupLayer.new(image, layer_names.faces(name))
        _insert(image, Fresh(holder, Rect(0, 0, 0, 0)), sketch.get_parent(), image.get_item_position(sketch))
        notes.remember_face(holder, number, group=True)
    before = len(holder.get_children())
    for at, index in reversed(list(enumerate(in_reading_order([one.place for one in fresh]), before + 1))):
        fresh[index].layer.set_name(layer_names.numbered(at, name))
        _insert(image, fresh[index], holder, 0)


def _insert(image: Any, fresh: Fresh, parent: Any, position: int) -> None:
    """Into the picture, and then the pixels into the layer: GIMP changes the size of no layer that is nowhere."""
    layer, place = fresh.layer, fresh.place
    if not image.insert_layer(layer, parent, position):
        raise Refusal(texts.faces.CANNOT_ADD)
    if fresh.pixels:
        if not layer.has_alpha():
            layer.add_alpha()
        layer.resize(place.width, place.height, 0, 0)
        layer.set_offsets(place.left, place.top)
        buffer = layer.get_buffer()
        buffer.set(Gegl.Rectangle.new(0, 0, place.width, place.height), notes.FORMAT, fresh.pixels)
        buffer.flush()
        layer.update(0, 0, place.width, place.height)


@contextlib.contextmanager
def _one_undo_step(image: Any) -> Iterator[None]:
    image.undo_group_start()
    try:
        yield
    finally:
        image.undo_group_end()
        Gimp.displays_flush()
