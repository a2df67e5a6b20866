"""The one kind of line the network knows: one pixel wide, 8-connected, on a square frame.

Ink is thinned after Zhang and Suen (1984): peeled from its lower right and its upper left by turns. The same pixels go
as in scikit-image's `skeletonize`, in half the time: after four passes hardly any go, and then only what lies beside
those is looked at again.
"""

import functools
import itertools
from collections.abc import Sequence

import cv2
import numpy as np

from dfp.sketch.pooling import shrink_by_max

# The eight pixels around one, down and across: clockwise from its upper left.
AROUND = (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)
# A pixel goes when those around it are, in that order, as one of these says: 1 ink, 0 none, a point either.
FROM_LOWER_RIGHT = (
    "1111.00. 111.00.1 11.00.11 11..0000 1.000.11 1.00.111 001111.0 00010100 "
    "0000111. 000.1110 0.11.000 .110000. .1.10000 .1.000.1 .0000101"
)
FROM_UPPER_LEFT = (
    "1111.000 1110000. 11.00011 0101.000 01000001 0001.1.0 0000.1.1 000..110 "
    "00.1111. 00.1.110 0.1111.0 0..11000 .1111.00 .0000.11 .00.1111"
)
FEW = 1 / 10  # of the ink: while fewer pixels go, what lies beside them is looked up sooner than all that is left


def thin(mask: np.ndarray, size: int) -> np.ndarray:
    """Turn an H x W bool line mask (H == W) into the size x size bool mask of its one-pixel lines.

    The last step of both the training sketches and the painters' sketches. Smaller masks are enlarged.
    """
    if mask.shape[0] >= size:
        small = shrink_by_max(mask, size)
    else:
        larger = cv2.resize(mask.astype(np.uint8) * 255, (size, size), interpolation=cv2.INTER_LINEAR)
        small = larger >= 128
    return skeleton(small)


def skeleton(mask: np.ndarray) -> np.ndarray:
    """The centre lines of a mask, bool H x W: one pixel wide and 8-connected, bool H x W."""
    height, width = mask.shape
    padded = np.zeros((height + 2, width + 2), bool)
    padded[1:-1, 1:-1] = mask
    steps = np.array([down * (width + 2) + across for down, across in AROUND])
    # Pixels are counted from the mask's first, which has a row and a pixel before it: a neighbour is another view.
    first, flat = width + 3, padded.ravel()
    ink, around = flat[first:], [flat[first + step :].view(np.uint8) for step in steps]
    numbers = np.empty(len(ink), np.int32)
    spots = gone = np.flatnonzero(ink)
    few = False
    for goes in itertools.cycle((_goes(FROM_LOWER_RIGHT), _goes(FROM_UPPER_LEFT))):
        before, gone = gone, spots[goes.take(_neighbours(around, spots))]
        ink[gone] = False
        changed = np.concatenate([before, gone])
        if not len(changed):
            break
        # What has been looked at in two passes, with no change beside it since, stays.
        few = few or len(changed) < FEW * len(spots)
        spots = (steps[:, None] + changed).ravel() if few else spots
        spots = spots[ink.take(spots)]
        if few:
            spots = _each_once(spots, numbers)
    return padded[1:-1, 1:-1]


def _each_once(spots: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Spots without those that come again; `numbers`, int32 for each place there is, are overwritten."""
    order = np.arange(len(spots), dtype=np.int32)
    numbers[spots] = order
    # One of those on the same place has left its number there. Sorting them takes four times as long.
    return spots[numbers.take(spots) == order]


def _neighbours(around: Sequence[np.ndarray], spots: np.ndarray) -> np.ndarray:
    """Which of the eight pixels around each of some spots are ink, as the bits of a byte, the first the lowest."""
    seen = around[-1].take(spots)
    for other in around[-2::-1]:
        seen += seen
        seen |= other.take(spots)
    return seen


@functools.cache
def _goes(patterns: str) -> np.ndarray:
    """Whether a pixel goes, by the byte that tells what is around it: bool 256."""
    bytes_ = np.arange(256)
    goes = np.zeros(256, bool)
    for pattern in patterns.split():
        told = sum(1 << place for place, sign in enumerate(pattern) if sign != ".")
        ink = sum(1 << place for place, sign in enumerate(pattern) if sign == "1")
        goes |= (bytes_ & told) == ink
    return goes
