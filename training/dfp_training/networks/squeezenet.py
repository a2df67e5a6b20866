"""SqueezeNet 1.1 without its classifier: features to measure in, and to compare pictures by while training."""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from dfp.errors import DfpError

FILE = "squeezenet1_1_imagenet.safetensors"
MEAN_BGR = (103.939, 116.779, 123.68)


class Fire(nn.Module):
    """A 1x1 squeeze, then 1x1 and 3x3 expansions side by side."""

    def __init__(self, channels: int, squeezed: int, expanded: int):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """N x channels x H x W -> N x 2 expanded x H x W."""
        x = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], 1).relu()


class SqueezeNet(nn.Module):
    """Pictures in [-1, 1] RGB -> N x 512, the means of fire9's maps."""

    def __init__(self):
        super().__init__()
        self.mean: Tensor
        self.register_buffer("mean", torch.tensor(MEAN_BGR).view(1, 3, 1, 1), persistent=False)
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 3, 2),
            nn.ReLU(),
            nn.MaxPool2d(3, 2),
            Fire(64, 16, 64),
            Fire(128, 16, 64),
            nn.MaxPool2d(3, 2),
            Fire(128, 32, 128),
            Fire(256, 32, 128),
            nn.MaxPool2d(3, 2),
            Fire(256, 48, 192),
            Fire(384, 48, 192),
            Fire(384, 64, 256),
            Fire(512, 64, 256),
        )

    @classmethod
    def load(cls, folder: Path) -> "SqueezeNet":
        """Read the ImageNet weights, with torchvision's names, from the folder of measuring networks."""
        try:
            tensors = load_file(folder / FILE)
        except (OSError, SafetensorError) as error:
            raise DfpError(f"The measuring network {folder / FILE} cannot be read.") from error
        network = cls()
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        return network.eval()

    def maps(self, images: Tensor) -> list[Tensor]:
        """N x 3 x H x W RGB in [-1, 1] -> outputs of the first layer and every Fire, N x C x h x w."""
        x = (images.float().flip(1) + 1) * 127.5 - self.mean
        outputs = []
        for layer in self.features:
            x = layer(x)
            if isinstance(layer, (Fire, nn.ReLU)):
                outputs.append(x)
        return outputs

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """N x 3 x H x W RGB in [-1, 1] -> N x 512 float32."""
        return self.maps(images)[-1].mean((2, 3))


@dataclass(frozen=True)
class Wanted:
    """One layer of the photos' features: N x C x h x w, their lengths N x h x w, and what is added to them."""

    features: Tensor
    lengths: Tensor
    norm_eps: Tensor


@torch.no_grad()
def wanted_of(network: SqueezeNet, photos: Tensor, norm_eps: float) -> list[Wanted]:
    """N x 3 x H x W pictures in [-1, 1] -> what `perceptual_distance` compares with, layer by layer."""
    return wanted_in(network.maps(photos), norm_eps)


@torch.no_grad()
def wanted_in(maps: list[Tensor], norm_eps: float) -> list[Wanted]:
    """The same of photos' maps that are at hand.

    What is added is a share of `norm_eps` of the mean length of their layer's; 0: all are compared as directions.
    """
    lengths = [_lengths(layer) for layer in maps]
    return [Wanted(m, n, norm_eps * n.mean()) for m, n in zip(maps, lengths, strict=True)]


def perceptual_distance(network: SqueezeNet, images: Tensor, wanted: list[Wanted]) -> Tensor:
    """Mean difference of pictures' features from those `wanted` at every place and layer, about 0 to 1.

    Features come as directions, but weak ones stay short: where a photo is flat its direction is noise, and a
    generator that has to meet it draws a grid. Not a term of the paper: the authors' own program has one like it (on
    VGG), and short runs gain most.
    """
    return distance_of(network.maps(images), wanted)


def distance_of(maps: list[Tensor], wanted: list[Wanted]) -> Tensor:
    """The same of pictures' maps that are at hand."""
    return torch.stack([_distance(m, w) for m, w in zip(maps, wanted, strict=True)]).mean()


def _distance(maps: Tensor, wanted: Wanted) -> Tensor:
    """Half the mean square of u - v, where u = maps / (length + norm_eps), and v the same of the photos.

    As |u|^2 - 2 u v + |v|^2: features are large, and each step over all of their channels takes long.
    Sums are float32: the three nearly cancel.
    """
    lengths = _lengths(maps)
    of_maps, of_wanted = lengths + wanted.norm_eps, wanted.lengths + wanted.norm_eps
    product = (maps * wanted.features).sum(1, dtype=torch.float32) / (of_maps * of_wanted)
    return ((lengths / of_maps).square() - 2 * product + (wanted.lengths / of_wanted).square()).mean() / 2


def _lengths(maps: Tensor) -> Tensor:
    return torch.linalg.vector_norm(maps, dim=1, dtype=torch.float32)
