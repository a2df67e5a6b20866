"""The losses of §3.3, one function an equation. All are means, so batches of any size compare."""

from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor

GUIDED_BLOCKS = 4  # of Eq. 7
Outputs = list[list[Tensor]]  # outputs[scale][layer] of the discriminator, logits last


def reconstruction(image: Tensor, photo: Tensor) -> Tensor:
    """Eq. 4: mean absolute difference of N x 3 x H x W pictures in [-1, 1]."""
    return F.l1_loss(image.float(), photo)


def _log_likelihood(outputs: Outputs, real: bool) -> Tensor:
    # softplus(-x) = -log sigmoid(x), softplus(x) = -log(1 - sigmoid(x)); in float32, logits may be bf16.
    sign = -1.0 if real else 1.0
    terms = [F.softplus(sign * scale[-1].float()).mean() for scale in outputs]
    return torch.stack(terms).mean()


def adversarial_d(real: Outputs, fake: Outputs) -> Tensor:
    """Eq. 5 as D sees it: -log D(real) - log(1 - D(fake)), mean over scales and patches."""
    return _log_likelihood(real, True) + _log_likelihood(fake, False)


def adversarial_g(fake: Outputs) -> Tensor:
    """Eq. 5 as G sees it, in the non-saturating form -log D(fake)."""
    return _log_likelihood(fake, True)


def discriminator_features(real: Outputs, fake: Outputs) -> Tensor:
    """Eq. 6: mean absolute difference of D's layer outputs, Q = every layer but the logits."""
    terms = [
        F.l1_loss(f, r.detach())
        for real_scale, fake_scale in zip(real, fake, strict=True)
        for r, f in zip(real_scale[:-1], fake_scale[:-1], strict=True)
    ]
    return torch.stack(terms).mean().float()


def generator_features(aligned: list[Tensor], deformed: list[Tensor], count: int = GUIDED_BLOCKS) -> Tensor:
    """Eq. 7: mean absolute difference of the first `count` residual blocks' outputs in G_a and G_m."""
    terms = [F.l1_loss(d, a) for a, d in zip(aligned[:count], deformed[:count], strict=True)]
    return torch.stack(terms).mean().float()


def mirrored(image: Tensor, of_mirrored: Tensor) -> Tensor:
    """Mean absolute difference of pictures from what is drawn of the mirrored sketches, mirrored back.

    Training pictures are mirrored half of the time, but a short run drifts: it draws every mouth awry to the same side.
    """
    return F.l1_loss(image.float(), of_mirrored.float().flip(-1))


# Shares of the training split's pixels, in the order of `data.datasets.CLASSES`.
CLASS_SHARES = (
    *(0.29978, 0.25786, 0.02086, 0.00369, 0.00237, 0.00233, 0.00497, 0.00457, 0.00583, 0.00468),
    *(0.00266, 0.00426, 0.00695, 0.28588, 0.01322, 0.00175, 0.00011, 0.04077, 0.03746),
)
# By plain shares background, skin and hair would be all that is learnt, by their inverse what nearly nobody has.
CLASS_WEIGHTS = tuple(min(max((median(CLASS_SHARES) / share) ** 0.35, 0.5), 3.0) for share in CLASS_SHARES)


def regions(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy of N x 19 x h x w logits with N x L x L label maps, L = h or resized to it by the nearest.

    The mean over places, each of which counts as its class does: rare classes more.
    """
    if labels.shape[-1] != logits.shape[-1]:
        size = logits.shape[-2:]
        labels = F.interpolate(labels.unsqueeze(1).float(), size=size, mode="nearest").squeeze(1).long()
    return F.cross_entropy(logits.float(), labels, torch.tensor(CLASS_WEIGHTS, device=logits.device))
