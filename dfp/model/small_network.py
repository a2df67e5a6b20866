"""Small networks in numpy: convolutions of a quarter of a picture's side and less, down and up again.

They are so small that numpy calculates one in a few milliseconds, as fast as the processor multiplies: they need
neither a runtime nor a conversion, and are ready before either is imported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from safetensors import SafetensorError, safe_open

from dfp.errors import WeightsError

FIRST = 4  # so many pixels of the input, each way, are a place of the finest features
STRIDE = 8  # and so many a cell of the answer


@dataclass(frozen=True)
class Shape:
    """inputs, outputs: channels. side: of the input, which is square. widths: channels at a quarter, an eighth, a
    sixteenth and a thirty-second of it. blocks: number of the residual convolutions on the way down at an eighth, a
    sixteenth and a thirty-second, and on the way up at a sixteenth and an eighth."""

    inputs: int
    outputs: int
    side: int
    widths: tuple[int, int, int, int]
    blocks: tuple[int, int, int, int, int]

    @property
    def cells(self) -> int:
        """The side of the answer."""
        return self.side // STRIDE

    def named_blocks(self) -> dict[str, tuple[int, int]]:
        """Width and number of the residual convolutions by where they are."""
        _, fine, middle, coarse = self.widths
        names = "down_fine", "down_middle", "down_coarse", "up_middle", "up_fine"
        return dict(zip(names, zip((fine, middle, coarse, middle, fine), self.blocks, strict=True), strict=True))


class SmallNetwork:
    """Weights of a shape, by their layers' names, and what is calculated with them."""

    def __init__(self, tensors: dict[str, np.ndarray], shape: Shape):
        self._blocks = shape.named_blocks()
        self._layers = {
            name.removesuffix(".weight"): (
                by_rows(weight.astype(np.float32)),
                tensors[name.replace(".weight", ".bias")].astype(np.float32)[:, None],
            )
            for name, weight in tensors.items()
            if name.endswith(".weight")
        }

    def __call__(self, cells: np.ndarray) -> np.ndarray:
        """float32 inputs x side x side -> float32 outputs x cells x cells."""
        fine = positive(self.first(cells))
        fine = self._block("down_fine", self._relu("fine", halved(fine, 2)))
        middle = self._block("down_middle", self._relu("middle", halved(fine, 2)))
        coarse = self._block("down_coarse", self._relu("coarse", halved(middle, 2)))
        middle = self._block("up_middle", middle + _doubled(self._relu("to_middle", coarse)))
        fine = self._block("up_fine", fine + _doubled(self._relu("to_fine", middle)))
        return self.conv("last", self._relu("hidden", fine))

    def first(self, cells: np.ndarray) -> np.ndarray:
        """What the first convolution makes of the input."""
        return self.conv("first", halved(cells, FIRST))

    def conv(self, name: str, features: np.ndarray) -> np.ndarray:
        """One layer's convolution of C x H x W features."""
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
        return positive(self.conv(name, features))

    def _block(self, name: str, features: np.ndarray) -> np.ndarray:
        for number in range(self._blocks[name][1]):
            further = self._relu(f"{name}_{number}", features)
            features = np.add(features, further, out=further)
        return features


Network = TypeVar("Network", bound=SmallNetwork)


def load_small(
    path: Path, called: str, made_for: str, shape: Shape, build: Callable[[dict[str, np.ndarray]], Network]
) -> Network:
    """Read the weights of a network that people know as `called` and whose file says `made_for`.

    Raises WeightsError with a sentence.
    """
    if not path.is_file():
        raise WeightsError(f"There are no weights of the {called} at {path}. Install dfp again.")
    try:
        with safe_open(path, framework="numpy") as file:
            says = (file.metadata() or {}).get("format")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        network = build(tensors)
        answer = network(np.zeros((shape.inputs, shape.side, shape.side), np.float32))
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(f"The weights of the {called} at {path} are damaged. Install dfp again.") from error
    if says != made_for or not np.isfinite(answer).all():
        raise WeightsError(f"The weights at {path} are none of the {called}'s. Install dfp again.")
    return network


def by_rows(weight: np.ndarray) -> list[np.ndarray]:
    """M x C x S x S -> S times M x (S * C): a convolution's weights for each row that it sees."""
    return [np.ascontiguousarray(row.transpose(0, 2, 1).reshape(len(row), -1)) for row in np.moveaxis(weight, 2, 0)]


def halved(features: np.ndarray, by: int) -> np.ndarray:
    """C x H x W -> (C * by * by) x (H / by) x (W / by), nothing lost."""
    channels, height, width = features.shape
    blocks = features.reshape(channels, height // by, by, width // by, by)
    return blocks.transpose(0, 2, 4, 1, 3).reshape(-1, height // by, width // by)


def positive(features: np.ndarray) -> np.ndarray:
    """Zero for what is below it, in place."""
    # `np.maximum` with a number takes seven times as long.
    flat = features.reshape(len(features), -1)
    return np.asarray(cv2.threshold(flat, 0, 0, cv2.THRESH_TOZERO, flat)[1]).reshape(features.shape)


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


def _doubled(features: np.ndarray) -> np.ndarray:
    return features.repeat(2, 1).repeat(2, 2)
