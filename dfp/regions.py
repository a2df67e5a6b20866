"""What is drawn where: a face cut out of its background, and a face as layers.

Three things are done with the likelihoods of the 19 classes. They become shares of five layers, steep enough that no
haze is left of what the network was not sure of. The layers below are filled in where those above hide them, by a
smooth continuation of what is seen. And a layer above has, where its edge is soft, the colour that gives the face again
over what was filled in: no rim of the old background comes along.
"""

from collections.abc import Callable, Iterator
from functools import reduce

import cv2
import numpy as np

from dfp.errors import SketchError
from dfp.light import LINEAR, USUAL, Light
from dfp.model.classes import FaceClass

# Puts a picture or a plane of the model's size, uint8 size x size (x C), where and as large as the face is wanted.
Placing = Callable[[np.ndarray], np.ndarray]

UNKNOWN = "These weights do not know what is where, so nothing can be cut out. Take other weights."
# From the bottom up. What is worn lies with the clothes, but for glasses, which are over the eyes.
LAYERS = {
    "background": (FaceClass.BACKGROUND,),
    "clothes": (FaceClass.CLOTH, FaceClass.HAT, FaceClass.EAR_R, FaceClass.NECK_L),
    "skin": (FaceClass.SKIN, FaceClass.NOSE, FaceClass.L_EAR, FaceClass.R_EAR, FaceClass.NECK),
    "hair": (FaceClass.HAIR,),
    "features": (
        *(FaceClass.L_EYE, FaceClass.R_EYE, FaceClass.L_BROW, FaceClass.R_BROW),
        *(FaceClass.MOUTH, FaceClass.U_LIP, FaceClass.L_LIP, FaceClass.EYE_G),
    ),
}
BACKGROUND, CLOTHES, SKIN, HAIR, FEATURES = range(len(LAYERS))
# Shares below the first are nothing, above the second all: so steep is an edge. It begins early, so that what is taken
# for the background alone, and goes on behind the person, has nothing of her.
NOTHING, ALL = 0.15, 0.6
SETTLED = 0.25  # the share of a layer above from which on what lies below is wholly filled in
REACH = 0.03  # of the picture's side: so far a layer goes on under those above
STEEPNESS = 4  # the power that tells neighbours within a person apart
SOLID = 0.95  # share of a layer where its colours are its own, to fill in from
BAND = 1 << 16  # pixels at a time: so much stays near the processor, and all at once takes forty times the memory


def require_regions(regions: np.ndarray) -> None:
    """Raise SketchError when a face came without its regions."""
    if not len(regions):
        raise SketchError(UNKNOWN)


def shares(regions: np.ndarray) -> np.ndarray:
    """How much of each place belongs to each of LAYERS: uint8 5 x h x w, together 255 everywhere.

    regions: as `Face.regions`. Raises SketchError when there are none.
    """
    require_regions(regions)
    sums = np.stack([_sum(regions, classes) for classes in LAYERS.values()])
    person = 1 - _steep(sums[BACKGROUND])
    features = person * _steep(sums[FEATURES] / np.maximum(1 - sums[BACKGROUND], 1e-3))
    others = sums[[CLOTHES, SKIN, HAIR]] ** STEEPNESS + 1e-9
    others *= (person - features) / others.sum(0)
    cumulated = np.cumsum([1 - person, *others, features], 0)
    edges = (cumulated * 255).round().clip(0, 255)
    edges[-1] = 255
    return np.diff(edges, axis=0, prepend=0).astype(np.uint8)


def cut_out(
    image: np.ndarray, regions: np.ndarray, place: Placing, soft: bool = True, linear: bool = False
) -> np.ndarray:
    """A face without its background: uint8 height x width x 4 RGBA, straight alpha, as large as `place` makes it.

    image, regions: as `Face` has them. soft: with soft edges in the person's own colours; else each pixel is the
    person's or nobody's. linear: for a picture that mixes its layers in linear light. Raises SketchError when there are
    no regions.
    """
    parts = shares(regions)
    light = LINEAR if linear else USUAL
    person = place(_smooth(255 - parts[BACKGROUND]))
    face = place(image)
    if not soft:
        alpha = np.where(person > 127, 255, 0).astype(np.uint8)
        return np.dstack([cv2.bitwise_and(face, face, mask=alpha), alpha])
    fill = place(_filled(image, parts[BACKGROUND]))
    out = np.zeros((*face.shape[:2], 4), np.uint8)
    for rows in _bands(face):
        for part in _filled_part(rows, person):
            whole, own = _planes(face[part]), person[part]
            below = _mixed(whole, _planes(fill[part]), _veil(255 - own, own))
            out[part] = _merged(*_over(light, whole, light.of(below), own))
    return out


