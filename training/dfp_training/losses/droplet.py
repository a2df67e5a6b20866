"""What keeps the trunk from ruling its normalisations by one place of the picture.

Instance normalisation brings a channel's values to spread 1. A place whose values are many times as large as all others
decides that spread, and so how strong the whole face is; networks find that out, and draw a speck there (Karras et al.
2020, "Analyzing and Improving the Image Quality of StyleGAN", §2, call it a droplet). In a trunk that had one, most
channels of the decoder stayed below LIMIT spreads everywhere else, and came to 13 and 17 on average there.
"""

import torch
from torch import Tensor, nn

from dfp.model.networks import Trunk

LIMIT = 5.0


def excess(normalised: Tensor) -> Tensor:
    """How far N x C x H x W normalised values lie beyond LIMIT, summed over places, mean of channels and pictures."""
    return (normalised.float().abs() - LIMIT).relu().sum((2, 3)).mean()


class DropletLoss:
    """Watches every normalisation of a trunk."""

    def __init__(self, trunk: Trunk):
        self._found: list[Tensor] = []
        for part in trunk.modules():
            if isinstance(part, nn.InstanceNorm2d):
                part.register_forward_hook(self._look)

    def taken(self) -> Tensor:
        """The excess of all normalisations since this was called last; pictures that teach nobody do not count."""
        total = sum(self._found, torch.zeros(()))
        self._found = []
        return total

    def _look(self, _: nn.Module, __: tuple[Tensor, ...], normalised: Tensor) -> None:
        if normalised.requires_grad:
            self._found.append(excess(normalised))
