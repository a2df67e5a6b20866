"""The colours that a painter wants: one for each region of a face, and those that she has painted place by place.

What she leaves open comes from a real face's palette, drawn by a seed: the mean of all faces' colours is nobody's.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from dfp.errors import SketchError
from dfp.model.classes import REGIONS
from dfp.model.inputs import PAINTED_CHANNELS, PAINTED_SIDE
from dfp.sketch.frame import Frame
from dfp.sketch.palette import NO_PALETTE, Palette, shortened

FITTING = 8  # real palettes among which the seed draws, of those that come nearest to the colours that are known
SAMPLES = 4  # a cell of the map is the mean of so many places of the layer in each direction
MOST_SEEDS = 2**32
TRIES = 8  # seeds that are looked at for each variant that is wanted
UNLIKE = 35.0  # in Lab, mean of what is left open: three of four pairs of real palettes are further apart
SAME_SHAPE = 0.02  # share by which a colour layer may be wider or higher than its sketch


@dataclass(frozen=True, eq=False)
class Appearance:
    """What a face shall look like, beside its lines.

    palette: colours of regions. painted: uint8 h x w x 4 RGBA with straight alpha over the whole sketch, of the
    sketch's proportions, whatever its size; where its alpha is, that colour comes. seed: which real face's palette
    fills in what is left open; 0 is a usual one. Raises SketchError for anything else, and for a layer on which
    nothing is painted.
    """

    palette: Palette = NO_PALETTE
    painted: np.ndarray | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.palette, Palette):
            raise SketchError(
                f"The palette must be a Palette, as dfp.Palette(hair=(32, 21, 16)) is, not a "
                f"{type(self.palette).__name__}."
            )
        whole = isinstance(self.seed, (int, np.integer)) and not isinstance(self.seed, bool)
        if not whole or not 0 <= self.seed < MOST_SEEDS:
            raise SketchError(f"A seed is a whole number from 0 to {MOST_SEEDS - 1}, not {shortened(self.seed)}.")
        layer = self.painted
        if layer is None:
            return
        if not isinstance(layer, np.ndarray) or layer.ndim != 3 or layer.shape[2] != 4 or layer.dtype != np.uint8:
            raise SketchError("Painted colours must be a numpy array with red, green, blue and alpha of 8 bits each.")
        if not layer[..., 3].any():
            raise SketchError("Nothing is painted on the colour layer: paint on it, or leave it out.")

    @property
    def wanted(self) -> bool:
        """Whether it says anything: weights that know no colours can do without."""
        return self.painted is not None or self.seed != 0 or bool(self.palette.named())

    def check_shape(self, extent: tuple[int, int]) -> None:
        """Raise SketchError unless what is painted has the proportions of a sketch of `extent` (width, height) pixels.

        Small layers have them as near as whole pixels allow.
        """
        if self.painted is None:
            return
        height, width = self.painted.shape[:2]
        wanted = width * extent[1] / extent[0]
        near = abs(height - wanted) <= SAME_SHAPE * max(height, wanted)
        if near or abs(height - wanted) <= 0.5 or abs(width - height * extent[0] / extent[1]) <= 0.5:
            return
        raise SketchError(
            f"The colour layer ({width} x {height}) has other proportions than the sketch ({extent[0]} x {extent[1]}): "
            "make it as large as the sketch."
        )

    def colours(self, palettes: np.ndarray) -> np.ndarray:
        """The whole palette, float32 COLOURS in [-1, 1].

        palettes: k x 6 x 3 uint8, of real faces, the usual one first.
        """
        at, own = self._known()
        filled = palettes[_drawn(self.seed, self._fitting(palettes))].astype(np.float32)
        filled[at] = own
        return (filled / 127.5 - 1).ravel()

    def variants(self, count: int, palettes: np.ndarray) -> "list[Appearance]":
        """The same with up to `count` seeds, from its own on, each of which fills in other colours: such as look unlike
        each other, as far as there are enough of them.

        Fewer where so many are not to be had: when all colours are known there is one. palettes: as in `colours`.
        """
        fitting, (known, _) = self._fitting(palettes), self._known()
        seeds = [(self.seed + step) % MOST_SEEDS for step in range(TRIES * count)]
        left = np.delete(_lab(palettes), known, 1)
        found = {self.seed: left[_drawn(self.seed, fitting)]}
        for least in (UNLIKE, 0.0):
            for seed in seeds if left.size else ():
                if len(found) == count:
                    break
                filled = left[_drawn(seed, fitting)]
                if min(np.linalg.norm(filled - other, axis=1).mean() for other in found.values()) > least:
                    found[seed] = filled
        return [replace(self, seed=seed) for seed in found]

    def _known(self) -> tuple[list[int], np.ndarray]:
        """Which regions have a colour, and these, n x 3 uint8."""
        own = self.palette.named()
        return [REGIONS.index(name) for name in own], np.array([*own.values()], np.uint8).reshape(-1, 3)

    def _fitting(self, palettes: np.ndarray) -> np.ndarray:
        """Among which of the palettes the seed draws, the one of seed 0 first."""
        at, own = self._known()
        if not at:
            return np.arange(len(palettes))
        return np.argsort(_distances(own, palettes[:, at]), kind="stable")[:FITTING]

    def map(self, frame: Frame, extent: tuple[int, int]) -> np.ndarray:
        """What is painted in a frame of a sketch of `extent` (width, height) pixels: float32 4 x 32 x 32."""
        cells = np.zeros((PAINTED_CHANNELS, PAINTED_SIDE, PAINTED_SIDE), np.float32)
        if self.painted is None:
            return cells
        places = (np.arange(PAINTED_SIDE * SAMPLES) + 0.5) / (PAINTED_SIDE * SAMPLES)
        across = (frame.left + places * frame.width) / extent[0]
        down = (frame.top + places * frame.height) / extent[1]
        height, width = self.painted.shape[:2]
        columns = (across * width).astype(np.intp).clip(0, width - 1)
        rows = (down * height).astype(np.intp).clip(0, height - 1)
        seen = self.painted[rows[:, None], columns].astype(np.float32)
        seen[~np.outer((down >= 0) & (down < 1), (across >= 0) & (across < 1))] = 0
        alpha = seen[..., 3:] / 255
        both = np.concatenate([(seen[..., :3] / 127.5 - 1) * alpha, alpha], 2)
        shape = PAINTED_SIDE, SAMPLES, PAINTED_SIDE, SAMPLES, PAINTED_CHANNELS
        return both.reshape(shape).mean((1, 3)).transpose(2, 0, 1)


def _drawn(seed: int, fitting: np.ndarray) -> int:
    """Which one a seed draws."""
    return int(fitting[0 if seed == 0 else np.random.default_rng(seed).integers(len(fitting))])


def _distances(own: np.ndarray, palettes: np.ndarray) -> np.ndarray:
    """r x 3 colours and k x r x 3 of real faces, uint8 -> how far each of these is, in Lab."""
    return np.square(_lab(palettes) - _lab(own)).sum((1, 2))


def _lab(colours: np.ndarray) -> np.ndarray:
    """Any x 3 uint8 RGB -> the same in Lab, float32, each channel about 0 to 255."""
    return cv2.cvtColor(colours.reshape(1, -1, 3), cv2.COLOR_RGB2LAB).astype(np.float32).reshape(colours.shape)


NO_APPEARANCE = Appearance()
