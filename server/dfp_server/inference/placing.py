"""The face at its frame's size.

A frame that is asked for may be far larger than the sketch. What lies outside of the sketch is background, and nobody
looks at it: where that is the most of such a frame, only the part inside is made. So an answer is never many times as
large as its request. A frame that was found in the drawing is in proportion to it, and often most of it lies outside
all the same: the plugin sends little more than the lines, and around a head there is room for hair and neck.
"""

from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np

from dfp import Face
from dfp.batch.drawn import Drawn
from dfp.regions import BAND, Placing, cut_out, layers
from dfp.sketch.frame import Frame
from dfp.sketch.frame import place as placed_whole
from dfp_server import wire

# The places of layers and their pixels, see `layers_of`.
Layered = tuple[tuple[tuple[int, int, int, int], ...], bytes]

CHANNELS = 4
# Bytes a pixel: of what a cut-out and layers are made from and come in, and beside it while a band of it is calculated.
CUT_OUT, CUT_OUT_BAND = 8, 64
LAYERED, LAYERED_BAND = 3 + 4 * 3 + 5 + 5 + 5 * 4 + 5 * 4, 128
# Of each face on a sheet, and of the one that is being laid on it.
ON_SHEET, BEING_LAID = 8, 64


def part_of(frame: Frame, request: wire.GenerateRequest) -> Frame:
    """What of the frame is answered: all of it, or the part inside the sketch when most of one that was asked for lies
    outside, or when a side is longer than any message may have.
    """
    left, top = max(frame.left, 0), max(frame.top, 0)
    right = min(frame.left + frame.width, request.width)
    bottom = min(frame.top + frame.height, request.height)
    inside = max(right - left, 0) * max(bottom - top, 0)
    too_long = max(frame.width, frame.height) > wire.MAX_SIDE
    mostly_outside = request.frame is not None and 2 * inside < frame.width * frame.height
    if inside and (too_long or mostly_outside):
        return Frame(left, top, right - left, bottom - top)
    return frame


def place(face: Face, request: wire.GenerateRequest) -> tuple[int, int, np.ndarray]:
    """The picture at the frame's place: left, top and uint8 H x W x 4 in the answer's mode, opaque unless cut out or
    turned.

    Takes `bytes_to_place` of memory. Raises SketchError when it is to be cut out and the weights know no regions.
    """
    part = part_of(face.frame, request)
    placing = _placing(face.frame, part)
    if request.cut_out:
        person = face.covered(cut_out(face.image, face.regions, placing, linear=request.linear), placing)
        return part.left, part.top, _in_mode(person, request)
    code = cv2.COLOR_RGB2BGRA if request.mode == "BGRA" else cv2.COLOR_RGB2RGBA
    picture = cv2.cvtColor(placing(face.image), code)
    if face.cover is not None:
        picture[..., 3] = placing(face.cover)
    return part.left, part.top, picture


def sheet_of(faces: Sequence[Face], request: wire.GenerateRequest) -> tuple[int, int, np.ndarray]:
    """As `place`, several faces, each in its place on a picture of the sketch's size.

    Takes `bytes_of_sheet` of memory. Raises SketchError as `place` does.
    """
    cut = partial(Face.cut_out, linear=request.linear) if request.cut_out else Face.placed
    return 0, 0, _in_mode(_drawn(faces, request).picture(cut), request)


def heatmap_of(faces: Sequence[Face], request: wire.GenerateRequest) -> np.ndarray:
    """How far lines were relaxed, for people to look at: uint8 H x W x 3 RGB or x 4 RGBA."""
    return _drawn(faces, request).attention()


def _drawn(faces: Sequence[Face], request: wire.GenerateRequest) -> Drawn:
    return Drawn([*faces], (request.width, request.height))


def layers_of(face: Face, request: wire.GenerateRequest) -> Layered:
    """The face's layers from the bottom up: where each has anything, (left, top, width, height) in the picture of
    `place`, and their pixels in the answer's mode, one after the other. Raises SketchError as `place` does.
    """
    placing = _placing(face.frame, part_of(face.frame, request))
    made = layers(face.image, face.regions, placing, request.linear)
    made = {name: face.covered(layer, placing) for name, layer in made.items()}
    places = tuple(_bounds(picture[..., 3]) for picture in made.values())
    parts = [
        _in_mode(picture[top : top + height, left : left + width], request).tobytes()
        for picture, (left, top, width, height) in zip(made.values(), places, strict=True)
    ]
    return places, b"".join(parts)


def spread(planes: np.ndarray, frame: Frame, part: Frame) -> np.ndarray:
    """Planes spread over a frame, uint8 n x h x w, as ones of the same size over a part of it."""
    if part == frame:
        return planes
    height, width = planes.shape[1:]
    across, down = part.width / frame.width, part.height / frame.height
    left, top = (part.left - frame.left) / frame.width * width, (part.top - frame.top) / frame.height * height
    back = np.array([[across, 0, left + across / 2 - 0.5], [0, down, top + down / 2 - 0.5]])
    how = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP  # all planes alike, so that they stay a whole together
    return np.stack(
        [cv2.warpAffine(p, back, (width, height), flags=how, borderMode=cv2.BORDER_REPLICATE) for p in planes]
    )


def bytes_to_place(frame: Frame, request: wire.GenerateRequest) -> int:
    """What the picture of a frame takes of memory, at most, while it is made."""
    part = part_of(frame, request)
    pixels, band = part.width * part.height, min(part.width * part.height, BAND)
    size = pixels * (CHANNELS + 3 + 1)
    if request.cut_out:
        size += pixels * CUT_OUT + band * CUT_OUT_BAND
    return size + pixels * LAYERED + band * LAYERED_BAND if request.layers else size


def bytes_of_sheet(frames: Sequence[Frame], request: wire.GenerateRequest) -> int:
    """What a sheet of faces takes of memory, at most, while it is made."""
    areas = [frame.width * frame.height for frame in frames]
    size = 2 * request.width * request.height * CHANNELS + sum(areas) * ON_SHEET + max(areas) * BEING_LAID
    if request.cut_out:
        size += max(areas) * CUT_OUT + min(max(areas), BAND) * CUT_OUT_BAND
    return size


def _placing(frame: Frame, part: Frame) -> Placing:
    return partial(placed_whole, frame=frame) if part == frame else partial(_placed_part, frame=frame, part=part)


def _in_mode(picture: np.ndarray, request: wire.GenerateRequest) -> np.ndarray:
    """An RGBA picture in the answer's mode; an empty one has no colours to order."""
    if request.mode != "BGRA" or not picture.size:
        return picture
    return cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA)


def _bounds(alpha: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, width and height of what is not transparent; all 0 when nothing is."""
    left, top, width, height = cv2.boundingRect(alpha)
    return (left, top, width, height) if width else (0, 0, 0, 0)


def _placed_part(picture: np.ndarray, frame: Frame, part: Frame) -> np.ndarray:
    """The part of `placed_whole(picture, frame)`, to within a value of it, without the rest."""
    left, top = part.left - frame.left, part.top - frame.top
    height, width = picture.shape[:2]
    if frame.width <= width:
        return placed_whole(picture, frame)[top : top + part.height, left : left + part.width]
    # Where each pixel's middle lies in the small picture.
    across, down = width / frame.width, height / frame.height
    back = np.array([[across, 0, (left + 0.5) * across - 0.5], [0, down, (top + 0.5) * down - 0.5]])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    size = part.width, part.height
    return np.asarray(cv2.warpAffine(picture, back, size, flags=how, borderMode=cv2.BORDER_REPLICATE))
