"""A stack of layers as the one picture that a painter sees."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from dfp.batch.layered.inside.dfp_in_krita.names import is_own
from dfp.batch.layered.ora.blending import EVERYWHERE, lay
from dfp.batch.layered.ora.stack import OraLayer, Stack

PictureOf = Callable[[OraLayer], np.ndarray]


def flattened(stack: Stack, picture_of: PictureOf) -> np.ndarray:
    """All visible layers together: uint8 H x W x 4 RGBA with straight alpha, of the image's size.

    picture_of: a layer's own picture, uint8 h x w x 4 RGBA. One is in memory at a time. Raises what that raises.
    """
    return straight(_group(stack, None, picture_of))


def drawing(stack: Stack, layer: OraLayer, picture_of: PictureOf) -> np.ndarray:
    """A layer, or a group with all that is visible in it, alone at its place in the image: as `flattened`.

    Whether it is hidden itself, and how opaque it is, is of no concern: lines are lines. Faces in a group are none.
    """
    if layer.source is None:
        sketches = replace(
            stack, layers=[replace(one, visible=one.visible and not _is_ours(one)) for one in stack.layers]
        )
        return straight(_group(sketches, layer, picture_of))
    canvas = np.zeros((stack.height, stack.width, 4), np.uint8)
    inside = _inside(stack, layer, picture_of(layer))
    if inside is not None:
        (rows, columns), picture = inside
        canvas[rows, columns] = picture
    return canvas


def _is_ours(layer: OraLayer) -> bool:
    return is_own(layer.name)


def straight(premultiplied: np.ndarray) -> np.ndarray:
    """float32 with premultiplied alpha, 0 to 1, as uint8 with straight alpha; nothing where nothing is seen."""
    alpha = (premultiplied[..., 3:] * 255).round().clip(0, 255)
    colour = premultiplied[..., :3] * 255 / np.maximum(premultiplied[..., 3:], np.float32(1e-6))
    colour = np.where(alpha > 0, colour.round().clip(0, 255), 0)
    return np.concatenate([colour, alpha], axis=2).astype(np.uint8)


def _group(stack: Stack, group: OraLayer | None, picture_of: PictureOf) -> np.ndarray:
    """What is in a group, on nothing: float32 of the image's size, premultiplied."""
    canvas = np.zeros((stack.height, stack.width, 4), np.float32)
    return _onto(canvas, stack, None if group is None else group.number, picture_of)


def _onto(canvas: np.ndarray, stack: Stack, group: int | None, picture_of: PictureOf) -> np.ndarray:
    for layer in reversed(stack.inside(group)):
        if not layer.visible or layer.opacity == 0:
            continue
        if layer.source is not None:
            _lay_picture(canvas, stack, layer, picture_of(layer))
        elif layer.isolated:
            picture = _group(stack, layer, picture_of)
            canvas[:] = lay(canvas, picture * np.float32(layer.opacity), layer.operation)
        else:
            canvas = _onto(canvas, stack, layer.number, picture_of)
    return canvas


def _lay_picture(canvas: np.ndarray, stack: Stack, layer: OraLayer, picture: np.ndarray) -> None:
    inside = _inside(stack, layer, picture)
    if layer.operation in EVERYWHERE:
        whole = np.zeros(canvas.shape, np.uint8)
        if inside is not None:
            (rows, columns), part = inside
            whole[rows, columns] = part
        inside = (slice(0, stack.height), slice(0, stack.width)), whole
    if inside is None:
        return
    (rows, columns), part = inside
    above = part.astype(np.float32) / 255
    above[..., :3] *= above[..., 3:]
    canvas[rows, columns] = lay(canvas[rows, columns], above * np.float32(layer.opacity), layer.operation)


def _inside(stack: Stack, layer: OraLayer, picture: np.ndarray) -> tuple[tuple[slice, slice], np.ndarray] | None:
    """Where in the image a layer is drawn on, and its picture there; None where it is not."""
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(picture[..., 3]))
    begin = max(0, layer.left + left), max(0, layer.top + top)
    end = min(stack.width, layer.left + left + width), min(stack.height, layer.top + top + height)
    if end[0] <= begin[0] or end[1] <= begin[1]:
        return None
    part = picture[begin[1] - layer.top : end[1] - layer.top, begin[0] - layer.left : end[0] - layer.left]
    return (slice(begin[1], end[1]), slice(begin[0], end[0])), part
