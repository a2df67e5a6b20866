"""The dual generators G_a and G_m, which share one trunk, and the discriminator D (§3.3, §4.1)."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.config import ModelConfig
from dfp.sap import SpatialAttentionPooling


def _norm_relu(channels: int) -> list[nn.Module]:
    return [nn.InstanceNorm2d(channels), nn.ReLU()]


class Encoder(nn.Module):
    """E_a or E_m: features at full size, then `downsamplings` stride-2 convolutions."""

    def __init__(self, config: ModelConfig, in_channels: int, first_kernel: int):
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(in_channels, config.width, first_kernel, config.stride, first_kernel // 2),
            *_norm_relu(config.width),
        ]
        for level in range(config.downsamplings):
            out = config.channels(level + 1)
            layers += [nn.Conv2d(config.channels(level), out, 3, 2, 1), *_norm_relu(out)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """N x in_channels x H x W -> N x max_width x H/16 x W/16 (with stride 1 and four downsamplings)."""
        return self.layers(x)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, added to the input."""

    def __init__(self, channels: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1),
            *_norm_relu(channels),
            nn.Conv2d(channels, channels, 3, 1, 1),
            nn.InstanceNorm2d(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Same shape in and out."""
        return x + self.layers(x)


class Trunk(nn.Module):
    """Residual blocks and decoder, one module that both generators use."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.stride = config.stride
        top = config.channels(config.downsamplings)
        self.blocks = nn.ModuleList(ResidualBlock(top) for _ in range(config.blocks))
        layers: list[nn.Module] = []
        for level in range(config.downsamplings, 0, -1):
            out = config.channels(level - 1)
            # A kernel that the stride divides covers all pixels alike; its weights still have to, see `smooth`.
            layers += [nn.ConvTranspose2d(config.channels(level), out, 4, 2, 1), *_norm_relu(out)]
        # Every place of the last convolution gives stride x stride pixels.
        layers += [nn.Conv2d(config.width, 3 * config.stride**2, 7, 1, 3, padding_mode="reflect")]
        layers += [nn.PixelShuffle(config.stride), nn.Tanh()]
        self.decoder = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Encoded N x C x h x w -> image N x 3 x 16h x 16w in [-1, 1] and each block's output (Eq. 7)."""
        features = self.features(x, len(self.blocks))
        return self.decoder(features[-1]), features

    def features(self, x: Tensor, count: int) -> list[Tensor]:
        """The outputs of the first `count` residual blocks."""
        features = []
        for block in self.blocks[:count]:
            x = block(x)
            features.append(x)
        return features


class Generated(NamedTuple):
    """What a generator gives: image in [-1, 1], outputs of the residual blocks, attention (G_m only)."""

    image: Tensor
    features: list[Tensor]
    attention: Tensor | None


class AuxiliaryGenerator(nn.Module):
    """G_a = E_a + trunk, for edge-aligned sketches; only training needs it."""

    def __init__(self, config: ModelConfig, trunk: Trunk):
        super().__init__()
        self.encoder = Encoder(config, 1, 7)
        self.trunk = trunk

    def forward(self, sketch: Tensor) -> Generated:
        """N x 1 x H x W sketch in [0, 1], 1 on lines."""
        image, features = self.trunk(self.encoder(sketch))
        return Generated(image, features, None)


class MainGenerator(nn.Module):
    """G_m = SAP + E_m + trunk: the one that painters use.

    The SAP's branches have seen 7x7 neighbourhoods already, so E_m starts with a 3x3 convolution.
    """

    def __init__(self, config: ModelConfig, trunk: Trunk | None = None):
        super().__init__()
        self.sap = SpatialAttentionPooling(config)
        self.encoder = Encoder(config, config.width, 3)
        self.trunk = trunk if trunk is not None else Trunk(config)

    def forward(self, sketch: Tensor, trust: Tensor | None = None) -> Generated:
        """N x 1 x H x W sketch in [0, 1], 1 on lines; `trust` as in `SpatialAttentionPooling`."""
        relaxed, attention = self.sap(sketch, trust)
        image, features = self.trunk(self.encoder(relaxed))
        return Generated(image, features, attention)


class PatchDiscriminator(nn.Module):
    """One D_i: four convolutions and a score for each patch; returns every layer's output (Eq. 6)."""

    def __init__(self, width: int):
        super().__init__()
        w = [width, width * 2, width * 4, width * 8]
        self.layers = nn.ModuleList(
            [
                nn.Sequential(nn.Conv2d(4, w[0], 4, 2, 2), nn.LeakyReLU(0.2)),
                nn.Sequential(nn.Conv2d(w[0], w[1], 4, 2, 2), nn.InstanceNorm2d(w[1]), nn.LeakyReLU(0.2)),
                nn.Sequential(nn.Conv2d(w[1], w[2], 4, 2, 2), nn.InstanceNorm2d(w[2]), nn.LeakyReLU(0.2)),
                nn.Sequential(nn.Conv2d(w[2], w[3], 4, 1, 2), nn.InstanceNorm2d(w[3]), nn.LeakyReLU(0.2)),
                nn.Conv2d(w[3], 1, 4, 1, 2),
            ]
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """N x 4 x H x W (sketch and image) -> outputs of the five layers, the last one logits."""
        outputs = []
        for layer in self.layers:
            x = layer(x)
            outputs.append(x)
        return outputs


class Discriminator(nn.Module):
    """D = {D_1, D_2, D_3}: the same network on three scales, conditioned on the sketch (§3.3)."""

    def __init__(self, width: int = 64, scales: int = 3):
        super().__init__()
        self.scales = nn.ModuleList(PatchDiscriminator(width) for _ in range(scales))

    def forward(self, sketch: Tensor, image: Tensor) -> list[list[Tensor]]:
        """Sketch N x 1 x H x W, image N x 3 x H x W -> outputs[scale][layer], logits last."""
        x = torch.cat([sketch, image], 1)
        outputs = []
        for i, scale in enumerate(self.scales):
            if i:
                x = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
            outputs.append(scale(x))
        return outputs


def initialise(module: nn.Module) -> None:
    """Draw every convolution's weights from N(0, 0.02), as pix2pixHD does; biases become zero.

    Transposed ones are smooth: short runs never get rid of the grid that independent numbers bring.
    """
    for part in module.modules():
        if isinstance(part, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(part.weight, 0.0, 0.02)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    smooth(module)


@torch.no_grad()
def smooth(module: nn.Module) -> None:
    """Bring decoders to the nearest ones that treat all pixels alike: where nothing changes they draw no grid.

    A transposed 4x4 convolution of stride 2 becomes what repeats every value 2x2 times with a 3x3 convolution behind
    it. The last convolution sums to the same for each of a place's pixels.
    """
    repeated = torch.tensor([[1.0, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]])
    nearest = repeated @ torch.linalg.pinv(repeated)
    for part in module.modules():
        if isinstance(part, nn.ConvTranspose2d) and (part.kernel_size, part.stride) == ((4, 4), (2, 2)):
            onto = nearest.to(part.weight)
            part.weight.copy_(onto @ part.weight @ onto)
        elif isinstance(part, Trunk):
            _even(part.decoder[-3], part.stride**2)


def _even(last: nn.Module, pixels: int) -> None:
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    weight, bias = last.weight.unflatten(0, (-1, pixels)), last.bias.unflatten(0, (-1, pixels))
    sums = weight.sum((-1, -2), keepdim=True)
    area = last.kernel_size[0] * last.kernel_size[1]
    last.weight.add_(((sums.mean(1, keepdim=True) - sums) / area).expand_as(weight).flatten(0, 1))
    last.bias.copy_(bias.mean(1, keepdim=True).expand_as(bias).flatten())
