"""Eq. 4-7 against cases worked out by hand."""

import math

import pytest
import torch
from dfp_training.data.datasets import CLASSES
from dfp_training.losses import terms as losses


def outputs(logit: float, feature: float) -> list[list[torch.Tensor]]:
    return [[torch.ones(1, 2, 4, 4) * feature, torch.ones(1, 1, 3, 3) * logit] for _ in range(3)]


def test_reconstruction_is_the_mean_absolute_difference():
    assert losses.reconstruction(torch.zeros(1, 3, 2, 2), torch.full((1, 3, 2, 2), 0.5)) == 0.5


def test_adversarial_is_the_log_form():
    undecided = losses.adversarial_d(outputs(0, 0), outputs(0, 0))
    assert undecided.item() == pytest.approx(2 * math.log(2))
    assert losses.adversarial_g(outputs(0, 0)).item() == pytest.approx(math.log(2))
    sure = losses.adversarial_d(outputs(20, 0), outputs(-20, 0))
    assert sure.item() == pytest.approx(0, abs=1e-6)
    assert losses.adversarial_g(outputs(-20, 0)).item() == pytest.approx(20, rel=1e-3)


def test_feature_matching_leaves_out_the_logits_and_the_real_side():
    real, fake = outputs(5, 1), outputs(-5, 3)
    for scale in (*real, *fake):
        for tensor in scale:
            tensor.requires_grad_(True)
    loss = losses.discriminator_features(real, fake)
    assert loss.item() == 2
    loss.backward()
    assert all(scale[0].grad is None for scale in real)
    assert all(scale[0].grad is not None and scale[1].grad is None for scale in fake)


def test_generator_features_take_the_first_four_blocks():
    aligned = [torch.zeros(1, 2, 2, 2)] * 9
    deformed = [torch.full((1, 2, 2, 2), v) for v in (1.0, 1.0, 1.0, 5.0, 100.0, 100.0, 1.0, 1.0, 1.0)]
    assert losses.generator_features(aligned, deformed).item() == 2


def test_mirrored_pictures_are_turned_back():
    image = torch.rand(2, 3, 4, 4)
    assert losses.mirrored(image, image.flip(3)) == 0
    assert losses.mirrored(image, (image + 0.25).flip(3)).item() == pytest.approx(0.25)


def test_rare_classes_count_more():
    weights = dict(zip(CLASSES, losses.CLASS_WEIGHTS, strict=True))
    assert weights["background"] == weights["skin"] == weights["hair"] == 0.5
    assert weights["neck_l"] == 3  # the rarest
    assert weights["ear_r"] == pytest.approx((0.00497 / 0.00175) ** 0.35)
    nose, hair = CLASSES.index("nose"), CLASSES.index("hair")
    labels = torch.tensor([[[nose, hair]]])
    logits = torch.zeros(1, len(CLASSES), 1, 2)
    logits[0, nose, 0, 0] = 2.0
    each = torch.nn.functional.cross_entropy(logits, labels, reduction="none")[0, 0]
    w = torch.tensor([weights["nose"], weights["hair"]])
    assert losses.regions(logits, labels).item() == pytest.approx(float((w * each).sum() / w.sum()), rel=1e-5)