def layers(image: np.ndarray, regions: np.ndarray, place: Placing, linear: bool = False) -> dict[str, np.ndarray]:
    """A face as LAYERS, from the bottom up: each uint8 height x width x 4 RGBA, straight alpha, as large as `place`
    makes it.

    Laid over each other they are the face, to within 2 of 255, with `linear` in a picture that mixes them in linear
    light. The background goes on behind the person, the skin behind eyes, brows and mouth. Raises SketchError when
    there are no regions.
    """
    parts = shares(regions)
    face = place(image)
    seen = [place(_smooth(part)) for part in parts]
    hidden = [place(_hidden(parts, layer)) for layer in range(len(LAYERS))]
    fills = [place(_filled(image, part)) for part in parts[:FEATURES]]
    made = [np.zeros((*face.shape[:2], 4), np.uint8) for _ in LAYERS]
    for rows in _bands(face):
        _stack(made, rows, face, fills, seen, hidden, LINEAR if linear else USUAL)
    return dict(zip(LAYERS, made, strict=True))


def _stack(
    made: list[np.ndarray],
    rows: slice,
    face: np.ndarray,
    fills: list[np.ndarray],
    seen: list[np.ndarray],
    hidden: list[np.ndarray],
    light: Light,
) -> None:
    """Write some rows of the five layers into `made`, each where it has anything. fills: what each goes on with where
    it is hidden. seen: the shares. hidden: how far each goes on, 0 to 255."""
    whole = _planes(face[rows])
    veil = _veil(seen[BACKGROUND][rows], _sum_of([share[rows] for share in seen[CLOTHES:]]))
    lowest = _mixed(whole, _planes(fills[BACKGROUND][rows]), veil)
    made[BACKGROUND][rows] = _merged(lowest, np.full_like(veil, 255))
    below = light.of(lowest)  # what is to be seen once the layers so far lie there
    for layer in range(CLOTHES, len(LAYERS)):
        for part in _filled_part(rows, seen[layer], hidden[layer]):
            here = np.s_[:, part[0].start - rows.start : part[0].stop - rows.start, part[1]]
            wanted, alpha = whole[here], seen[layer][part]
            if layer < FEATURES:
                # The face, and where others hide it the layer's own continuation.
                traces, goes_on = hidden[FEATURES][part], hidden[layer][part]
                above = np.maximum(_sum_of([share[part] for share in seen[layer + 1 :]]), traces)
                veil = _veil(np.minimum(alpha, 255 - traces), above)
                wanted = _mixed(wanted, _mixed(light.values(below[here]), _planes(fills[layer][part]), goes_on), veil)
                alpha = np.maximum(alpha, np.minimum(goes_on, veil))
            colours, alpha = _over(light, wanted, below[here], alpha)
            made[layer][part] = _merged(colours, alpha)
            if layer < FEATURES:
                below[here] += (light.of(colours) - below[here]) * (alpha / np.float32(255))


