"""What the network is given and what it gives back, as arrays, whatever calculates it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dfp.model.classes import REGIONS

TRUST_SIDE = 16  # of the map that says how exactly lines are meant
COLOURS = 3 * len(REGIONS)  # red, green, blue of each in [-1, 1], one after the other
PAINTED_SIDE = 32  # of the map of painted colours
PAINTED_CHANNELS = 4  # red, green, blue in [-1, 1] times how far a place is painted, and that in [0, 1]


@dataclass(frozen=True)
class Inputs:
    """N sketches as the network reads them, all float32; or one sketch in N palettes, which alone are N then.

    lines: N x 1 x size x size in [0, 1], 1 on lines. trust: N x 1 x 16 x 16 in [-1, 1], 0 where nothing is known.
    palette: N x 18, the colour of each region in [-1, 1]. painted: N x 4 x 32 x 32, see
    PAINTED_CHANNELS.
    """

    lines: np.ndarray
    trust: np.ndarray
    palette: np.ndarray
    painted: np.ndarray

    @classmethod
    def of(
        cls,
        lines: np.ndarray,
        trust: np.ndarray | None = None,
        palette: np.ndarray | None = None,
        painted: np.ndarray | None = None,
    ) -> "Inputs":
        """Lines, and zeros for what is not said."""
        n = len(lines)
        return cls(
            lines,
            np.zeros((n, 1, TRUST_SIDE, TRUST_SIDE), np.float32) if trust is None else trust,
            np.zeros((n, COLOURS), np.float32) if palette is None else palette,
            np.zeros((n, PAINTED_CHANNELS, PAINTED_SIDE, PAINTED_SIDE), np.float32) if painted is None else painted,
        )

    @classmethod
    def joined(cls, parts: "Sequence[Inputs]") -> "Inputs":
        """Those of several sketches, one after the other."""
        return cls(*(np.concatenate(arrays) for arrays in zip(*(p.arrays() for p in parts), strict=True)))

    def apart(self) -> "list[Inputs]":
        """Each face for itself, also those of one sketch in several palettes."""
        each = (np.broadcast_to(array, (len(self), *array.shape[1:])) for array in self.arrays())
        return [Inputs(*(array[None] for array in arrays)) for arrays in zip(*each, strict=True)]

    def arrays(self, coloured: bool = True) -> tuple[np.ndarray, ...]:
        """All arrays in order; without colours for networks that know none."""
        return (self.lines, self.trust, self.palette, self.painted) if coloured else (self.lines, self.trust)

    def __len__(self) -> int:
        return len(self.palette)


class Outputs(NamedTuple):
    """pictures: uint8 N x size x size x 3 RGB. attention: float32 N x branches x size/2 x size/2. regions: uint8
    N x 19 x h x w, how likely each class is at each place, of 255; no classes where the network says none."""

    pictures: np.ndarray
    attention: np.ndarray
    regions: np.ndarray
