"""The networks are what §3 says they are."""

from dataclasses import replace

import torch
import torch.nn.functional as F

from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, Discriminator, MainGenerator, Trunk, initialise, smooth
from dfp.model.sap import Classifier, SpatialAttentionPooling, relax


def lines(size: int, count: int = 2) -> torch.Tensor:
    torch.manual_seed(3)
    return (torch.rand(count, 1, size, size) > 0.95).float()


def test_composed_poolings_equal_plain_ones():
    sketch = lines(40)
    for kernel, pooled in zip((1, 5, 9, 13), relax(sketch, (1, 5, 9, 13)), strict=True):
        assert torch.equal(pooled, F.max_pool2d(sketch, kernel, 1, kernel // 2))


def test_attention_is_one_map_per_branch_at_half_size_and_sums_to_one(small_config: ModelConfig):
    attention = SpatialAttentionPooling(small_config).attention(lines(64))
    assert attention.shape == (2, len(small_config.kernels), 32, 32)
    assert torch.allclose(attention.sum(1), torch.ones(2, 32, 32), atol=1e-5)


def test_output_is_attention_times_relaxed_branches(small_config: ModelConfig):
    sap = SpatialAttentionPooling(small_config)
    sketch = lines(64)
    out, attention = sap(sketch)
    weights = F.interpolate(attention, size=(64, 64), mode="bilinear", align_corners=False)
    per_branch = small_config.width // 4
    for i, pooled in enumerate(relax(sketch, small_config.kernels)):
        branch = sap.branches[i](pooled)
        shown = out[:, i * per_branch : (i + 1) * per_branch]
        assert torch.allclose(shown, weights[:, i : i + 1] * branch, atol=1e-6)


def test_a_bias_towards_one_branch_shuts_the_others(small_config: ModelConfig):
    sap = SpatialAttentionPooling(small_config)
    last = sap.attend[-1]
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    with torch.no_grad():
        last.bias[2] = 100.0
    attention = sap.attention(lines(64))
    assert torch.allclose(attention[:, 2], torch.ones(2, 32, 32))


def test_classifier_features_are_at_half_quarter_and_eighth(small_config: ModelConfig):
    classifier = Classifier(small_config)
    sizes = [f.shape[-1] for f in classifier.features(lines(64))]
    assert sizes == [32, 16, 8]
    assert classifier(lines(64)).shape == (2,)


def test_generators_share_one_trunk(small_config: ModelConfig):
    trunk = Trunk(small_config)
    a, m = AuxiliaryGenerator(small_config, trunk), MainGenerator(small_config, trunk)
    assert a.trunk is m.trunk
    shared = {p.data_ptr() for p in a.parameters()} & {p.data_ptr() for p in m.parameters()}
    assert shared == {p.data_ptr() for p in trunk.parameters()}


def test_generators_give_pictures_and_block_features(small_config: ModelConfig):
    generated = MainGenerator(small_config)(lines(64))
    assert generated.image.shape == (2, 3, 64, 64)
    assert generated.image.abs().max() <= 1
    assert len(generated.features) == small_config.blocks
    assert generated.features[0].shape == (2, small_config.max_width, 8, 8)


def test_discriminator_has_three_scales_and_sees_the_sketch():
    torch.manual_seed(0)
    d = Discriminator(4)
    image = torch.rand(2, 3, 64, 64)
    outputs = d(lines(64), image)
    assert len(outputs) == 3
    assert all(len(scale) == 5 and scale[-1].shape[1] == 1 for scale in outputs)
    assert not torch.equal(outputs[0][-1], d(torch.zeros(2, 1, 64, 64), image)[0][-1])


def test_release_configuration_fits_45_megabytes():
    parameters = sum(p.numel() for p in MainGenerator(ModelConfig()).parameters())
    assert parameters * 2 < 45e6


def test_smooth_transposed_convolutions_are_repeated_pixels_and_a_small_convolution():
    torch.manual_seed(1)
    enlarging = torch.nn.ConvTranspose2d(5, 7, 4, 2, 1)
    before = enlarging.weight.clone()
    smooth(enlarging)
    w = enlarging.weight.detach()
    assert (w - before).norm() < before.norm()
    # Corners of the 4x4 kernel are those of the 3x3 one; edges and middle are sums of two and four of its numbers.
    edges = torch.stack([w[..., 0], w[..., 1] - w[..., 0], w[..., 3]], -1)
    small = torch.stack([edges[..., 0, :], edges[..., 1, :] - edges[..., 0, :], edges[..., 3, :]], -2)
    x = torch.randn(2, 5, 9, 9)
    wanted = F.conv2d(F.interpolate(x, scale_factor=2), small.transpose(0, 1).flip(2, 3), enlarging.bias, padding=1)
    assert torch.allclose(enlarging(x), wanted, atol=1e-5)
    smooth(enlarging)
    assert torch.allclose(enlarging.weight, w, atol=1e-6)


def test_a_new_decoder_draws_no_grid(small_config: ModelConfig):
    trunk = Trunk(small_config)
    initialise(trunk)
    enlarging = [part for part in trunk.decoder if isinstance(part, torch.nn.ConvTranspose2d)]
    assert len(enlarging) == small_config.downsamplings
    for part in enlarging:
        weight = part.weight.detach()
        phases = torch.stack([weight[:, :, i::2, j::2].sum((2, 3)) for i in (0, 1) for j in (0, 1)])
        assert torch.allclose(phases, phases.mean(0).expand_as(phases), atol=1e-6)
        assert phases.abs().mean() > 0.01


def test_a_smooth_last_convolution_gives_all_pixels_of_a_place_the_same_where_nothing_changes(
    small_config: ModelConfig,
):
    trunk = Trunk(replace(small_config, stride=2))
    flat = torch.rand(1, small_config.width, 1, 1).expand(-1, -1, 8, 8)
    picture = trunk.decoder[-3:](flat)
    assert picture.shape == (1, 3, 16, 16)
    assert picture.std((-1, -2)).min() > 1e-3
    smooth(trunk)
    assert trunk.decoder[-3:](flat).std((-1, -2)).max() < 1e-5
