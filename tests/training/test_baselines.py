"""The baselines are the published networks, and the stages' own loop trains them: resumed to the same bits."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.loader import Batch
from dfp_training.data.pack import Pack, build
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Start
from dfp_training.loop.train import Limits, train
from dfp_training.networks.pix2pix import PatchGan, UNet
from dfp_training.networks.squeezenet import SqueezeNet
from dfp_training.tasks.baselines import (
    NAMES,
    BaselineConfig,
    BaselineObjective,
    baseline_model,
    generator_of,
    squares,
)
from dfp_training.tasks.dual import Networks, StageConfig, freeze_for
from dfp_training.tasks.loss_networks import LossNetworks
from dfp_training.tasks.stages import train_stage
from training_data import write_data

from dfp.errors import DfpError
from dfp.model.config import ModelConfig

SMALL = ["--size", "64", "--width", "8", "--max-width", "16", "--d-width", "4", "--workers", "0", "--device", "cpu"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("data")
    assert build([write_data(root / "faces")], root / "pack", 64, 1) == 0
    return root / "pack"


@pytest.fixture(scope="module")
def pack(folder: Path) -> Pack:
    return Pack(folder)


def recipe(name: str, model: ModelConfig) -> BaselineConfig:
    return BaselineConfig(
        baseline=name, size=64, batch=2, steps=4, d_width=4, ema=0.5, workers=0, save_every=9, model=model
    )


def parameters(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_pix2pix_is_as_large_as_published():
    # 54.414 M and 2.769 M with three channels in; a sketch has one.
    assert parameters(UNet(256, 64)) == 54_413_955 - 2 * 64 * 16
    assert parameters(PatchGan(64)) == 2_768_705 - 2 * 64 * 16
    assert sum(isinstance(part, torch.nn.Dropout) for part in UNet(256, 64).modules()) == 3


def test_one_score_of_the_patch_d_sees_70_pixels():
    d = PatchGan(4).eval()
    image = torch.zeros(1, 3, 128, 128, requires_grad=True)
    d(torch.zeros(1, 1, 128, 128), image)[0, 0, 7, 7].backward()
    assert image.grad is not None
    assert image.grad.abs().sum((0, 1)).nonzero().max(0).values.sub(
        image.grad.abs().sum((0, 1)).nonzero().min(0).values
    ).add(1).tolist() == [70, 70]


def test_least_squares_are_summed_over_scales():
    outputs = [[torch.zeros(1), torch.tensor([3.0])], [torch.zeros(1), torch.tensor([1.0])]]
    assert squares(outputs, 1.0).item() == 4


def test_both_kinds_of_pairs_are_every_other_face(small_config: ModelConfig):
    model = baseline_model(recipe("pix2pixhd-deform", small_config))
    assert isinstance(model.objective, BaselineObjective)
    batch = Batch(torch.zeros(4, 1, 64, 64), torch.ones(4, 1, 64, 64), torch.zeros(4, 3, 64, 64))
    assert model.objective.sketches(batch).mean((1, 2, 3)).tolist() == [0, 1, 0, 1]
    assert model.deforms
    assert not baseline_model(recipe("pix2pixhd", small_config)).deforms


@pytest.mark.parametrize("name", NAMES)
def test_a_baseline_that_was_broken_off_gives_the_same_bits(
    name: str, pack: Pack, small_config: ModelConfig, tmp_path: Path
):
    config, threads = recipe(name, small_config), torch.get_num_threads()
    make = partial(baseline_model, config)
    torch.set_num_threads(1)
    try:
        train(config, pack, tmp_path / "whole", make)
        assert train(config, pack, tmp_path / "broken", make, limits=Limits(stop=1e-9)) == 1
        assert train(config, pack, tmp_path / "broken", make) == 4
    finally:
        torch.set_num_threads(threads)
    whole, broken = (checkpoint.read(tmp_path / n / "checkpoint.pt") for n in ("whole", "broken"))
    for kind in ("generators", "ema", "discriminator"):
        assert all(torch.equal(whole[kind][k], broken[kind][k]) for k in whole[kind]), kind
    assert whole["images_seen"] == broken["images_seen"] == 8
    sketch = (torch.rand(2, 1, 64, 64) < 0.05).float()
    generator = generator_of(whole)
    assert torch.allclose(generator(sketch).image[:1], generator(sketch[:1]).image, atol=1e-3)
    with pytest.raises(checkpoint.CheckpointError, match=f"is a checkpoint of {name}, not of stage1"):
        train_stage(
            StageConfig(stage=3, size=64, workers=0, model=small_config),
            pack,
            tmp_path / "s3",
            Start(tmp_path / "whole" / "checkpoint.pt"),
        )


def test_pictures_are_counted_over_all_runs(pack: Pack, small_config: ModelConfig, tmp_path: Path):
    first = StageConfig(stage=1, size=64, batch=2, steps=3, d_width=4, workers=0, model=small_config)
    train_stage(first, pack, tmp_path / "s1")
    train_stage(replace(first, seed=2), pack, tmp_path / "more", Start(tmp_path / "s1" / "checkpoint.pt"))
    assert checkpoint.read(tmp_path / "more" / "checkpoint.pt")["images_seen"] == 12


def test_ablations(folder: Path, small_config: ModelConfig, tmp_path: Path):
    own = StageConfig(stage=2, d_width=4, own_features=True, model=replace(small_config, kernels=(9,)))
    networks = Networks(own)
    moved = {id(p) for p in freeze_for(networks, 2, own.own_features)}
    assert all(id(p) in moved for p in networks.m.sap.classifier.conv3.parameters())
    assert networks.m(torch.zeros(1, 1, 64, 64)).attention.unique().tolist() == [1]
    words = ["stage1", "--pack", str(folder), "--run", str(tmp_path / "s1"), *SMALL]
    assert main([*words, "--steps", "1", "--batch", "2", "--kernels", "1", "--gfm-weight", "0"]) == 0
    config = checkpoint.read(tmp_path / "s1" / "checkpoint.pt")["config"]
    assert (list(config["model"]["kernels"]), config["gfm_weight"]) == ([1], 0)


def test_what_cannot_be_trained_has_its_sentence(
    folder: Path, small_config: ModelConfig, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(DfpError, match="even --batch"):
        baseline_model(replace(recipe("pix2pixhd-deform", small_config), batch=3))
    with pytest.raises(DfpError, match="side 32, 64"):
        baseline_model(replace(recipe("pix2pix", small_config), size=96))
    words = ["baseline", "pix2pix", "--pack", str(folder), "--run", str(tmp_path / "p"), *SMALL]
    assert main([*words, "--kernels", "2", "4"]) == 1
    assert "odd numbers" in capsys.readouterr().err
    assert main([*words, "--steps", "2", "--batch", "2", "--dry-run"]) == 0
    assert "pix2pix in" in capsys.readouterr().out
    assert not (tmp_path / "p").exists()


def test_pix2pixhd_may_have_the_stages_perceptual_term(small_config: ModelConfig):
    torch.manual_seed(3)
    config = replace(recipe("pix2pixhd", small_config), perceptual_weight=2.0)
    batch = Batch(torch.zeros(2, 1, 64, 64), torch.zeros(2, 1, 64, 64), torch.rand(2, 3, 64, 64))
    with_term = baseline_model(config, LossNetworks(perceptual=SqueezeNet())).objective
    total, terms = with_term(batch)
    others = 0.5 * terms["d"] + terms["adv"] + 10 * terms["dfm"]
    assert terms["perceptual"] > 0
    assert total.item() == pytest.approx((others + 2 * terms["perceptual"]).item(), rel=1e-6)
    with pytest.raises(DfpError, match="pix2pix has no perceptual term"):
        baseline_model(replace(config, baseline="pix2pix"))


def test_the_perceptual_term_wants_its_network(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = ["--pack", str(folder), "--run", str(tmp_path / "run"), *SMALL, "--perceptual-weight", "1"]
    assert main(["baseline", "pix2pixhd", *run]) == 1
    assert "The term perceptual needs --metrics" in capsys.readouterr().err
