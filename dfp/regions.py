"""What is drawn where: a face cut out of its background, and a face as layers.

Three things are done with the likelihoods of the 19 classes. They become shares of five layers, steep enough that no
haze is left of what the network was not sure of. The layers below are filled in where those above hide them, by a
smooth continuation of what is seen. And a layer above has, where its edge is soft, the colour that gives the face again
over what was filled in: no rim of the old background comes along.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from dfp.errors import SketchError
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
BAND = 1 << 20  # pixels at a time: all at once would take forty times the picture's memory


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


def cut_out(image: np.ndarray, regions: np.ndarray, place: Placing, soft: bool = True) -> np.ndarray:
    """A face without its background: uint8 height x width x 4 RGBA, straight alpha, as large as `place` makes it.

    image, regions: as `Face` has them. soft: with soft edges in the person's own colours; else each pixel is the
    person's or nobody's. Raises SketchError when there are no regions.
    """
    parts = shares(regions)
    person = place(_smooth(255 - parts[BACKGROUND]))
    face = place(image)
    out = np.empty((*face.shape[:2], 4), np.uint8)
    fill = place(_filled(image, parts[BACKGROUND])) if soft else face
    for rows in _bands(face):
        if soft:
            below = _mixed(face[rows], fill[rows], _veil(255 - person[rows], person[rows]))
            out[rows] = _over(face[rows], below, person[rows])
        else:
            alpha = np.where(person[rows] > 127, 255, 0).astype(np.uint8)
            out[rows] = np.dstack([np.where(alpha[..., None] > 0, face[rows], 0), alpha])
    return out


def layers(image: np.ndarray, regions: np.ndarray, place: Placing) -> dict[str, np.ndarray]:
    """A face as LAYERS, from the bottom up: each uint8 height x width x 4 RGBA, straight alpha, as large as `place`
    makes it.

    Laid over each other they are the face, to within 2 of 255. The background goes on behind the person, the skin
    behind eyes, brows and mouth. Raises SketchError when there are no regions.
    """
    parts = shares(regions)
    face = place(image)
    seen = [place(_smooth(part)) for part in parts]
    hidden = [place(_hidden(parts, layer)) for layer in range(len(LAYERS))]
    fills = [place(_filled(image, part)) for part in parts[:FEATURES]]
    made = {name: np.empty((*face.shape[:2], 4), np.uint8) for name in LAYERS}
    for rows in _bands(face):
        planes = _stacked(face[rows], *([plane[rows] for plane in planes] for planes in (fills, seen, hidden)))
        for name, plane in zip(LAYERS, planes, strict=True):
            made[name][rows] = plane
    return made


def _stacked(
    face: np.ndarray, fills: list[np.ndarray], seen: list[np.ndarray], hidden: list[np.ndarray]
) -> list[np.ndarray]:
    """The five layers of some rows. fills: what each goes on with where it is hidden. seen: the shares. hidden: how far
    each goes on, 0 to 255."""
    traces = hidden[FEATURES]
    veil = _veil(seen[BACKGROUND], _sum_of(seen[CLOTHES:]))
    below = _mixed(face, fills[BACKGROUND], veil)
    planes = [np.dstack([below, np.full(veil.shape, 255, np.uint8)])]
    below = below.astype(np.float32)
    for layer in range(CLOTHES, FEATURES):
        # What is to be seen once this layer lies there: the face, and where others hide it its own continuation.
        ends = (hidden[layer] / np.float32(255))[..., None]
        veil = _veil(np.minimum(seen[layer], 255 - traces), np.maximum(_sum_of(seen[layer + 1 :]), traces))
        wanted = _mixed(face, below + (fills[layer] - below) * ends, veil)
        plane = _over(wanted, below, np.maximum(seen[layer], np.minimum(hidden[layer], veil)))
        below += (plane[..., :3] - below) * (plane[..., 3:] / np.float32(255))
        planes.append(plane)
    return [*planes, _over(face, below, seen[FEATURES])]


def _over(face: np.ndarray, below: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """RGBA that gives `face` over `below`, with at least this alpha."""
    alpha = np.maximum(alpha, _needed(face, below))
    return np.dstack([_unmixed(face, below, alpha.astype(np.float32) / 255), alpha])


def _needed(face: np.ndarray, below: np.ndarray) -> np.ndarray:
    """The least alpha, uint8, with which some colour over `below` gives `face`, to within 1."""
    face, below = face.astype(np.float32), below.astype(np.float32)
    room = np.where(face > below, 255 - below, below)
    least = np.maximum(np.abs(face - below) - 1, 0) / np.maximum(room, 1)
    return np.ceil(255 * least.max(2)).clip(0, 255).astype(np.uint8)


def _unmixed(face: np.ndarray, below: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """The colours, uint8, that give `face` over `below` with this alpha, 0 to 1; black where there is none."""
    alpha = alpha[..., None]
    colours = below + (face.astype(np.float32) - below) / np.maximum(alpha, 1 / 510)
    return np.where(alpha > 0, colours, 0).round().clip(0, 255).astype(np.uint8)


def _mixed(face: np.ndarray, fill: np.ndarray, veil: np.ndarray) -> np.ndarray:
    """A layer's colours: the face's own, and what is filled in where it is hidden."""
    part = (veil / np.float32(255))[..., None]
    return (face + (fill - face.astype(np.float32)) * part).round().clip(0, 255).astype(np.uint8)


def _veil(own: np.ndarray, above: np.ndarray) -> np.ndarray:
    """How far a layer with this share is hidden by those above with that one, uint8."""
    part = above / (own.astype(np.float32) + above + 1)
    return (part * (255 / SETTLED)).clip(0, 255).astype(np.uint8)


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
