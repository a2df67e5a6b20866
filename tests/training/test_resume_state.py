"""Training that goes on from a release and from what lies beside it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from dfp_training.data.pack import Pack, build
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Start
from dfp_training.loop.resume_state import resume_state_of
from dfp_training.release.export import export, mean
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.init_from import init_from
from dfp_training.tasks.stages import train_stage
from training_data import write_data

from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, small_config: ModelConfig) -> tuple[Path, StageConfig, Path]:
    """Release weights with their companion, the recipe and the run that they are from."""
    root = tmp_path_factory.mktemp("released")
    assert build([write_data(root / "faces")], root / "pack", 64, 1) == 0
    recipe = StageConfig(stage=1, size=64, batch=2, steps=2, d_width=4, ema=0.5, workers=0, model=small_config)
    train_stage(recipe, Pack(root / "pack"), root / "s1")
    third = replace(recipe, stage=3)
    train_stage(third, Pack(root / "pack"), root / "s3", Start(root / "s1" / "checkpoint.pt"))
    export(root / "s3", root / "release.safetensors", with_companion=True)
    return root / "release.safetensors", third, root / "s3" / "checkpoint.pt"


def test_training_goes_on_from_a_release_with_its_companion(released: tuple[Path, StageConfig, Path]):
    release, recipe, run = released
    networks, saved = Networks(recipe), checkpoint.read(run)
    init_from(networks, recipe, release, None)
    for name, tensor in networks.generators.state_dict().items():
        assert torch.equal(tensor, saved["ema"][name].half().float()), name
    for name, tensor in networks.discriminator.state_dict().items():
        assert torch.equal(tensor, saved["discriminator"][name].half().float()), name


def test_without_companion_or_with_another_d_what_is_missing_is_drawn(
    released: tuple[Path, StageConfig, Path], tmp_path: Path
):
    release, recipe, _ = released
    alone = tmp_path / "alone.safetensors"
    alone.write_bytes(release.read_bytes())
    networks = Networks(recipe)
    init_from(networks, recipe, alone, None)
    e_a, e_m = (encoder.state_dict() for encoder in (networks.a.encoder, networks.m.encoder))
    assert torch.equal(e_a["layers.3.weight"], e_m["layers.3.weight"])
    wider = replace(recipe, d_width=8)
    init_from(Networks(wider), wider, release, None)
    resume_state_of(alone).write_bytes(resume_state_of(release).read_bytes()[:200])
    with pytest.raises(checkpoint.CheckpointError, match="is damaged"):
        init_from(networks, recipe, alone, None)


def test_stage_2_takes_its_classifier_from_a_release(released: tuple[Path, StageConfig, Path], tmp_path: Path):
    release, recipe, run = released
    second = replace(recipe, stage=2)
    first = run.parent.parent / "s1" / "checkpoint.pt"
    networks = Networks(second)
    init_from(networks, second, first, release)
    taken = checkpoint.read(run)["ema"]["m.sap.classifier.conv1.0.weight"].half().float()
    assert torch.equal(networks.m.sap.classifier.state_dict()["conv1.0.weight"], taken)
    with pytest.raises(checkpoint.CheckpointError, match="starts from a run of stage 1"):
        init_from(networks, second, release, None)
    with pytest.raises(checkpoint.CheckpointError, match="a checkpoint of stage1, not of classifier"):
        init_from(networks, second, first, first)


def test_the_mean_of_weights_is_their_mean(tmp_path: Path, small_config: ModelConfig) -> None:
    files = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    for seed, file in enumerate(files):
        torch.manual_seed(seed)
        weights.save(file, MainGenerator(small_config), small_config)
    out = tmp_path / "mean.safetensors"
    checksum = mean(files, out)
    (a, _), (b, _), (made, config) = (weights.load(file) for file in (*files, out))
    assert (config, weights.checksum(out)) == (small_config, checksum)
    for name, tensor in made.state_dict().items():
        assert torch.allclose(tensor, (a.state_dict()[name] + b.state_dict()[name]) / 2, atol=1e-3)
    wide = replace(small_config, attention_width=8)
    weights.save(files[1], MainGenerator(wide), wide)
    with pytest.raises(checkpoint.CheckpointError, match="same network"):
        mean(files, out)
