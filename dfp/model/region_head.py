"""The head that says what is drawn where: down the decoder's features, coarse to fine, as a feature pyramid goes."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.classes import CLASSES

WIDTHS = 64, 48, 32  # channels at the third finest, second finest and finest resolution of the decoder


class RegionHead(nn.Module):
    """Decoder features of the three finest resolutions -> logits of the 19 classes at the finest."""

    def __init__(self, channels: Sequence[int]):
        """channels: of the three features, coarse to fine."""
        super().__init__()
        coarse, middle, fine = channels
        a, b, c = WIDTHS
        self.coarse = nn.Sequential(nn.Conv2d(coarse, a, 3, 1, 1), nn.InstanceNorm2d(a), nn.ReLU())
        self.middle = nn.Sequential(nn.Conv2d(a + middle, b, 3, 1, 1), nn.InstanceNorm2d(b), nn.ReLU())
        # What is to be told apart is told apart above: here it gets its edges.
        self.fine = nn.Sequential(nn.Conv2d(b + fine, c, 1), nn.ReLU(), nn.Conv2d(c, len(CLASSES), 3, 1, 1))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """N x C x h x w, N x C x 2h x 2w and N x C x 4h x 4w -> N x 19 x 4h x 4w."""
        coarse, middle, fine = features
        x = self.middle(torch.cat([_doubled(self.coarse(coarse)), middle], 1))
        return self.fine(torch.cat([_doubled(x), fine], 1))


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
