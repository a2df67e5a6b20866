"""The network that says where on a sheet heads are drawn, in numpy.

It is so small that numpy calculates it in less than two milliseconds, as fast as the processor multiplies: it needs
neither a runtime nor a conversion, and it is ready before either is imported. `dfp-train finder` trains it.
"""

import functools
from pathlib import Path

import cv2
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
KNOWN_SHEETS = 8  # of so many shapes of sheets it is kept what they mean to the network
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
                _by_rows(weight.astype(np.float32)),
                tensors[name.replace(".weight", ".bias")].astype(np.float32)[:, None],
            )
            for name, weight in tensors.items()
            if name.endswith(".weight")
        }
        # Ink and sheet are looked at apart, for most sheets that come one after the other are alike.
        weight = tensors["first.weight"].astype(np.float32)
        half = weight.shape[1] // INPUTS
        nothing = np.zeros((len(weight), 1), np.float32)
        self._layers["ink"] = _by_rows(weight[:, :half]), nothing
        self._layers["sheet"] = _by_rows(weight[:, half:]), self._layers["first"][1]
        self._of_sheet = functools.lru_cache(KNOWN_SHEETS)(self._of_new_sheet)

    def __call__(self, sheet: np.ndarray) -> np.ndarray:
        """float32 INPUTS x SIDE x SIDE -> float32 OUTPUTS x CELLS x CELLS."""
        fine = self._conv("ink", _halved(sheet[:1], 4))
        fine += self._of_sheet(np.packbits(sheet[1] != 0).tobytes())
        fine = _positive(fine)
        fine = self._block("down_fine", self._relu("fine", _halved(fine, 2)))
        middle = self._block("down_middle", self._relu("middle", _halved(fine, 2)))
        coarse = self._block("down_coarse", self._relu("coarse", _halved(middle, 2)))
        middle = self._block("up_middle", middle + _doubled(self._relu("to_middle", coarse)))
        fine = self._block("up_fine", fine + _doubled(self._relu("to_fine", middle)))
        return self._conv("last", self._relu("hidden", fine))

    def _of_new_sheet(self, packed: bytes) -> np.ndarray:
        """What the first convolution makes of where the sheet is, given as bits."""
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=SIDE * SIDE)
        return self._conv("sheet", _halved(bits.reshape(1, SIDE, SIDE).astype(np.float32), 4))

    def _conv(self, name: str, features: np.ndarray) -> np.ndarray:
        weights, bias = self._layers[name]
        channels, height, width = features.shape
        if len(weights) == 1:
            out = weights[0] @ features.reshape(channels, -1)
        else:
            seen = _shifted(features)
            out = weights[0] @ seen[:, : height * width]
            for row, weight in enumerate(weights[1:], 1):
                out += weight @ seen[:, row * width : (row + height) * width]
        out += bias
        return out.reshape(-1, height, width)

    def _relu(self, name: str, features: np.ndarray) -> np.ndarray:
        return _positive(self._conv(name, features))

    def _block(self, name: str, features: np.ndarray) -> np.ndarray:
        for number in range(DEPTHS[name][1]):
            further = self._relu(f"{name}_{number}", features)
            features = np.add(features, further, out=further)
        return features


def _by_rows(weight: np.ndarray) -> list[np.ndarray]:
    """M x C x S x S -> S times M x (S * C): a convolution's weights for each row that it sees."""
    return [np.ascontiguousarray(row.transpose(0, 2, 1).reshape(len(row), -1)) for row in np.moveaxis(weight, 2, 0)]


def _shifted(features: np.ndarray) -> np.ndarray:
    """C x H x W -> (3 * C) x ((H + 2) * W): what lies left of each place, on it and right of it; zeros outside.

    With a row more above and below, what a convolution sees a row higher or lower is a part of it, which needs no copy.
    """
    channels, height, width = features.shape
    out = np.empty((3, channels, height + 2, width), np.float32)
    out[:, :, 0] = out[:, :, -1] = 0
    left, middle, right = out[:, :, 1:-1]
    left[:, :, 0] = right[:, :, -1] = 0
    left[:, :, 1:] = features[:, :, :-1]
    middle[:] = features
    right[:, :, :-1] = features[:, :, 1:]
    return out.reshape(3 * channels, -1)


def _halved(features: np.ndarray, by: int) -> np.ndarray:
    """C x H x W -> (C * by * by) x (H / by) x (W / by), nothing lost."""
    channels, height, width = features.shape
    blocks = features.reshape(channels, height // by, by, width // by, by)
    return blocks.transpose(0, 2, 4, 1, 3).reshape(-1, height // by, width // by)


def _positive(features: np.ndarray) -> np.ndarray:
    # `np.maximum` with a number takes seven times as long.
    flat = features.reshape(len(features), -1)
    return np.asarray(cv2.threshold(flat, 0, 0, cv2.THRESH_TOZERO, flat)[1]).reshape(features.shape)


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
