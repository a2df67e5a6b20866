"""The trunk that both generators share: residual blocks and decoder (§3.3), and what of it is ours.

Ours are the colours that a painter wants (as scale and shift of normalised features, FiLM, Perez et al. 2018), the
colours she has painted and how exactly she means her lines (added place by place), the encoder's features past the
bottleneck (U-Net), residual blocks in the decoder, a head that says what is drawn where, and the told colours laid
flat where it says so. All of it begins as nothing: weights of the paper's trunk draw the same picture in a larger one.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.classes import CLASSES, REGION_OF_CLASS, REGIONS
from dfp.model.config import ModelConfig
from dfp.model.inputs import COLOURS, PAINTED_CHANNELS
from dfp.model.region_head import RegionHead

PAINTED_WIDTH = 48
FLAT_CHANNELS = 4  # red, green, blue, and how far a place has a colour that was told
TRUST_GAIN = 8.0  # a constant that is added before a normalisation is lost there; scale and shift are not
FLAT_GAIN = 8.0  # few weights that small steps move: so much more do the flat colours weigh
DEEPEST_PAINTED = 3  # steps of the decoder, from the bottleneck on, at which what is painted is added


def norm_relu(channels: int) -> list[nn.Module]:
    """What follows each convolution."""
    return [nn.InstanceNorm2d(channels), nn.ReLU()]


class Silent(nn.Conv2d):
    """A convolution that begins as nothing, so that what it adds does not disturb weights that have learnt already."""

    def reset_parameters(self) -> None:
        """Zero, instead of numbers drawn at random."""
        nn.init.zeros_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)


class Style(nn.Module):
    """Scale and shift of normalised features by a face's code; at first neither."""

    def __init__(self, codes: int, channels: int):
        super().__init__()
        self.change = nn.Linear(codes, 2 * channels)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        """N x C x H x W and N x codes -> N x C x H x W."""
        scale, shift = self.change(code)[..., None, None].chunk(2, 1)
        return x * (1 + scale) + shift


class Told(NamedTuple):
    """What the trunk knows beside the sketch: the code of the colours, what is painted, as features, and both as they
    were told: N x 6 x 3 palette and N x 4 x h x w colours."""

    code: Tensor
    painted: Tensor
    palette: Tensor
    colours: Tensor


class Appearance(nn.Module):
    """From colours to what the trunk uses."""

    def __init__(self, codes: int, trusting: bool):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(COLOURS, codes), nn.ReLU(), nn.Linear(codes, codes), nn.ReLU())
        # No bias: where nothing is painted and no trust is said, nothing changes.
        self.painted = nn.Conv2d(PAINTED_CHANNELS + 1, PAINTED_WIDTH, 3, 1, 1, bias=False)
        self.trust = nn.Linear(1, codes, bias=False) if trusting else None
        if self.trust is not None:
            nn.init.zeros_(self.trust.weight)

    def forward(self, palette: Tensor, painted: Tensor, trust: Tensor) -> Told:
        """N x COLOURS palette, N x PAINTED_CHANNELS x h x w painted colours, N x 1 x any trust."""
        code = self.encode(palette)
        if self.trust is not None:
            code = code + TRUST_GAIN * self.trust(trust.mean((2, 3)))
        trust = F.interpolate(trust, size=painted.shape[-2:], mode="bilinear", align_corners=False)
        features = F.relu(self.painted(torch.cat([painted, trust], 1)))
        return Told(code, features, palette.unflatten(1, (-1, 3)), painted)


