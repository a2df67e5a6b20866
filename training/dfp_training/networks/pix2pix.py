"""pix2pix (Isola et al., CVPR 2017) in its published program's default setting: U-Net and the 70x70 patch D."""

import math

import torch
from torch import Tensor, nn

from dfp.model.networks import Generated
from dfp_training.networks.gan_pair import GanPair


class UNet(nn.Module):
    """Halves the picture down to one pixel and back, every level joined to its mirror image.

    U-Net 256 has eight levels; smaller pictures get as many as they have halves, as the program's own U-Net 128.
    """

    def __init__(self, size: int, width: int):
        super().__init__()
        levels = int(math.log2(size))
        if 2**levels != size or levels < 5:
            raise ValueError(f"a U-Net needs a side that is a power of two from 32 on, not {size}")
        widths = [width * min(2**i, 8) for i in range(levels)]
        self.down = nn.ModuleList(
            _down(before, after, normed=0 < i < levels - 1)
            for i, (before, after) in enumerate(zip([1, *widths[:-1]], widths, strict=True))
        )
        ups = []
        for i in range(levels - 1, 0, -1):
            joined = widths[i] * (1 if i == levels - 1 else 2)
            # In the middle, where widths have stopped growing, all but the innermost level drop half.
            ups.append(_up(joined, widths[i - 1], dropped=4 <= i < levels - 1))
        self.up = nn.ModuleList(ups)
        self.last = nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(2 * width, 3, 4, 2, 1), nn.Tanh())

    def forward(self, sketch: Tensor) -> Generated:
        """N x 1 x S x S sketch in [0, 1] -> image N x 3 x S x S in [-1, 1]."""
        seen = []
        for level in self.down:
            sketch = level(sketch)
            seen.append(sketch)
        x = seen.pop()
        for level in self.up:
            x = torch.cat([seen.pop(), level(x)], 1)
        return Generated(self.last(x), [], None)


def _down(before: int, after: int, normed: bool) -> nn.Module:
    first = [] if before == 1 else [nn.LeakyReLU(0.2)]
    return nn.Sequential(
        *first, nn.Conv2d(before, after, 4, 2, 1, bias=False), *([nn.BatchNorm2d(after)] if normed else [])
    )


def _up(before: int, after: int, dropped: bool) -> nn.Module:
    return nn.Sequential(
        nn.ReLU(),
        nn.ConvTranspose2d(before, after, 4, 2, 1, bias=False),
        nn.BatchNorm2d(after),
        *([nn.Dropout(0.5)] if dropped else []),
    )


class PatchGan(nn.Module):
    """One score for each 70 x 70 pixels of a sketch and its picture."""

    def __init__(self, width: int):
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(4, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for before, after, stride in ((1, 2, 2), (2, 4, 2), (4, 8, 1)):
            layers += [
                nn.Conv2d(before * width, after * width, 4, stride, 1, bias=False),
                nn.BatchNorm2d(after * width),
                nn.LeakyReLU(0.2),
            ]
        self.layers = nn.Sequential(*layers, nn.Conv2d(8 * width, 1, 4, 1, 1))

    def forward(self, sketch: Tensor, image: Tensor) -> Tensor:
        """Sketch N x 1 x S x S, image N x 3 x S x S -> logits N x 1 x s x s."""
        return self.layers(torch.cat([sketch, image], 1))


class Pix2Pix(GanPair[UNet, PatchGan]):
    """G and D, drawn as the program does: convolutions from N(0, 0.02), batch norms' scales from N(1, 0.02)."""

    def __init__(self, size: int, width: int, d_width: int):
        super().__init__()
        self.generators = UNet(size, width)
        self.discriminator = PatchGan(d_width)
        for part in self.modules():
            if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d)):
                nn.init.normal_(part.weight, 0.0, 0.02)
                if part.bias is not None:
                    nn.init.zeros_(part.bias)
            elif isinstance(part, nn.BatchNorm2d):
                nn.init.normal_(part.weight, 1.0, 0.02)
