"""The learned perceptual distance of two pictures (LPIPS, Zhang et al., CVPR 2018) on SqueezeNet's features."""

import pickle
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from dfp.errors import DfpError

FILE = "lpips_v0.1_squeeze.pth"
LAYERS = (0, 2, 4, 5, 6, 7, 8)  # of SqueezeNet.maps: the first convolution and fire 3, 5, 6, 7, 8, 9
CHANNELS = (64, 128, 256, 384, 384, 512, 512)


class Lpips:
    """Compares what SqueezeNet sees in two pictures, each channel weighted as people's judgements of likeness had it.

    The published weights were fitted on torchvision's SqueezeNet. On another SqueezeNet, such as Caffe's, the
    distance still is 0 for equal pictures and grows as they part, but its figures are no longer the published LPIPS.
    """

    def __init__(self, weights: list[Tensor]):
        """`weights`: for each of LAYERS 1 x C x 1 x 1, not negative."""
        self._weights = weights

    @classmethod
    def load(cls, folder: Path) -> "Lpips":
        """Read the linear layers from the folder of measuring networks. Raises DfpError with a sentence."""
        try:
            tensors = torch.load(folder / FILE, map_location="cpu", weights_only=True)
            weights = [tensors[f"lin{i}.model.1.weight"].float() for i in range(len(LAYERS))]
        except (OSError, EOFError, RuntimeError, ValueError, KeyError, TypeError, pickle.UnpicklingError) as error:
            raise DfpError(f"The measuring network {folder / FILE} cannot be read.") from error
        if tuple(w.numel() for w in weights) != CHANNELS:
            raise DfpError(f"{folder / FILE} is of another network, not the linear layers of LPIPS for SqueezeNet.")
        return cls([w.view(1, -1, 1, 1) for w in weights])

    def __call__(self, one: list[Tensor], two: list[Tensor]) -> Tensor:
        """Two lists of SqueezeNet.maps of N pictures -> N distances, 0 for equal pictures, seldom above 1."""
        distance = one[0].new_zeros(len(one[0]))
        for layer, weight in zip(LAYERS, self._weights, strict=True):
            difference = F.normalize(one[layer], dim=1) - F.normalize(two[layer], dim=1)
            distance += (weight.to(difference.device) * difference**2).sum(1).mean((1, 2))
        return distance
