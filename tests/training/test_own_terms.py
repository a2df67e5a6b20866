"""Terms that the paper does not have, against droplets and against awry faces; the learning rate's first steps."""

import pytest
import torch
from dfp_training.data.loader import Batch
from dfp_training.loop.train_config import learning_rate
from dfp_training.losses.droplet import LIMIT, DropletLoss, excess
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.dual_objective import Objective

from dfp.model.config import ModelConfig
from dfp.model.networks import Trunk


def test_excess_is_what_lies_beyond_the_limit():
    values = torch.zeros(2, 4, 8, 8)
    assert excess(values) == 0
    values[0, 1, 0, 7], values[0, 1, 1, 7] = LIMIT + 3, -LIMIT - 2
    values[1, 2] = LIMIT
    assert excess(values).item() == pytest.approx(5 / 8)  # 3 + 2 in one of two pictures' four channels


def spotted(small: ModelConfig) -> torch.Tensor:
    """Features that are large at one place of their 4 x 4."""
    features = torch.randn(2, small.channels(small.downsamplings), 4, 4, generator=torch.Generator().manual_seed(3))
    features[..., 0, 3] *= 50
    return features


def test_every_normalisation_of_the_trunk_is_watched_and_taken_once(small_config: ModelConfig):
    trunk = Trunk(small_config)
    droplet, seen = DropletLoss(trunk), []
    for part in trunk.modules():
        if isinstance(part, torch.nn.InstanceNorm2d):
            part.register_forward_hook(lambda _, __, normalised: seen.append(excess(normalised)))
    for _ in range(2):
        seen.clear()
        trunk([spotted(small_config)])
        assert len(seen) == 2 * small_config.blocks + small_config.downsamplings
        assert droplet.taken() == sum(seen) > 0
    with torch.no_grad():
        trunk([spotted(small_config)])
    assert droplet.taken() == 0


def test_the_term_takes_a_droplet_away(small_config: ModelConfig):
    torch.manual_seed(1)
    trunk, features = Trunk(small_config), spotted(small_config)
    droplet = DropletLoss(trunk)
    adam = torch.optim.Adam(trunk.parameters(), 1e-3)
    found = []
    for _ in range(60):
        trunk([features])
        found.append(droplet.taken())
        adam.zero_grad()
        found[-1].backward()
        adam.step()
    assert found[-1] < 0.3 * found[0]


def eq_8(terms: dict[str, torch.Tensor]) -> torch.Tensor:
    """The paper's sum, with its lambda and mu."""
    plain = [terms[f"{name}_{of}"] for name in ("d", "rec", "adv") for of in ("a", "m")]
    return sum(plain) + 10 * (terms["dfm_a"] + terms["dfm_m"] + terms["gfm"])  # pyright: ignore[reportReturnType]


def test_the_term_is_in_the_objective_when_it_is_asked_for(small_config: ModelConfig):
    config = StageConfig(stage=3, size=64, d_width=4, droplet_weight=2.0, model=small_config)
    sketch, photo = (torch.rand(1, 1, 64, 64) > 0.97).float(), torch.zeros(1, 3, 64, 64)
    total, terms = Objective(Networks(config), config)(Batch(sketch, sketch, photo))
    assert "droplet" in terms
    assert total.item() == pytest.approx((eq_8(terms) + 2 * terms["droplet"]).item(), rel=1e-4)
    plain = StageConfig(stage=3, size=64, d_width=4, model=small_config)
    assert "droplet" not in Objective(Networks(plain), plain)(Batch(sketch, sketch, photo))[1]


def test_what_is_drawn_of_mirrored_sketches_is_compared_with_the_mirrored_picture(small_config: ModelConfig):
    config = StageConfig(stage=3, size=64, d_width=4, mirror_weight=3.0, model=small_config)
    networks = Networks(config)
    sketch, photo = (torch.rand(2, 1, 64, 64) > 0.97).float(), torch.zeros(2, 3, 64, 64)
    trust = torch.rand(2, 1, 4, 4) * 2 - 1
    total, terms = Objective(networks, config)(Batch(sketch, sketch, photo, trust))
    with torch.no_grad():
        apart = networks.m(sketch, trust).image - networks.m(sketch.flip(3), trust.flip(3)).image.flip(3)
    assert terms["mirror_m"].item() == pytest.approx(apart.abs().mean().item(), rel=1e-4)
    assert total.item() == pytest.approx((eq_8(terms) + 3 * terms["mirror_m"]).item(), rel=1e-4)
    plain = StageConfig(stage=3, size=64, d_width=4, model=small_config)
    assert "mirror_m" not in Objective(Networks(plain), plain)(Batch(sketch, sketch, photo))[1]


def test_the_learning_rate_rises_stays_and_falls():
    config = StageConfig(stage=3, steps=100, lr=2.0, warm_up=10)
    assert [learning_rate(config, step) for step in (0, 4, 9, 30, 50, 75)] == [0.2, 1, 2, 2, 2, 1]
    assert learning_rate(StageConfig(stage=3, steps=100, lr=2.0), 0) == 2
