"""Convolving what would be upsampled: the numbers and gradients of the plain way."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from dfp.model.upsampled_conv import upsampled_conv


def plainly(x: Tensor, weight: Tensor, size: tuple[int, int]) -> Tensor:
    upsampled = F.interpolate(x, size=size, mode="bilinear", align_corners=False)
    return F.conv2d(upsampled, weight, padding=weight.shape[-1] // 2)


@pytest.mark.parametrize("size", [(8, 12), (16, 24), (32, 48), (19, 25)])
@pytest.mark.parametrize("taps", [1, 3, 5])
def test_it_is_the_convolution_of_the_upsampled_map(size: tuple[int, int], taps: int):
    torch.manual_seed(taps)
    x = torch.randn(2, 5, 8, 12, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(3, 5, taps, taps, dtype=torch.float64, requires_grad=True)
    results = []
    for way in (plainly, upsampled_conv):
        made = way(x, weight, size)
        results.append((made, *torch.autograd.grad(made.square().sum(), (x, weight))))
    for expected, found in zip(*results, strict=True):
        assert expected.shape == found.shape
        assert torch.allclose(expected, found, rtol=1e-5, atol=1e-5 * float(expected.detach().abs().max()))
