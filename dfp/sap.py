"""The distortion classifier C and spatial attention pooling (SAP), §3.2."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.config import ModelConfig


class Classifier(nn.Module):
    """C: tells edge-aligned sketches from deformed ones; its features see where lines are distorted.

    Three stride-2 convolutions, so that F1, F2, F3 are at 1/2, 1/4 and 1/8 of the sketch's size.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        w1, w2, w3 = config.classifier_widths
        self.conv1 = nn.Sequential(nn.Conv2d(1, w1, 4, 2, 1), nn.LeakyReLU(0.2))
        self.conv2 = nn.Sequential(nn.Conv2d(w1, w2, 4, 2, 1), nn.InstanceNorm2d(w2), nn.LeakyReLU(0.2))
        self.conv3 = nn.Sequential(nn.Conv2d(w2, w3, 4, 2, 1), nn.InstanceNorm2d(w3), nn.LeakyReLU(0.2))
        self.head = nn.Conv2d(w3, 1, 3, 1, 1)

    def features(self, sketch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """N x 1 x H x W sketch in [0, 1] -> F1, F2, F3 of Eq. 2."""
        f1 = self.conv1(sketch)
        f2 = self.conv2(f1)
        return f1, f2, self.conv3(f2)

    def forward(self, sketch: Tensor) -> Tensor:
        """N x 1 x H x W sketch in [0, 1] -> N logits, positive for deformed."""
        return self.head(self.features(sketch)[2]).mean((1, 2, 3))


def relax(sketch: Tensor, kernels: tuple[int, ...]) -> list[Tensor]:
    """P_i of Eq. 1: max poolings with stride 1 and the given odd kernels, ascending.

    Maxima compose: a window of 5 over a window of 5 is one of 9, and a square window is a row of a
    column. So each pooling starts from the one before and looks at a few pixels only.
    """
    pooled, reached, results = sketch, 1, []
    for kernel in kernels:
        step = kernel - reached + 1
        pooled = F.max_pool2d(pooled, (1, step), 1, (0, step // 2))
        pooled = F.max_pool2d(pooled, (step, 1), 1, (step // 2, 0))
        reached = kernel
        results.append(pooled)
    return results


class SpatialAttentionPooling(nn.Module):
    """SAP: relaxes each stroke as far as the attention says, Eq. 1-3.

    The frozen classifier is a part of it. Attention has one map per pooling branch and is computed at
    F1's resolution, half the sketch's, then resized: Eq. 2 asks for no more, and at full size it would
    cost more than the rest of the generator.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.kernels = config.kernels
        per_branch = config.width // len(config.kernels)
        if per_branch * len(config.kernels) != config.width:
            raise ValueError(f"width {config.width} is not a multiple of {len(config.kernels)} branches")
        self.branches = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(1, per_branch, 7, 1, 3),
                nn.ReLU(),
                nn.Conv2d(per_branch, per_branch, 3, 1, 1),
                nn.ReLU(),
            )
            for _ in config.kernels
        )
        self.classifier = Classifier(config)
        self.classifier.requires_grad_(False)
        a = config.attention_width
        self.attend = nn.Sequential(
            nn.Conv2d(sum(config.classifier_widths), a, 3, 1, 1),
            nn.ReLU(),
            nn.Conv2d(a, a, 3, 1, 1),
            nn.ReLU(),
            nn.Conv2d(a, len(config.kernels), 3, 1, 1),
        )

    def attention(self, sketch: Tensor) -> Tensor:
        """Eq. 2: N x 1 x H x W sketch -> N x branches x H/2 x W/2, sums to 1 over the branches."""
        f1, f2, f3 = self.classifier.features(sketch)
        size = f1.shape[-2:]
        up = [F.interpolate(f, size=size, mode="bilinear", align_corners=False) for f in (f2, f3)]
        return self.attend(torch.cat([f1, *up], 1)).softmax(1)

    def forward(self, sketch: Tensor) -> tuple[Tensor, Tensor]:
        """N x 1 x H x W sketch -> relaxed features N x width x H x W (Eq. 3) and the attention."""
        attention = self.attention(sketch)
        weights = F.interpolate(attention, size=sketch.shape[-2:], mode="bilinear", align_corners=False)
        relaxed = []
        for i, (pooled, branch) in enumerate(zip(relax(sketch, self.kernels), self.branches, strict=True)):
            relaxed.append(weights[:, i : i + 1] * branch(pooled))
        return torch.cat(relaxed, 1), attention
