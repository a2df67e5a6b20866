"""The dual generators G_a and G_m, which share one trunk, and the discriminator D (§3.3, §4.1)."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.config import ModelConfig
from dfp.model.inputs import COLOURS, PAINTED_CHANNELS, PAINTED_SIDE
from dfp.model.sap import SpatialAttentionPooling
from dfp.model.trunk import Silent, Told, Trunk, norm_relu


class Encoder(nn.Module):
    """E_a or E_m: features at full size, then `downsamplings` stride-2 convolutions."""

    def __init__(self, config: ModelConfig, in_channels: int, first_kernel: int):
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(in_channels, config.width, first_kernel, config.stride, first_kernel // 2),
            *norm_relu(config.width),
        ]
        for level in range(config.downsamplings):
            out = config.channels(level + 1)
            layers += [nn.Conv2d(config.channels(level), out, 3, 2, 1), *norm_relu(out)]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> list[Tensor]:
        """N x in_channels x H x W -> features of each resolution, fine to coarse.

        The last is N x max_width x H/16 x W/16 (with stride 1 and four downsamplings).
        """
        features = []
        for start in range(0, len(self.layers), 3):
            conv, norm, relu = list(self.layers)[start : start + 3]
            x = relu(norm(conv(x)))
            features.append(x)
        return features


class Colours(NamedTuple):
    """What generators are told of colours: N x COLOURS palette, N x 4 x 32 x 32 painted (`dfp.model.inputs`)."""

    palette: Tensor
    painted: Tensor

    def flipped(self) -> "Colours":
        """For the mirrored sketch."""
        return Colours(self.palette, self.painted.flip(-1))

    def to(self, device: torch.device) -> "Colours":
        """The same on a device."""
        return Colours(*(t.to(device) for t in self))

    def joined(self, others: "Colours") -> "Colours":
        """These and, after them, others."""
        return Colours(*(torch.cat(pair) for pair in zip(self, others, strict=True)))


class Generated(NamedTuple):
    """What a generator gives: image in [-1, 1], outputs of the residual blocks, attention (G_m only), and logits of
    the 19 classes at the resolution of the decoder's end, where the model has them."""

    image: Tensor
    features: list[Tensor]
    attention: Tensor | None
    regions: Tensor | None = None


def told(trunk: Trunk, sketch: Tensor, trust: Tensor | None, colours: Colours | None) -> Told | None:
    """What the trunk is told beside the sketch; what nobody says is zero."""
    if trunk.appearance is None:
        return None
    n = len(sketch)
    if colours is None:
        painted = sketch.new_zeros(n, PAINTED_CHANNELS, PAINTED_SIDE, PAINTED_SIDE)
        colours = Colours(sketch.new_zeros(n, COLOURS), painted)
    return trunk.appearance(*colours, sketch.new_zeros(n, 1, 1, 1) if trust is None else trust)


class AuxiliaryGenerator(nn.Module):
    """G_a = E_a + trunk, for edge-aligned sketches; only training needs it."""

    def __init__(self, config: ModelConfig, trunk: Trunk):
        super().__init__()
        self.encoder = Encoder(config, 1, 7)
        self.trunk = trunk

    def forward(self, sketch: Tensor, colours: Colours | None = None) -> Generated:
        """N x 1 x H x W sketch in [0, 1], 1 on lines."""
        drawn = self.trunk(self.encoder(sketch), told(self.trunk, sketch, None, colours))
        return Generated(drawn.image, drawn.features, None, drawn.regions)

    def guide(self, sketch: Tensor, count: int, colours: Colours | None = None) -> list[Tensor]:
        """The outputs of the first `count` residual blocks alone (Eq. 7)."""
        top = self.encoder(sketch)[-1]
        return self.trunk.features(top, count, told(self.trunk, sketch, None, colours))


class MainGenerator(nn.Module):
    """G_m = SAP + E_m + trunk: the one that painters use.

    The SAP's branches have seen 7x7 neighbourhoods already, so E_m starts with a 3x3 convolution.
    """

    def __init__(self, config: ModelConfig, trunk: Trunk | None = None):
        super().__init__()
        self.sap = SpatialAttentionPooling(config)
        self.encoder = Encoder(config, config.width, 3)
        self.trunk = trunk if trunk is not None else Trunk(config)

    def forward(self, sketch: Tensor, trust: Tensor | None = None, colours: Colours | None = None) -> Generated:
        """N x 1 x H x W sketch in [0, 1], 1 on lines; `trust` as in `SpatialAttentionPooling`."""
        relaxed, attention = self.sap(sketch, trust)
        drawn = self.trunk(self.encoder(relaxed), told(self.trunk, sketch, trust, colours))
        return Generated(drawn.image, drawn.features, attention, drawn.regions)


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
        if isinstance(part, Silent):
            part.reset_parameters()
        elif isinstance(part, (nn.Conv2d, nn.ConvTranspose2d)):
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