def _filled_part(rows: slice, *planes: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """The part of some rows outside of which the planes, uint8, are all 0; none when there is nothing."""
    left, top, width, height = cv2.boundingRect(reduce(cv2.max, [plane[rows] for plane in planes]))
    if width:
        yield slice(rows.start + top, rows.start + top + height), slice(left, left + width)


def _planes(picture: np.ndarray) -> np.ndarray:
    """h x w x 3 as 3 x h x w, with which one calculates several times as fast."""
    return np.stack(cv2.split(picture))


def _merged(colours: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """3 x h x w and h x w as RGBA, h x w x 4."""
    return cv2.merge([*colours, alpha])


def _over(light: Light, face: np.ndarray, below: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colours and alpha that give `face`, uint8 3 x h x w, over the light `below`, with at least this alpha."""
    wanted = light.of(face)
    missing = wanted - below
    alpha = np.maximum(alpha, _needed(missing, below, light.steps(face)))
    missing *= np.where(alpha > 0, 255 / np.maximum(alpha, np.float32(0.5)), 0).astype(np.float32)
    missing += below
    return light.values(missing) * (alpha > 0), alpha


def _needed(missing: np.ndarray, below: np.ndarray, step: np.ndarray) -> np.ndarray:
    """The least alpha, uint8, with which some colour over the light `below` adds what is missing, to within a step."""
    room = np.where(missing > 0, 255 - below, below)
    least = (np.abs(missing) - step) / np.maximum(room, 0.05)
    return np.ceil(255 * np.maximum(np.maximum(least[0], least[1]), least[2])).clip(0, 255).astype(np.uint8)


def _mixed(face: np.ndarray, fill: np.ndarray, veil: np.ndarray) -> np.ndarray:
    """A layer's colours, uint8: the face's own, and what is filled in where it is hidden."""
    mixed = fill - face.astype(np.float32)
    mixed *= veil / np.float32(255)
    mixed += face
    return np.rint(mixed).astype(np.uint8)


def _veil(own: np.ndarray, above: np.ndarray) -> np.ndarray:
    """How far a layer with this share is hidden by those above with that one, uint8."""
    part = above / (own.astype(np.float32) + above + 1)
    return np.minimum(part * (255 / SETTLED), 255).astype(np.uint8)


def _sum_of(parts: list[np.ndarray]) -> np.ndarray:
    return np.sum(parts, 0, dtype=np.uint16).clip(0, 255).astype(np.uint8)


def _hidden(parts: np.ndarray, layer: int) -> np.ndarray:
    """How far a layer goes on where others hide it, uint8 h x w; of the features, how far their traces reach."""
    own = parts[SKIN] + parts[FEATURES] if layer == SKIN else parts[layer]
    reach = 1 if layer == FEATURES else len(own) * REACH
    size = 2 * round(reach) + 1
    grown = cv2.dilate(own, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    return cv2.GaussianBlur(grown, (0, 0), max(0.6, reach / 3))


def _filled(image: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The picture with what is not solidly of one layer replaced by a smooth continuation of what is, uint8.

    Pulled together on ever smaller pictures, and pushed out again from the smallest.
    """
    size = image.shape[1], image.shape[0]
    large = cv2.resize(share, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) / 255
    known = cv2.erode((large >= SOLID).astype(np.float32), np.ones((5, 5), np.uint8))
    if not known.any():
        known = large + 1e-4  # a mean in which what is the most of it counts the most
    levels: list[tuple[np.ndarray, np.ndarray]] = [(image.astype(np.float32) * known[..., None], known)]
    while min(levels[-1][1].shape) > 1:
        half = tuple(max(1, side // 2) for side in levels[-1][1].shape[::-1])
        colours, weights = (np.asarray(cv2.resize(a, half, interpolation=cv2.INTER_AREA)) for a in levels[-1])
        levels.append((colours.reshape(half[1], half[0], 3), weights.reshape(half[1], half[0])))
    fill = levels[-1][0] / np.maximum(levels[-1][1], 1e-6)[..., None]
    for colours, weights in levels[-2::-1]:
        fill = cv2.resize(fill, weights.shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(colours.shape)
        fill = colours + fill * (1 - weights.clip(0, 1))[..., None]
    return fill.round().clip(0, 255).astype(np.uint8)


def _smooth(share: np.ndarray) -> np.ndarray:
    """A share without the steps of its small grid, so that enlarged edges run smoothly."""
    return cv2.GaussianBlur(share, (3, 3), 0.6)


def _sum(regions: np.ndarray, classes: tuple[FaceClass, ...]) -> np.ndarray:
    """float32 h x w in [0, 1], of those classes together."""
    total = np.maximum(regions.sum(0, dtype=np.float32), 1)
    return regions[[*classes]].sum(0, dtype=np.float32) / total


def _steep(share: np.ndarray) -> np.ndarray:
    x = ((share - NOTHING) / (ALL - NOTHING)).clip(0, 1)
    return x * x * (3 - 2 * x)


def _bands(picture: np.ndarray) -> Iterator[slice]:
    step = max(1, BAND // picture.shape[1])
    for top in range(0, len(picture), step):
        yield slice(top, top + step)
