"""How exactly a painter means her lines, as the SAP is told it: everywhere by a number, place by place by a mask."""

from dataclasses import dataclass
from numbers import Real

import cv2
import numpy as np

from dfp.errors import SketchError
from dfp.model.inputs import TRUST_SIDE
from dfp.sketch.frame import Frame

NEUTRAL = 128  # of a mask: there the number alone says it
SAMPLES = 8  # a cell of the map is the mean of so many places of the mask in each direction


@dataclass(frozen=True)
class Trust:
    """1: lines are meant exactly, -1: so loosely that a crooked drawing is straightened, 0: as the SAP thinks.

    number: everywhere, -1 to 1. mask: added to it, uint8 h x w over the whole sketch, whatever its size: 1 loosely,
    128 nothing added, 255 exactly. Raises SketchError for anything else.
    """

    number: float = 0.0
    mask: np.ndarray | None = None

    def __post_init__(self) -> None:
        if isinstance(self.number, bool) or not isinstance(self.number, Real):
            raise SketchError(f"Trust must be a number between -1 and 1, not {self.number!r:.60}.")
        if not -1 <= self.number <= 1:
            raise SketchError(f"Trust must be between -1 (lines are meant loosely) and 1 (exactly), not {self.number}.")
        if self.mask is not None and not isinstance(self.mask, np.ndarray):
            raise SketchError(f"A trust mask must be a numpy array, not a {type(self.mask).__name__}.")
        if self.mask is not None and (self.mask.ndim != 2 or self.mask.dtype != np.uint8 or not self.mask.size):
            raise SketchError("A trust mask must be a gray picture with 8 bits.")

    def over(self, frame: Frame, extent: tuple[int, int]) -> np.ndarray:
        """The map of a frame in a sketch of `extent` (width, height) pixels: float32 1 x 16 x 16 in [-1, 1]."""
        if self.mask is None:
            return np.full((1, TRUST_SIDE, TRUST_SIDE), self.number, np.float32)
        places = (np.arange(TRUST_SIDE * SAMPLES) + 0.5) / (TRUST_SIDE * SAMPLES)
        across = (frame.left + places * frame.width) / extent[0]
        down = (frame.top + places * frame.height) / extent[1]
        x, y = np.meshgrid(across * self.mask.shape[1] - 0.5, down * self.mask.shape[0] - 0.5)
        seen = cv2.remap(
            self.mask.astype(np.float32),
            x.astype(np.float32),
            y.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        inside = np.outer((down >= 0) & (down < 1), (across >= 0) & (across < 1))
        seen = np.where(inside, seen, NEUTRAL)
        cells = seen.reshape(TRUST_SIDE, SAMPLES, TRUST_SIDE, SAMPLES).mean((1, 3))
        return (self.number + (cells - NEUTRAL) / (255 - NEUTRAL)).clip(-1, 1).astype(np.float32)[None]


NO_TRUST = Trust()
