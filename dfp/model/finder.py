"""The network that says where on a sheet heads are drawn (see small_network). `dfp-train finder` trains it."""

import functools
from pathlib import Path

import numpy as np

from dfp.model.small_network import FIRST, Shape, SmallNetwork, by_rows, halved, load_small

FORMAT = "deepfacepencil-finder-1"
RELEASE = Path(__file__).parents[1] / "release" / "finder.safetensors"

# Inputs: where ink is, where the sheet is; 0 or 1. Outputs of a cell: how likely a head's centre lies there (logit);
# from the cell's centre to the head's, x and y in cells; the logarithm of the frame's side in cells; sine and cosine of
# the turn, clockwise on the screen.
SHAPE = Shape(inputs=2, outputs=6, side=192, widths=(24, 48, 80, 96), blocks=(1, 2, 2, 1, 1))
INPUTS, OUTPUTS, SIDE, CELLS = SHAPE.inputs, SHAPE.outputs, SHAPE.side, SHAPE.cells
KNOWN_SHEETS = 8  # of so many shapes of sheets it is kept what they mean to the network


class FinderNetwork(SmallNetwork):
    """Weights and what is calculated with them."""

    def __init__(self, tensors: dict[str, np.ndarray]):
        super().__init__(tensors, SHAPE)
        # Ink and sheet are looked at apart, for most sheets that come one after the other are alike.
        weight = tensors["first.weight"].astype(np.float32)
        half = weight.shape[1] // INPUTS
        nothing = np.zeros((len(weight), 1), np.float32)
        self._layers["ink"] = by_rows(weight[:, :half]), nothing
        self._layers["sheet"] = by_rows(weight[:, half:]), self._layers["first"][1]
        self._of_sheet = functools.lru_cache(KNOWN_SHEETS)(self._of_new_sheet)

    def first(self, cells: np.ndarray) -> np.ndarray:
        """What the first convolution makes of a sheet."""
        return self.conv("ink", halved(cells[:1], FIRST)) + self._of_sheet(np.packbits(cells[1] != 0).tobytes())

    def _of_new_sheet(self, packed: bytes) -> np.ndarray:
        """What it makes of where the sheet is, given as bits."""
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=SIDE * SIDE)
        return self.conv("sheet", halved(bits.reshape(1, SIDE, SIDE).astype(np.float32), FIRST))


@functools.cache
def load_finder(path: Path = RELEASE) -> FinderNetwork:
    """Read weights that `dfp-train finder` wrote. Raises WeightsError with a sentence."""
    return load_small(path, "finder", FORMAT, SHAPE, FinderNetwork)
