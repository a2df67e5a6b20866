"""The network that says where on a sheet heads are drawn, in numpy.

It is so small that numpy calculates it in two milliseconds: it needs neither a runtime nor a conversion, and it is
ready before either is imported. `dfp-train finder` trains it.
"""

import functools
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from dfp.errors import WeightsError

FORMAT = "deepfacepencil-finder-1"
RELEASE = Path(__file__).parents[1] / "release" / "finder.safetensors"

SIDE = 192  # cells of a reduced sheet
STRIDE = 8  # of these a cell of the answer is one
CELLS = SIDE // STRIDE
INPUTS = 2  # where ink is, where the sheet is; 0 or 1
# Of a cell: how likely a head's centre lies there (logit); from the cell's centre to the head's, x and y in cells; the
# logarithm of the frame's side in cells; sine and cosine of the turn, clockwise on the screen.
OUTPUTS = 6
WIDTHS = 24, 48, 80, 96  # channels at a quarter, an eighth, a sixteenth and a thirty-second
# Width and number of the residual convolutions by where they are.
DEPTHS = {
    "down_fine": (WIDTHS[1], 1),
    "down_middle": (WIDTHS[2], 2),
    "down_coarse": (WIDTHS[3], 2),
    "up_middle": (WIDTHS[2], 1),
    "up_fine": (WIDTHS[1], 1),
}


class FinderNetwork:
    """Weights and what is calculated with them."""

    def __init__(self, tensors: dict[str, np.ndarray]):
        self._layers = {
            name.removesuffix(".weight"): (
                np.ascontiguousarray(weight.reshape(len(weight), -1), np.float32),
                tensors[name.replace(".weight", ".bias")].astype(np.float32)[:, None],
                weight.shape[-1],
            )
            for name, weight in tensors.items()
            if name.endswith(".weight")
        }

    def __call__(self, sheet: np.ndarray) -> np.ndarray:
        """float32 INPUTS x SIDE x SIDE -> float32 OUTPUTS x CELLS x CELLS."""
        fine = self._relu("first", _halved(sheet, 4))
        fine = self._block("down_fine", self._relu("fine", _halved(fine, 2)))
        middle = self._block("down_middle", self._relu("middle", _halved(fine, 2)))
        coarse = self._block("down_coarse", self._relu("coarse", _halved(middle, 2)))
        middle = self._block("up_middle", middle + _doubled(self._relu("to_middle", coarse)))
        fine = self._block("up_fine", fine + _doubled(self._relu("to_fine", middle)))
        return self._conv("last", self._relu("hidden", fine))

    def _conv(self, name: str, features: np.ndarray) -> np.ndarray:
        weight, bias, size = self._layers[name]
        out = weight @ _columns(features, size)
        out += bias
        return out.reshape(len(weight), *features.shape[1:])

    def _relu(self, name: str, features: np.ndarray) -> np.ndarray:
        out = self._conv(name, features)
        return np.maximum(out, 0, out=out)

    def _block(self, name: str, features: np.ndarray) -> np.ndarray:
        for number in range(DEPTHS[name][1]):
            features = features + self._relu(f"{name}_{number}", features)
        return features


def _columns(features: np.ndarray, size: int) -> np.ndarray:
    """C x H x W -> (C * size * size) x (H * W): what each place of a convolution sees; zeros outside."""
    channels, height, width = features.shape
    if size == 1:
        return features.reshape(channels, -1)
    padded = np.pad(features, ((0, 0), (1, 1), (1, 1)))
    out = np.empty((channels, size, size, height, width), np.float32)
    for y in range(size):
        for x in range(size):
            out[:, y, x] = padded[:, y : y + height, x : x + width]
    return out.reshape(-1, height * width)


def _halved(features: np.ndarray, by: int) -> np.ndarray:
    """C x H x W -> (C * by * by) x (H / by) x (W / by), nothing lost."""
    channels, height, width = features.shape
    blocks = features.reshape(channels, height // by, by, width // by, by)
    return blocks.transpose(0, 2, 4, 1, 3).reshape(-1, height // by, width // by)


def _doubled(features: np.ndarray) -> np.ndarray:
    return features.repeat(2, 1).repeat(2, 2)


@functools.cache
def load_finder(path: Path = RELEASE) -> FinderNetwork:
    """Read weights that `dfp-train finder` wrote. Raises WeightsError with a sentence."""
    if not path.is_file():
        raise WeightsError(f"There are no weights of the finder at {path}. Install dfp again.")
    try:
        with safe_open(path, framework="numpy") as file:
            made_for = (file.metadata() or {}).get("format")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        network = FinderNetwork(tensors)
        answer = network(np.zeros((INPUTS, SIDE, SIDE), np.float32))
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(f"The weights of the finder at {path} are damaged. Install dfp again.") from error
    if made_for != FORMAT or not np.isfinite(answer).all():
        raise WeightsError(f"The weights at {path} are none of the finder's. Install dfp again.")
    return network
