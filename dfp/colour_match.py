"""The colours that a face was told, put right where the model says that they belong.

The model comes near to the colours that it is told, not all the way. It also says what is where; so in each region the
mean of what it drew can be compared with the colour that was meant, and the difference added to all of the region:
light, shade and texture stay as they were drawn.
"""

from typing import NamedTuple

import cv2
import numpy as np

from dfp.model.classes import CLASSES_OF_REGIONS, REGION_OF_CLASS, REGIONS, FaceClass

SURE = 0.5  # likelihood from which on a place tells which colour its region has
FEWEST, ENOUGH = 0.0012, 0.0037  # shares of the picture: below the first a region tells nothing, from the second on all
SHARPNESS = 2  # the power that makes edges of regions steeper, so that no colour reaches far into its neighbour
FARTHEST = 0.4  # of half the range: what is further off is not meant as the model has understood it
# Near black and white a region's light and shade need room: so many of its standard deviations it shall have; where it
# has less its contrast falls, to the share at least that the second number is of the first, and the colour stops there.
ROOM, LEAST_ROOM = 2.0, 1.5

# Of each region the classes that have its colour; then the hat, which has none but a painted one, and the rest.
_COLOURED = [[c for c in FaceClass if REGION_OF_CLASS.get(c) == name] for name in REGIONS]
_COLOURED += [[FaceClass.HAT], [c for c in FaceClass if c not in (*REGION_OF_CLASS, FaceClass.HAT)]]
# And those that say which colour it has now.
_TELLING = [*map(list, CLASSES_OF_REGIONS), *_COLOURED[len(REGIONS) :]]
_UNTOLD = np.full((len(_COLOURED) - len(REGIONS), 3), np.nan, np.float32)
# Who lays down colours roughly, goes over eyes, lips and teeth with those of the skin, and means none of it.
_PAINTED_OVER = [REGIONS.index("lips"), REGIONS.index("eyes"), len(_COLOURED) - 1]


class _Change(NamedTuple):
    """A colour becomes gain * colour + shift: 1 and 3 numbers for each region, or for each place."""

    gain: np.ndarray
    shift: np.ndarray


def matched(picture: np.ndarray, regions: np.ndarray, palette: np.ndarray, painted: np.ndarray) -> np.ndarray:
    """A picture with its regions in the colours that were told, uint8 size x size x 3 as it was.

    regions: uint8 19 x h x w, as `Outputs.regions`. palette: float32 COLOURS in [-1, 1]. painted: float32 4 x p x p, as
    `Inputs.painted`; where it is, it counts and the palette does not. The picture itself where no regions are known.
    """
    if not len(regions):
        return picture
    side = regions.shape[-1]
    seen = np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.float32) / 127.5 - 1
    where = _sums(regions, _TELLING)
    where[where < SURE] = 0
    steep = _sums(regions, _COLOURED) ** SHARPNESS
    steep /= steep.sum(0).clip(1e-6)
    told = np.concatenate([palette.reshape(len(REGIONS), 3), _UNTOLD])
    if not painted[-1].any():
        return _changed(picture, _at_places(steep, _changes(where, seen, told)))
    layer = _enlarged(painted, side)
    covered = layer[3]
    bare = _at_places(steep * (1 - covered), _changes(where * (1 - covered), seen, told))
    laid = _means(where, layer[:3].transpose(1, 2, 0), (where * covered).sum((1, 2)))
    laid[_PAINTED_OVER] = np.nan
    over = _at_places(steep * covered, _changes(where * covered, seen, laid))
    return _changed(picture, _Change(bare.gain + over.gain, bare.shift + over.shift))


def _sums(regions: np.ndarray, groups: list[list[FaceClass]]) -> np.ndarray:
    """Likelihoods of groups of classes, g x h x w float32 in [0, 1]."""
    return np.stack([regions[group].sum(0, dtype=np.float32) for group in groups]) / 255


def _changes(weights: np.ndarray, seen: np.ndarray, wanted: np.ndarray) -> _Change:
    """What is to be done in each of g regions: weights g x h x w, seen h x w x 3, wanted g x 3, NaN for any colour."""
    areas = weights.sum((1, 2))
    means = _means(weights, seen, areas)
    spread = np.sqrt((_means(weights, seen**2, areas) - means**2).clip(1e-6))
    share = areas / weights[0].size
    counts = np.where(share < FEWEST, 0, (share / ENOUGH).clip(None, 1))[:, None]
    way = np.nan_to_num(wanted - means) * counts
    way *= (FARTHEST / np.abs(way).max(1, keepdims=True).clip(1e-6)).clip(None, 1)
    # All channels stop where the first one has to, or the hue would change.
    room = (np.where(way > 0, 1 - means, 1 + means) - LEAST_ROOM * spread).clip(0)
    target = means + way * (room / np.abs(way).clip(1e-6)).min(1, keepdims=True).clip(None, 1)
    has = np.where(np.abs(target) > np.abs(means), (1 - np.abs(target)) / (ROOM * spread), 1.0)
    gain = has.min(1, keepdims=True).clip(LEAST_ROOM / ROOM, 1)
    return _Change(gain.astype(np.float32), (target - gain * means).astype(np.float32))


def _means(weights: np.ndarray, colours: np.ndarray, areas: np.ndarray) -> np.ndarray:
    sums = weights.reshape(len(weights), -1) @ colours.reshape(-1, 3)
    return sums / areas.clip(1e-6)[:, None]


def _at_places(shares: np.ndarray, change: _Change) -> _Change:
    """The changes of g regions, at each place as far as it belongs to each: shares g x h x w."""
    return _Change(*(np.tensordot(shares, part, (0, 0)) for part in change))


def _enlarged(painted: np.ndarray, side: int) -> np.ndarray:
    """Painted cells at another side."""
    larger = cv2.resize(painted.transpose(1, 2, 0), (side, side), interpolation=cv2.INTER_LINEAR)
    return np.asarray(larger).transpose(2, 0, 1)


def _changed(picture: np.ndarray, change: _Change) -> np.ndarray:
    """The picture with a change of h x w places made at all of its pixels."""
    size = picture.shape[1::-1]
    gain = np.asarray(cv2.resize(change.gain, size, interpolation=cv2.INTER_LINEAR))[..., None]
    shift = np.asarray(cv2.resize(change.shift, size, interpolation=cv2.INTER_LINEAR))
    made = (picture - np.float32(127.5)) * gain + shift * np.float32(127.5) + np.float32(127.5)
    return np.asarray(cv2.convertScaleAbs(made.clip(0, 255)))
