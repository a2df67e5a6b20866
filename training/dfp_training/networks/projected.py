"""A discriminator that sees pictures by the features of a network which has seen many, so need not learn to look first.

After Sauer et al. 2021, "Projected GANs Converge Faster": features of several layers are mixed at random, across
channels and layers, and a small network judges each mixture. Here the features are EfficientNet's, as there, or
SqueezeNet's, which the perceptual term has at hand already; and each small network sees the sketch, too.
"""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

LAYERS = (0, 2, 4, 8)  # of SqueezeNet.maps: at 1/2, 1/4, 1/8 and 1/16 of a picture's side
CHANNELS = (64, 128, 256, 512)


class _Head(nn.Module):
    """Judges one layer's features at places: two steps down, each weight matrix held to norm 1."""

    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.Sequential(
            spectral_norm(nn.Conv2d(width, width, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width, 2 * width, 4, 2, 1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(2 * width, 1, 3, 1, 1)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """N x width x h x w -> N x 1 x h/4 x w/4."""
        return self.layers(x)


class ProjectedDiscriminator(nn.Module):
    """Scores of a picture's features, layer by layer; the mixing is drawn once and never learns."""

    def __init__(self, width: int = 48, channels: Sequence[int] = CHANNELS):
        super().__init__()
        self.heads = nn.ModuleList(_Head(width) for _ in channels)
        mixed = width - 1  # and the sketch
        for i, of_layer in enumerate(channels):
            self.register_buffer(f"mix{i}", torch.randn(mixed, of_layer, 1, 1) / math.sqrt(of_layer))
            if i:
                self.register_buffer(f"down{i}", torch.randn(mixed, mixed, 3, 3) / (3 * math.sqrt(mixed)))

    def mixed(self, features: list[Tensor], scales: list[Tensor]) -> list[Tensor]:
        """Features of each layer, N x C x h x w, and their scales -> mixtures of about 1, N x (width - 1) x h x w."""
        mixed = [F.conv2d(f, self.get_buffer(f"mix{i}")) / scales[i] for i, f in enumerate(features)]
        for i in range(len(mixed) - 1, 0, -1):
            deeper = F.conv2d(mixed[i], self.get_buffer(f"down{i}"), padding=1)
            size = mixed[i - 1].shape[-2:]
            mixed[i - 1] = mixed[i - 1] + F.interpolate(deeper, size=size, mode="bilinear", align_corners=False)
        return mixed

    def forward(self, sketch: Tensor, mixed: list[Tensor]) -> list[Tensor]:
        """Sketch N x 1 x H x W, 1 on lines, and what `mixed` gives -> logits of each layer, N x 1 x h' x w'."""
        scores = []
        for head, seen in zip(self.heads, mixed, strict=True):
            # The largest value: a mean would fade lines away.
            lines = F.adaptive_max_pool2d(sketch, [*seen.shape[-2:]])
            scores.append(head(torch.cat([seen, lines.to(seen.dtype)], 1)))
        return scores


def judged_layers(maps: list[Tensor]) -> list[Tensor]:
    """Of SqueezeNet.maps what the discriminator looks at."""
    return [maps[layer] for layer in LAYERS]


def scales_of(features: list[Tensor]) -> list[Tensor]:
    """How large photos' features are in each layer: root of the mean square."""
    return [f.norm() / math.sqrt(f.numel()) for f in features]


def hinge_d(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """What D minimises: photos above 1, pictures below -1; mean over layers and places."""
    terms = [(1 - r.float()).relu().mean() + (1 + f.float()).relu().mean() for r, f in zip(real, fake, strict=True)]
    return torch.stack(terms).mean()


def hinge_g(fake: list[Tensor]) -> Tensor:
    """What G minimises: minus the scores of its pictures."""
    return -torch.stack([f.float().mean() for f in fake]).mean()
