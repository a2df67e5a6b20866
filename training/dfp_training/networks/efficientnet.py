"""EfficientNet-Lite1 without its classifier: features of a deeper network than SqueezeNet's to compare pictures by."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from dfp.errors import DfpError

FILE = "efficientnet_lite1.safetensors"
STEM = 32
# Blocks, kernel, stride of the first, expansion, channels
GROUPS = (
    (1, 3, 1, 1, 16),
    (3, 3, 2, 6, 24),
    (3, 5, 2, 6, 40),
    (4, 3, 2, 6, 80),
    (4, 5, 1, 6, 112),
    (5, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
SHOWN = (1, 2, 4, 6)  # groups whose outputs are the maps: the last ones at 1/4, 1/8, 1/16 and 1/32
CHANNELS = tuple(GROUPS[group][-1] for group in SHOWN)


def padded(x: Tensor, kernel: int, stride: int) -> Tensor:
    """Zeros around x as TensorFlow's SAME has them: where the sum is odd, one more to the right and below."""
    height, width = (max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[-2:])
    return F.pad(x, (width // 2, width - width // 2, height // 2, height - height // 2))


class Convolution(nn.Conv2d):
    """A convolution with TensorFlow's padding."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__(inputs, outputs, kernel, stride, kernel // 2 if stride == 1 else 0, groups=groups)

    def forward(self, input: Tensor) -> Tensor:
        """N x inputs x H x W -> N x outputs x ceil(H / stride) x ceil(W / stride)."""
        stride, kernel = self.stride[0], self.kernel_size[0]
        return super().forward(input if stride == 1 else padded(input, kernel, stride))


class Block(nn.Module):
    """Expansion to more channels, a convolution within each, projection to few; added to x where it has their shape."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        wide = inputs * expansion
        self.expand = Convolution(inputs, wide, 1) if expansion > 1 else None
        self.depth = Convolution(wide, wide, kernel, stride, groups=wide)
        self.project = Convolution(wide, outputs, 1)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """N x inputs x H x W -> N x outputs x H / stride x W / stride."""
        wide = F.relu6(self.expand(x)) if self.expand else x
        projected = self.project(F.relu6(self.depth(wide)))
        return x + projected if self.adds else projected


class EfficientNet(nn.Module):
    """Trained on ImageNet; batch norms are folded into the convolutions, and the weights stay as they are."""

    def __init__(self):
        super().__init__()
        self.stem = Convolution(3, STEM, 3, 2)
        self.groups = nn.ModuleList()
        inputs = STEM
        for blocks, kernel, stride, expansion, outputs in GROUPS:
            first = Block(inputs, outputs, kernel, stride, expansion)
            rest = (Block(outputs, outputs, kernel, 1, expansion) for _ in range(blocks - 1))
            self.groups.append(nn.Sequential(first, *rest))
            inputs = outputs
        self.requires_grad_(False).eval()

    @classmethod
    def load(cls, folder: Path) -> "EfficientNet":
        """Read the weights from the folder of measuring networks. Raises DfpError for a missing or foreign file.

        They lie channels innermost, which takes a third off the time of a step on a processor.
        """
        network, path = cls(), folder / FILE
        try:
            tensors = load_file(path)
        except (OSError, SafetensorError) as error:
            raise DfpError(f"The measuring network {path} cannot be read.") from error
        try:
            network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        except RuntimeError as error:
            raise DfpError(f"{path} is of another network, not EfficientNet-Lite1.") from error
        return network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """N x 3 x H x W RGB in [-1, 1] -> features at 1/4, 1/8, 1/16 and 1/32, with CHANNELS channels.

        Differentiable in the pictures.
        """
        x = F.relu6(self.stem(pictures))
        outputs = []
        for group in self.groups:
            x = group(x)
            outputs.append(x)
        return [outputs[group] for group in SHOWN]
