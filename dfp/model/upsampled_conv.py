"""A convolution of an upsampled map without the upsampling, which has many times the map's pixels."""

import torch
import torch.nn.functional as F
from torch import Tensor


def upsampled_conv(x: Tensor, weight: Tensor, size: tuple[int, int]) -> Tensor:
    """conv2d(interpolate(x, size, mode="bilinear"), weight, padding="same"), the same up to rounding.

    `x`: N x C x h x w. `weight`: O x C x k x k, k odd. Returns N x O x H x W for `size` = (H, W). Each of the k x k
    taps looks at one pixel, so it can be taken at the small size; what is left, upsampling and shifting, is one matrix
    for the rows and one for the columns.
    """
    out, channels, taps, _ = weight.shape
    count, _, height, width = x.shape
    each = weight.permute(0, 3, 2, 1).reshape(out * taps * taps, channels, 1, 1)
    tapped = F.conv2d(x, each).reshape(count, out * taps, taps * height, width)
    rows = _upsampling(height, size[0], taps, tapped) @ tapped
    rows = rows.reshape(count, out, taps, size[0], width).transpose(2, 3).reshape(count, out, size[0], taps * width)
    return rows @ _upsampling(width, size[1], taps, tapped).T


def _upsampling(side: int, to: int, taps: int, like: Tensor) -> Tensor:
    """The matrix, to x (taps * side), that upsamples each tap's row and adds them, shifted; outside there is 0."""
    pixels = torch.eye(side, device=like.device)[None]
    upsampled = F.interpolate(pixels, size=to, mode="linear", align_corners=False)[0].T
    padded = F.pad(upsampled, (0, 0, taps // 2, taps // 2))
    return torch.cat([padded[tap : tap + to] for tap in range(taps)], 1).to(like.dtype)
