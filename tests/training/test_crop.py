"""What D and the loss networks see of a picture when they are shown a part."""

import torch
from dfp_training.data.loader import Batch
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.dual_objective import Objective
from torch import Tensor

from dfp.model.config import ModelConfig

SIDE, PART = 64, 32


def seen(objective: Objective, seed: int) -> Tensor:
    """Which pixels of the photo D's terms depend on, SIDE x SIDE bool."""
    draw = torch.Generator().manual_seed(3)
    sketch = (torch.rand(1, 1, SIDE, SIDE, generator=draw) < 0.1).float()
    photo = (torch.rand(1, 3, SIDE, SIDE, generator=draw) * 2 - 1).requires_grad_(True)
    torch.manual_seed(seed)
    _, terms = objective(Batch(sketch, sketch, photo))
    terms["d_m"].backward()
    assert photo.grad is not None
    return photo.grad.abs().sum((0, 1)) > 0


def test_a_crop_shows_one_part_at_a_place_drawn_each_step(small_config: ModelConfig):
    config = StageConfig(stage=3, size=SIDE, batch=1, d_width=4, model=small_config, crop=PART / SIDE)
    objective = Objective(Networks(config), config)
    corners = []
    for seed in range(40):
        parts = seen(objective, seed)
        rows, columns = parts.any(1).nonzero().flatten(), parts.any(0).nonzero().flatten()
        assert len(rows) == len(columns) == PART
        assert parts.sum() == PART * PART
        corners.append((int(rows[0]), int(columns[0])))
    assert torch.equal(seen(objective, 7), seen(objective, 7))
    assert len(set(corners)) > 20
    # Drawn evenly, the picture's own corners would hardly ever be in view.
    assert {(0, 0), (0, SIDE - PART), (SIDE - PART, 0), (SIDE - PART, SIDE - PART)} <= set(corners)


def test_without_a_crop_they_see_everything(small_config: ModelConfig):
    config = StageConfig(stage=3, size=SIDE, batch=1, d_width=4, model=small_config)
    assert seen(Objective(Networks(config), config), 0).all()
