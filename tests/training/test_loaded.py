"""A checkpoint says what it is, and one function reads whatever was trained."""

from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Make
from dfp_training.loop.trainer import Trainer
from dfp_training.tasks.baselines import BaselineConfig, baseline_model
from dfp_training.tasks.dual import StageConfig
from dfp_training.tasks.finetune import take_over
from dfp_training.tasks.finetune_config import FinetuneConfig
from dfp_training.tasks.loaded import load_generator, model_in
from dfp_training.tasks.stages import dual_model

from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, MainGenerator

CPU = torch.device("cpu")


def written(run: Path, config: StageConfig | BaselineConfig, make: Make) -> Trainer:
    """A run's folder with a checkpoint of what was drawn at random."""
    trainer = Trainer(config, CPU, make)
    checkpoint.write(run / "checkpoint.pt", trainer.state(7))
    return trainer


@pytest.mark.parametrize(("stage", "which"), [(1, "a"), (2, "m"), (3, "m")])
def test_a_stage_says_its_kind_and_gives_its_generator(
    stage: int, which: str, tmp_path: Path, small_config: ModelConfig
):
    config = StageConfig(stage=stage, size=64, batch=2, d_width=4, model=small_config)
    trainer = written(tmp_path / "run", config, lambda: dual_model(config))
    loaded = load_generator(tmp_path / "run")
    assert (loaded.kind, loaded.step, loaded.size, loaded.images_seen) == (f"stage{stage}", 7, 64, 14)
    assert isinstance(loaded.network, AuxiliaryGenerator if which == "a" else MainGenerator)
    assert loaded.main == (which == "m")
    for name, tensor in trainer.networks.generators[which].state_dict().items():
        assert torch.equal(tensor, loaded.network.state_dict()[name])
    with pytest.raises(checkpoint.CheckpointError, match=f"is a checkpoint of stage{stage}, not of finetune"):
        checkpoint.read(tmp_path / "run" / "checkpoint.pt", "finetune")


def test_baselines_and_release_weights(tmp_path: Path, small_config: ModelConfig):
    config = BaselineConfig(baseline="pix2pixhd", size=64, d_width=4, model=small_config)
    trainer = written(tmp_path / "hd", config, lambda: baseline_model(config))
    sketch = (torch.rand(1, 1, 64, 64) < 0.05).float()
    loaded = load_generator(tmp_path / "hd")
    assert loaded.kind == "pix2pixhd"
    with torch.no_grad():
        made = trainer.networks.generators.eval()(sketch).image
        torch.testing.assert_close(loaded.network(sketch).image, made, rtol=1e-3, atol=1e-4)  # in other memory formats
    file = tmp_path / "mine.safetensors"
    weights.save(file, MainGenerator(small_config), small_config, {"kind": "finetune", "pictures": "12"})
    loaded = load_generator(file)
    assert (loaded.kind, loaded.images_seen, loaded.model) == ("finetune", 12, small_config)
    assert model_in(file) == small_config


def test_fine_tuning_from_before_checkpoints_said_their_kind_is_a_start(tmp_path: Path, small_config: ModelConfig):
    drawn, taken = MainGenerator(small_config), MainGenerator(small_config)
    config = asdict(FinetuneConfig(size=64, model=small_config))
    tensors = {f"m.{name}": tensor for name, tensor in drawn.state_dict().items()}
    state = {"config": config, "step": 3, "seen": 24, "generators": tensors, "ema": None}
    checkpoint.write(tmp_path / "checkpoint.pt", state)
    take_over(taken, tmp_path / "checkpoint.pt", small_config)
    assert all(torch.equal(taken.state_dict()[name], tensor) for name, tensor in drawn.state_dict().items())
    assert load_generator(tmp_path).images_seen == 24
    checkpoint.write(tmp_path / "checkpoint.pt", {**state, "config": {"model": config["model"]}})
    with pytest.raises(checkpoint.CheckpointError, match="of an older version, not of stage1"):
        load_generator(tmp_path)
