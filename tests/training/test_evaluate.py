"""The kernel distance against cases worked out by hand."""

from pathlib import Path

import numpy as np
import pytest
import torch

from dfp.errors import DfpError
from training.evaluate import kernel_distance, spread
from training.squeezenet import SqueezeNet, perceptual_distance


def test_two_points_by_hand():
    one, two = np.array([[1.0, 0], [2.0, 0]]), np.array([[0, 1.0], [0, 3.0]])
    # Within a set the unit vectors agree, k = 2^3; across they are at right angles, k = 1: 8 + 8 - 2
    assert kernel_distance(one, two) == pytest.approx(14)


def test_one_distribution_is_at_zero_and_a_shift_is_seen():
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(400, 8)), rng.normal(size=(400, 8))
    around_zero = kernel_distance(one, two)
    assert abs(around_zero) < 3 * spread(one, two)
    shifted = [kernel_distance(one, two + by) for by in (0.3, 0.6)]
    assert around_zero < shifted[0] < shifted[1]


def test_the_order_of_faces_does_not_matter():
    rng = np.random.default_rng(1)
    one, two = rng.normal(size=(50, 4)), rng.normal(size=(60, 4))
    assert kernel_distance(one[::-1], rng.permutation(two)) == pytest.approx(kernel_distance(one, two), rel=1e-9)


def test_features_have_the_networks_shape_and_a_missing_file_its_sentence(tmp_path: Path):
    assert SqueezeNet()(torch.zeros(2, 3, 64, 64)).shape == (2, 512)
    with pytest.raises(DfpError, match="cannot be read"):
        SqueezeNet.load(tmp_path)


def test_the_perceptual_distance_is_zero_for_the_same_picture_and_reaches_the_generator():
    torch.manual_seed(0)
    network = SqueezeNet()
    photo = torch.rand(1, 3, 64, 64) * 2 - 1
    assert perceptual_distance(network, photo, photo).item() == pytest.approx(0, abs=1e-5)
    image = (-photo).requires_grad_(True)
    distance = perceptual_distance(network, image, photo)
    assert distance > 0
    distance.backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0
