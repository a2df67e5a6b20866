"""SqueezeNet 1.1 without its classifier: the features that measures are taken in."""

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

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """N x 3 x H x W RGB in [-1, 1] -> N x 512 float32."""
        bgr = (images.float().flip(1) + 1) * 127.5 - torch.tensor(MEAN_BGR).view(1, 3, 1, 1).to(images.device)
        return self.features(bgr).mean((2, 3))
