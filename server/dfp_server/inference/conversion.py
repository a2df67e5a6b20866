"""Between the messages of dfp_server.wire and what the generator takes and gives."""

from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

import cv2
import numpy as np

from dfp import Appearance, Face, FaceGenerator, FaceRequest, Palette
from dfp.errors import SketchError
from dfp.regions import shares
from dfp.sketch.prepare import Prepared
from dfp.sketch.trust import Trust
from dfp_server import wire
from dfp_server.inference.placing import Layered, heatmap_of, part_of, spread

TOO_LARGE = (
    f"This face is too large for a group of layers, {wire.MAX_LAYERS_SIDE} pixels a side are the most. "
    "Let it come as one layer, or cut out."
)

SEEN = 128  # of 255: less of a turned face's place is none of it
VARIANT_SIDE = 128  # pixels: large enough to choose by


def prepared_by(generator: FaceGenerator, request: wire.GenerateRequest) -> list[Prepared]:
    """The heads of the request's sketch, one unless it asks for more, with all that it says of the face, ready for the
    network. Raises SketchError, also when the face would be too large for layers.

    Here a new field of a request goes on to the generator.
    """
    if request.regions or request.cut_out or request.layers:
        generator.require_regions()
    if request.variants:
        generator.require_colours()
    appearance = to_appearance(request)
    asked = FaceRequest(to_sketch(request), request.frame, to_trust(request), appearance, request.turn)
    if request.faces != 1:
        return generator.prepare_heads(asked, request.faces or None)
    prepared = generator.prepare_request(asked, max(1, request.variants))
    part = part_of(prepared.frame, request)
    if request.layers and max(part.width, part.height) > wire.MAX_LAYERS_SIDE:
        raise SketchError(TOO_LARGE)
    return [prepared]


def to_trust(request: wire.GenerateRequest) -> Trust:
    """How exactly the request's lines are meant."""
    if request.trust_mask is None or request.trust_mask_size is None:
        return Trust(request.trust)
    columns, rows = request.trust_mask_size
    return Trust(request.trust, np.frombuffer(request.trust_mask, np.uint8).reshape(rows, columns))


def to_appearance(request: wire.GenerateRequest) -> Appearance:
    """Which colours the request wants. Raises SketchError when nothing is painted on its layer."""
    painted = None
    if request.painted is not None and request.painted_size is not None:
        columns, rows = request.painted_size
        painted = np.frombuffer(request.painted, np.uint8).reshape(rows, columns, 4)
    return Appearance(Palette(**(request.palette or {})), painted, request.seed)


def to_sketch(request: wire.GenerateRequest) -> np.ndarray:
    """The request's pixels, uint8, H x W for L, else H x W x 3 RGB or H x W x 4 RGBA.

    Only BGRA is copied; the others are a read-only view.
    """
    pixels = np.frombuffer(request.pixels, np.uint8)
    if request.mode == "L":
        return pixels.reshape(request.height, request.width)
    pixels = pixels.reshape(request.height, request.width, -1)
    return cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA) if request.mode == "BGRA" else pixels


def _shares(face: Face) -> np.ndarray:
    """As `dfp.regions.shares`; around a turned face all is background."""
    parts = shares(face.regions)
    if face.cover is not None:
        cover = cv2.resize(face.cover, parts.shape[:0:-1], interpolation=cv2.INTER_AREA)
        parts[:, cover < SEEN] = 0
        parts[0, cover < SEEN] = 255
    return parts


def to_heads(face: Face) -> tuple[dict[str, Any], ...]:
    """The heads of the face's sketch, as an answer lists them."""
    found = face.heads[: wire.MAX_HEADS]
    return tuple({"frame": astuple(head.frame), "turn": head.turn, "certainty": head.certainty} for head in found)


def to_answer(
    request: wire.GenerateRequest,
    faces: Sequence[Face],
    placed: tuple[int, int, np.ndarray],
    layered: Layered | None,
    model: str,
    timings: dict[str, float],
) -> wire.GenerateAnswer:
    """The message for `placed` = (left, top, uint8 H x W x 4), all but the pixels, which are not copied.

    faces: those on it, the surest first. layered: as `layers_of` gives it, for a request with layers.
    """
    left, top, picture = placed
    face = faces[0]
    heatmap = heatmap_of(faces, request) if request.heatmap else None
    attention = (face.attention * 255).round().astype(np.uint8) if request.attention else None
    regions = spread(_shares(face), face.frame, part_of(face.frame, request)) if request.regions else None
    places, layers = layered if layered is not None else (None, None)
    return wire.GenerateAnswer(
        id=request.id,
        left=left,
        top=top,
        width=picture.shape[1],
        height=picture.shape[0],
        mode="BGRA" if request.mode == "BGRA" else "RGBA",
        pixels=b"",
        model=model,
        timings=timings,
        attention=None if attention is None else attention.tobytes(),
        attention_shape=None if attention is None else attention.shape,
        regions=None if regions is None else regions.tobytes(),
        regions_shape=None if regions is None else regions.shape,
        note=face.doubt,
        turn=face.turn,
        certainty=face.certainty,
        heads=to_heads(face) if request.heads and request.frame is None else None,
        layers=layers,
        layer_places=places,
        faces=len(faces),
        part=len(faces) == 1 and part_of(face.frame, request) != face.frame,
        heatmap=None if heatmap is None else heatmap.tobytes(),
        heatmap_shape=None if heatmap is None else heatmap.shape,
    )


def to_variants(
    request: wire.GenerateRequest,
    prepared: Prepared,
    faces: Sequence[Face],
    model: str,
    timings: dict[str, float],
) -> wire.VariantsAnswer:
    """The message for the faces of a request that asks for variants."""
    variants = []
    for seed, told, face in zip(prepared.seeds, prepared.inputs.palette, faces, strict=True):
        side = min(VARIANT_SIDE, face.image.shape[0])
        small = cv2.resize(face.image, (side, side), interpolation=cv2.INTER_AREA)
        variants.append(wire.Variant(seed, Palette.of(told).named(), side, side, "RGB", small.tobytes()).to_map())
    return wire.VariantsAnswer(request.id, tuple(variants), model, timings)