class FlatColours(nn.Module):
    """The told colours as a child fills in a drawing: each region in its own, and over them what is painted."""

    regions: Tensor

    def __init__(self) -> None:
        super().__init__()
        table = torch.zeros(len(CLASSES), len(REGIONS))
        for of_class, region in REGION_OF_CLASS.items():
            table[of_class, REGIONS.index(region)] = 1
        self.register_buffer("regions", table, persistent=False)

    def forward(self, logits: Tensor, told: Told) -> Tensor:
        """N x 19 x h x w logits of the classes -> N x FLAT_CHANNELS x h x w.

        No gradient goes to the logits: else regions would become what colours want, not what is drawn.
        """
        size = logits.shape[-2], logits.shape[-1]
        likely = logits.detach().softmax(1).flatten(2).transpose(1, 2)
        shares = likely @ self.regions.to(likely)  # N x hw x 6
        known = torch.cat([shares @ told.palette.to(shares), shares.sum(2, keepdim=True)], 2)
        flat = known.transpose(1, 2).unflatten(2, size)
        over = F.interpolate(told.colours, size=size, mode="bilinear", align_corners=False)
        return flat * (1 - over[:, 3:]) + over


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, added to the input."""

    def __init__(self, channels: int, codes: int = 0):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1),
            *norm_relu(channels),
            nn.Conv2d(channels, channels, 3, 1, 1),
            nn.InstanceNorm2d(channels),
        )
        self.styles = nn.ModuleList(Style(codes, channels) for _ in range(2 if codes else 0))

    def forward(self, x: Tensor, told: Told | None = None) -> Tensor:
        """Same shape in and out."""
        if told is None:
            return x + self.layers(x)
        conv1, norm1, relu, conv2, norm2 = self.layers
        inside = relu(self.styles[0](norm1(conv1(x)), told.code))
        return x + self.styles[1](norm2(conv2(inside)), told.code)


class DetailBlock(nn.Module):
    """A residual block of the decoder, which begins as nothing."""

    def __init__(self, channels: int, codes: int = 0):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1), *norm_relu(channels), Silent(channels, channels, 3, 1, 1)
        )
        self.styles = nn.ModuleList(Style(codes, channels) for _ in range(1 if codes else 0))

    def forward(self, x: Tensor, told: Told | None = None) -> Tensor:
        """Same shape in and out."""
        if told is None:
            return x + self.layers(x)
        conv1, norm, relu, conv2 = self.layers
        return x + conv2(relu(self.styles[0](norm(conv1(x)), told.code)))


class Drawn(NamedTuple):
    """What the trunk gives: image in [-1, 1], outputs of the residual blocks (Eq. 7), logits of the regions."""

    image: Tensor
    features: list[Tensor]
    regions: Tensor | None


class Trunk(nn.Module):
    """Residual blocks and decoder, one module that both generators use."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.stride, steps, codes = config.stride, config.downsamplings, config.codes
        widths = [config.channels(level) for level in range(steps, -1, -1)]  # from the bottleneck on
        self.blocks = nn.ModuleList(ResidualBlock(widths[0], codes) for _ in range(config.blocks))
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            # A kernel that the stride divides covers all pixels alike; its weights still have to, see `smooth`.
            layers += [nn.ConvTranspose2d(before, after, 4, 2, 1), *norm_relu(after)]
        # Every place of the last convolution gives stride x stride pixels.
        layers += [nn.Conv2d(widths[-1], 3 * config.stride**2, 7, 1, 3, padding_mode="reflect")]
        layers += [nn.PixelShuffle(config.stride), nn.Tanh()]
        self.decoder = nn.Sequential(*layers)
        self.appearance = Appearance(codes, config.trusting) if codes else None
        self.styles = nn.ModuleList(Style(codes, width) for width in widths[1:] if codes)
        self.paints = nn.ModuleList(Silent(PAINTED_WIDTH, w, 3, 1, 1) for w in widths[: DEEPEST_PAINTED + 1] if codes)
        self.skips = nn.ModuleList(Silent(width, width, 3, 1, 1) for width in widths[1:] if config.skips)
        counts = config.details or (0,) * steps
        if len(counts) != steps:
            raise ValueError(f"{len(counts)} numbers of details for the {steps} steps of the decoder")
        self.details = nn.ModuleList(
            nn.ModuleList(DetailBlock(width, codes) for _ in range(count))
            for width, count in zip(widths[1:], counts, strict=True)
        )
        self.regions = RegionHead(widths[-3:]) if config.regions else None
        self.flat = FlatColours() if codes and config.regions else None
        self.from_flat = nn.ModuleList(
            Silent(FLAT_CHANNELS, out, kernel, 1, kernel // 2)
            for out, kernel in ((widths[-1], 3), (3, 1))
            if self.flat is not None
        )

    def forward(self, encoded: Sequence[Tensor], told: Told | None = None) -> Drawn:
        """Encoded features, fine to coarse, the last N x C x h x w -> image N x 3 x 16h x 16w and all else."""
        features = self.features(encoded[-1], len(self.blocks), told)
        decoded = self._decoded(features[-1], encoded, told)
        x = decoded[-1]
        last, shuffle, tanh = list(self.decoder)[-3:]
        if self.regions is None:
            return Drawn(tanh(shuffle(last(x))), features, None)
        regions = self.regions(decoded[-3:])
        if told is None or self.flat is None:
            return Drawn(tanh(shuffle(last(x))), features, regions)
        inside, directly = self.from_flat
        flat = self.flat(regions, told)
        # The same for all pixels of a place, as the pixel shuffle reads them.
        tint = FLAT_GAIN * directly(flat).repeat_interleave(self.stride**2, 1)
        return Drawn(tanh(shuffle(last(x + inside(flat)) + tint)), features, regions)

    def features(self, x: Tensor, count: int, told: Told | None = None) -> list[Tensor]:
        """The outputs of the first `count` residual blocks."""
        if told is not None:
            x = x + self._painted(0, told, x)
        features = []
        for block in self.blocks[:count]:
            x = block(x, told)
            features.append(x)
        return features

    def _decoded(self, x: Tensor, encoded: Sequence[Tensor], told: Told | None) -> list[Tensor]:
        """The features from the bottleneck on, coarse to fine."""
        decoded = [x]
        for step, details in enumerate(self.details):
            up, norm, relu = list(self.decoder)[3 * step : 3 * step + 3]
            x = norm(up(x))
            if told is not None:
                x = self.styles[step](x, told.code)
                if step + 1 < len(self.paints):
                    x = x + self._painted(step + 1, told, x)
            if len(self.skips):
                x = x + self.skips[step](encoded[-2 - step])
            x = relu(x)
            for block in cast("nn.ModuleList", details):
                x = block(x, told)
            decoded.append(x)
        return decoded

    def _painted(self, step: int, told: Told, x: Tensor) -> Tensor:
        """What is painted, brought to the size of x."""
        size = x.shape[-2], x.shape[-1]
        if told.painted.shape[-1] >= size[1]:
            return self.paints[step](F.adaptive_avg_pool2d(told.painted, size))
        return F.interpolate(self.paints[step](told.painted), size=size, mode="bilinear", align_corners=False)
