"""The network that says how a crooked drawing would become a regular face (see small_network).

`dfp-train straightener` trains it.
"""

import functools
from pathlib import Path

import numpy as np

from dfp.model.small_network import Shape, SmallNetwork, load_small

FORMAT = "deepfacepencil-straightener-1"
RELEASE = Path(__file__).parents[1] / "release" / "straightener.safetensors"

# Input: where lines are, 0 or 1. Outputs of a cell: how far from a place of the drawing the same place of the regular
# face is, right and down, in shares of the frame's side.
SHAPE = Shape(inputs=1, outputs=2, side=128, widths=(24, 48, 80, 112), blocks=(1, 2, 3, 1, 1))
SIDE, CELLS = SHAPE.side, SHAPE.cells
GAIN = 0.1  # of what the last convolution says, which is about as large as its inputs


class StraightenerNetwork(SmallNetwork):
    """Weights and what is calculated with them."""

    def __init__(self, tensors: dict[str, np.ndarray]):
        super().__init__(tensors, SHAPE)

    def __call__(self, cells: np.ndarray) -> np.ndarray:
        """float32 1 x SIDE x SIDE -> float32 2 x CELLS x CELLS."""
        return GAIN * super().__call__(cells)


@functools.cache
def load_straightener(path: Path = RELEASE) -> StraightenerNetwork:
    """Read weights that `dfp-train straightener` wrote. Raises WeightsError with a sentence."""
    return load_small(path, "straightener", FORMAT, SHAPE, StraightenerNetwork)
