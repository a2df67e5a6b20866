"""The distortion classifier C and spatial attention pooling (SAP), §3.2."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.config import ModelConfig
from dfp.model.upsampled_conv import upsampled_conv

# What full trust adds to the logit of the narrowest branch and takes from the widest's: e^6 between the two.
TRUST_LOGITS = 3.0


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

    Trust is ours, not the paper's: whoever knows how exactly the lines are meant shifts the attention towards
    the narrow branches (up to 1) or the wide ones (down to -1), everywhere or place by place. At 0 the SAP decides
    alone.
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

    def initialise(self) -> None:
        """Draw branches and attention so that signals keep their size through them.

        No normalisation follows these convolutions: weights as small as everywhere else would leave the
        encoder's first normalisation nothing to work on, and the attention's softmax flat for long.
        """
        for part in (self.branches, self.attend):
            for module in part.modules():
                if isinstance(module, nn.Conv2d):
                    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def attention(self, sketch: Tensor, trust: Tensor | None = None) -> Tensor:
        """Eq. 2: N x 1 x H x W sketch -> N x branches x H/2 x W/2, sums to 1 over the branches.

        `trust`: N x 1 x h x w in [-1, 1] of any h and w; None is 0.
        """
        f1, f2, f3 = self.classifier.features(sketch)
        size = f1.shape[-2], f1.shape[-1]
        upsampled = F.interpolate(f2, size=size, mode="bilinear", align_corners=False)
        finer = torch.cat([f1, upsampled], 1)
        first = self.attend[0]
        assert isinstance(first, nn.Conv2d)
        # F3, half of all channels at a quarter of F1's size, would take a fifth of G_m's time if upsampled, too.
        for_finer, for_f3 = first.weight.split([finer.shape[1], f3.shape[1]], 1)
        summed = F.conv2d(finer, for_finer, first.bias, padding=1) + upsampled_conv(f3, for_f3, size)
        logits = self.attend[1:](summed)
        if trust is not None:
            trust = F.interpolate(trust, size=size, mode="bilinear", align_corners=False)
            reach = torch.linspace(TRUST_LOGITS, -TRUST_LOGITS, len(self.kernels), device=trust.device)
            logits = logits + trust * reach.view(1, -1, 1, 1)
        return logits.softmax(1)

    def forward(self, sketch: Tensor, trust: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """N x 1 x H x W sketch, `trust` as in `attention` -> features N x width x H x W (Eq. 3), attention."""
        attention = self.attention(sketch, trust)
        weights = F.interpolate(attention, size=sketch.shape[-2:], mode="bilinear", align_corners=False)
        relaxed = []
        for i, (pooled, branch) in enumerate(zip(relax(sketch, self.kernels), self.branches, strict=True)):
            relaxed.append(weights[:, i : i + 1] * branch(pooled))
        return torch.cat(relaxed, 1), attention
