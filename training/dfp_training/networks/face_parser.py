"""A network that labels face photos with the 19 classes: to measure conformance, and to train towards it."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from dfp.errors import DfpError
from dfp_training.data.datasets import CLASSES, MIRRORED

FILE = "face_parser.safetensors"
SIDE = 256  # of the pictures it was trained on
REDUCED = 32  # a side must be a multiple of this


def _step(inputs: int, outputs: int, stride: int = 1, last: bool = False) -> nn.Sequential:
    layers = [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers) if last else nn.Sequential(*layers, nn.ReLU())


class _Residual(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.a, self.b = _step(width, width), _step(width, width, last=True)

    def forward(self, x: Tensor) -> Tensor:
        return (x + self.b(self.a(x))).relu()


class FaceParser(nn.Module):
    """Pictures in [-1, 1] RGB, N x 3 x 256 x 256 -> logits of the classes, N x 19 x 128 x 128.

    Five halvings down; on the way up each level is reduced to few channels and added.
    """

    def __init__(self):
        super().__init__()
        self.e1 = nn.Sequential(_step(3, 32, 2), _step(32, 32))
        self.e2 = nn.Sequential(_step(32, 64, 2), _Residual(64))
        self.e3 = nn.Sequential(_step(64, 128, 2), _Residual(128))
        self.e4 = nn.Sequential(_step(128, 192, 2), _Residual(192), _Residual(192))
        self.e5 = nn.Sequential(_step(192, 192, 2), _Residual(192))
        self.l5, self.l4, self.l3 = nn.Conv2d(192, 96, 1), nn.Conv2d(192, 96, 1), nn.Conv2d(128, 96, 1)
        self.l2, self.l1 = nn.Conv2d(64, 64, 1), nn.Conv2d(32, 48, 1)
        self.d4, self.d3, self.d2, self.d1 = _step(96, 96), _step(96, 64), _step(64, 48), _step(48, 48)
        self.o = nn.Conv2d(48, len(CLASSES), 1)

    @classmethod
    def load(cls, folder: Path) -> "FaceParser":
        """Read the weights from the folder of measuring networks; in evaluation mode."""
        try:
            tensors = load_file(folder / FILE)
            network = cls()
            network.load_state_dict({k: t.float() if t.is_floating_point() else t for k, t in tensors.items()})
        except (OSError, SafetensorError, RuntimeError) as error:
            raise DfpError(f"The measuring network {folder / FILE} cannot be read.") from error
        return network.eval()

    def forward(self, images: Tensor) -> Tensor:
        """See the class."""
        levels = [self.e1(images)]
        for down in (self.e2, self.e3, self.e4, self.e5):
            levels.append(down(levels[-1]))
        # The deepest level also says what the picture is as a whole.
        x = self.l5(levels[4] + levels[4].mean((2, 3), keepdim=True))
        sides = ((self.l4, self.d4), (self.l3, self.d3), (self.l2, self.d2), (self.l1, self.d1))
        for level, (side, merge) in zip(reversed(levels[:4]), sides, strict=True):
            x = merge(F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False) + side(level))
        return self.o(x)

    def logits(self, images: Tensor, share: float = 1.0) -> Tensor:
        """The same for square pictures of any side, in float32; `share` of the frame's side is in view."""
        side = round(SIDE * share / REDUCED) * REDUCED
        if images.shape[-1] != side:
            # A processor's bfloat16 knows no such filter.
            images = F.interpolate(images.float(), (side, side), mode="bilinear", antialias=True, align_corners=False)
        return self(images).float()

    @torch.no_grad()
    def classes(self, images: Tensor, share: float = 1.0) -> Tensor:
        """Probability of every class at every place, N x 19 x h x w of half the side; its mirror image counts, too."""
        seen, mirrored = (self.logits(x, share).softmax(1) for x in (images, images.flip(-1)))
        return (seen + mirrored.flip(-1)[:, [*MIRRORED]]) / 2


def parsing_distance(network: FaceParser, images: Tensor, wanted: Tensor, share: float = 1.0) -> Tensor:
    """How far the classes seen in pictures are from those `wanted` (Kullback-Leibler), mean over places.

    `images` and `share` as in `FaceParser.logits`; `wanted`: probability of every class at every place.

    Not a term of the paper: it says that a face whose glasses or ears went missing is wrong, however well it looks.
    """
    return F.kl_div(network.logits(images, share).log_softmax(1), wanted, reduction="none").sum(1).mean()
