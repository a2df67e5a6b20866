"""What each stage trains and keeps (§3.3), and that a broken run becomes the run that never broke."""

import re
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Move
from dfp_training.data.pack import Pack, build
from dfp_training.data.vectorise import Strokes
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Start
from dfp_training.loop.train import Limits
from dfp_training.loop.train_config import check_same
from dfp_training.release.export import export
from dfp_training.tasks.classify import ClassifierConfig, train_classifier
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.init_from import grown
from dfp_training.tasks.stages import train_stage
from PIL import Image
from training_data import write_data

from dfp import FaceGenerator
from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import smooth

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    root = tmp_path_factory.mktemp("data")
    assert build([write_data(root / "faces")], root / "pack", 64, 1) == 0
    return Pack(root / "pack")


@pytest.fixture(scope="module")
def recipe(small_config: ModelConfig) -> StageConfig:
    return StageConfig(
        stage=1, size=64, batch=2, steps=4, d_width=4, ema=0.5, workers=0, save_every=2, model=small_config
    )


@pytest.fixture(scope="module")
def runs(pack: Pack, recipe: StageConfig, small_config: ModelConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folders c, s1, s2, s3: the classifier and the three stages in turn."""
    root = tmp_path_factory.mktemp("runs")
    c = ClassifierConfig(size=64, batch=2, steps=2, workers=0, model=small_config)
    assert train_classifier(c, pack, root / "c", CPU) in np.linspace(0, 1, 9)  # of four held-out pairs
    train_stage(recipe, pack, root / "s1")
    second = Start(root / "s1" / "checkpoint.pt", root / "c" / "checkpoint.pt")
    train_stage(replace(recipe, stage=2), pack, root / "s2", second)
    train_stage(replace(recipe, stage=3), pack, root / "s3", Start(root / "s2" / "checkpoint.pt"))
    return root


def tensors(runs: Path, stage: int, kind: str = "generators") -> dict[str, torch.Tensor]:
    return checkpoint.read(runs / f"s{stage}" / "checkpoint.pt")[kind]


def same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor], prefix: str) -> list[bool]:
    return [torch.equal(one[k], two[k]) for k in one if k.startswith(prefix)]


def test_stage_2_keeps_trunk_and_e_a_bit_for_bit(runs: Path):
    before, after = tensors(runs, 1, "ema"), tensors(runs, 2)
    assert all(same(before, after, "a.trunk"))
    assert all(same(before, after, "m.trunk"))
    assert all(same(before, after, "a.encoder"))


def test_stage_2_trains_sap_e_m_and_d_from_scratch(runs: Path, recipe: StageConfig):
    after = tensors(runs, 2)
    assert not any(same(tensors(runs, 1, "ema"), after, "m.encoder.layers.0.weight"))
    drawn = tensors(runs, 1, "discriminator")
    assert not any(same(drawn, tensors(runs, 2, "discriminator"), "scales.0.layers.1.0.weight"))
    # From the seed's own draw, not from stage 1: with a learning rate of zero it would be that draw.
    assert not torch.equal(after["m.sap.attend.0.weight"], tensors(runs, 1)["m.sap.attend.0.weight"])


@pytest.mark.parametrize("kernels", [(1,), (9,), (1, 9)])
def test_stage_2_may_have_a_sap_of_its_own(
    kernels: tuple[int, ...], pack: Pack, recipe: StageConfig, runs: Path, tmp_path: Path
):
    other = replace(recipe, stage=2, steps=1, model=replace(recipe.model, kernels=kernels))
    begin = Start(runs / "s1" / "checkpoint.pt", runs / "c" / "checkpoint.pt")
    train_stage(other, pack, tmp_path / "s2", begin)
    after = checkpoint.read(tmp_path / "s2" / "checkpoint.pt")["generators"]
    assert all(same(tensors(runs, 1, "ema"), after, "a."))
    third = replace(recipe, stage=3, steps=1)
    with pytest.raises(checkpoint.CheckpointError, match="another kernels"):
        train_stage(third, pack, tmp_path / "s3", Start(tmp_path / "s2" / "checkpoint.pt"))


def test_the_classifier_is_taken_over_and_never_moves(runs: Path):
    trained = checkpoint.read(runs / "c" / "checkpoint.pt")["classifier"]
    for stage in (2, 3):
        for name, value in trained.items():
            assert torch.equal(value, tensors(runs, stage)[f"m.sap.classifier.{name}"])


def test_stage_3_moves_everything_else(runs: Path):
    before, after = tensors(runs, 2, "ema"), tensors(runs, 3)
    for part in ("a.encoder", "m.encoder", "m.sap.branches", "m.sap.attend", "m.trunk"):
        weights_moved = [
            not torch.equal(before[k], after[k]) for k in before if k.startswith(part) and k.endswith("weight")
        ]
        assert any(weights_moved), part
    for name in after:
        if name.startswith("a.trunk"):
            assert torch.equal(after[name], after["m" + name[1:]])


def test_a_run_that_was_broken_off_gives_the_same_bits(pack: Pack, recipe: StageConfig, runs: Path, tmp_path: Path):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        config = replace(recipe, stage=3, seed=5)
        before = Start(runs / "s2" / "checkpoint.pt")
        train_stage(config, pack, tmp_path / "whole", before)
        assert train_stage(config, pack, tmp_path / "broken", before, limits=Limits(stop=1e-9)) == 1
        assert train_stage(config, pack, tmp_path / "broken", before, limits=Limits(stop=1e-9)) == 2
        assert train_stage(config, pack, tmp_path / "broken", before) == 4
    finally:
        torch.set_num_threads(threads)
    whole, broken = (checkpoint.read(tmp_path / n / "checkpoint.pt") for n in ("whole", "broken"))
    for kind in ("generators", "ema", "discriminator"):
        assert all(same(whole[kind], broken[kind], "")), kind


def test_a_run_goes_on_when_the_program_has_learnt_new_settings():
    config = StageConfig(stage=1)
    then = asdict(config)
    del then["droplet_weight"], then["deformation"]["opened"]
    then["deformation"] = dict(reversed(then["deformation"].items()))
    check_same(then, config)
    with pytest.raises(checkpoint.CheckpointError, match="other settings of deformation"):
        check_same(then, StageConfig(stage=1, deformation=Deformation(opened=0.1)))
    with pytest.raises(checkpoint.CheckpointError, match="other settings of droplet_weight"):
        check_same(then, StageConfig(stage=1, droplet_weight=0.1))


def test_another_recipe_does_not_continue_a_run(pack: Pack, recipe: StageConfig, runs: Path):
    with pytest.raises(checkpoint.CheckpointError, match="other settings of batch"):
        train_stage(replace(recipe, batch=4), pack, runs / "s1")


def test_stages_say_what_they_start_from(pack: Pack, recipe: StageConfig, runs: Path, tmp_path: Path):
    with pytest.raises(checkpoint.CheckpointError, match="stage before"):
        train_stage(replace(recipe, stage=2), pack, tmp_path / "a")
    with pytest.raises(checkpoint.CheckpointError, match="needs a trained classifier"):
        train_stage(replace(recipe, stage=2), pack, tmp_path / "b", Start(runs / "s1" / "checkpoint.pt"))
    (tmp_path / "torn.pt").write_bytes((runs / "s1" / "checkpoint.pt").read_bytes()[:3000])
    with pytest.raises(checkpoint.CheckpointError, match="torn"):
        train_stage(replace(recipe, stage=3), pack, tmp_path / "c", Start(tmp_path / "torn.pt"))


def test_every_term_is_logged_by_name(runs: Path, pack: Pack, recipe: StageConfig, tmp_path: Path):
    long = replace(recipe, stage=3, steps=25, save_every=100)
    train_stage(long, pack, tmp_path, Start(runs / "s2" / "checkpoint.pt"))
    header = (tmp_path / "losses.csv").read_text().splitlines()[0].split(",")
    assert header[3:] == ["adv_a", "adv_m", "d_a", "d_m", "dfm_a", "dfm_m", "gfm", "rec_a", "rec_m"]


def test_export_takes_the_averaged_g_m(runs: Path, tmp_path: Path, small_config: ModelConfig):
    export(runs / "s3", tmp_path / "release.safetensors")
    generator, config = weights.load(tmp_path / "release.safetensors")
    assert config == small_config
    average = tensors(runs, 3, "ema")
    for name, value in generator.state_dict().items():
        assert torch.equal(value, average["m." + name].half().float())
    with pytest.raises(checkpoint.CheckpointError, match="stage 2 or 3"):
        export(runs / "s1", tmp_path / "no.safetensors")


def test_sheets_show_what_an_export_takes(pack: Pack, tmp_path: Path, recipe: StageConfig):
    shown = []

    def note(generators: torch.nn.Module, run: Path, step: int) -> None:
        shown.append((run, step, {name: value.clone() for name, value in generators.state_dict().items()}))

    for ema, kind in ((0.5, "ema"), (0.0, "generators")):
        run = tmp_path / kind
        train_stage(replace(recipe, steps=2, ema=ema), pack, run, draw=note)
        saved = checkpoint.read(run / "checkpoint.pt")[kind]
        assert shown[-1][:2] == (run, 2)
        assert all(torch.equal(value, saved[name]) for name, value in shown[-1][2].items())


def test_exported_weights_draw_at_the_size_they_were_trained_at(
    pack: Pack, runs: Path, tmp_path: Path, recipe: StageConfig
):
    smaller = replace(recipe, stage=3, size=32, steps=1)
    train_stage(smaller, pack, tmp_path / "small", Start(runs / "s2" / "checkpoint.pt"))
    out = tmp_path / "small.safetensors"
    export(tmp_path / "small", out)
    assert smaller.model.size == 64
    assert weights.read_config(out).size == 32
    assert "one face of side 32 become" in (tmp_path / "small.card.md").read_text()
    drawing = Image.fromarray(np.where(np.arange(96)[:, None] == np.arange(96), 0, 255).astype(np.uint8))
    assert FaceGenerator.load(out, "cpu", "torch").generate(drawing).image.shape == (32, 32, 3)


def test_exported_weights_have_a_card(runs: Path, tmp_path: Path):
    checksum = export(runs / "s3", tmp_path / "mine.safetensors", licence="my own pictures")
    card = (tmp_path / "mine.card.md").read_text()
    assert checksum in card
    assert "**Licence: my own pictures.**" in card
    assert "stage 3 of 3, step 4 of 4, batches of 2, side 64" in card
    assert "pictures seen: 8; with the runs that it started from: 24" in card
    assert re.search(r"faces: \d+ of faces\n", card)
    assert "- d_width: 4, 64\n" in card
    assert "- model.width: 8, 24\n" in card
    assert "- lr" not in card


def test_deformations_are_drawn_anew_every_epoch(pack: Pack):
    from dfp_training.data.loader import Steps, Triplets

    keys = [key for step in Steps(pack.indices("train"), 2, 0, 4, 1) for key in step]
    assert sorted(k[0] for k in keys[:4]) == sorted(k[0] for k in keys[4:]) == [2, 3, 4, 5]
    assert len({k[1] for k in keys}) == 8
    triplets = Triplets(pack, 64, Deformation())
    one, two = (triplets[(2, seed)][1] for seed in (1, 2))
    assert not np.array_equal(one, two)
    assert np.array_equal(triplets[(2, 1)].deformed, one)


def test_a_model_of_stride_2_begins_as_the_one_it_grows_from(runs: Path, recipe: StageConfig):
    small = Networks(recipe)
    small.generators.load_state_dict(tensors(runs, 1, "ema"))
    config = replace(recipe, model=replace(recipe.model, stride=2))
    large = Networks(config)
    large.generators.load_state_dict(grown(tensors(runs, 1, "ema"), 2))
    encoded = torch.rand(1, recipe.model.max_width, 4, 4)
    one, two = small.a.trunk([encoded]).image, large.a.trunk([encoded]).image
    assert two.shape[-1] == 2 * one.shape[-1]
    repeated = one.repeat_interleave(2, -1).repeat_interleave(2, -2)
    assert torch.allclose(two, repeated, atol=1e-6)
    assert large.m(torch.rand(1, 1, 64, 64)).image.shape == (1, 3, 64, 64)


def test_a_smooth_decoder_stays_smooth(pack: Pack, recipe: StageConfig, runs: Path, tmp_path: Path):
    held = replace(recipe, stage=3, smooth=True)
    train_stage(held, pack, tmp_path / "held", Start(runs / "s2" / "checkpoint.pt"))
    saved = checkpoint.read(tmp_path / "held" / "checkpoint.pt")
    for kind in ("generators", "ema"):
        networks = Networks(held)
        networks.generators.load_state_dict(saved[kind])
        smooth(networks.a.trunk)
        for name, weight in networks.a.trunk.state_dict().items():
            assert torch.allclose(weight, saved[kind][f"a.trunk.{name}"], atol=1e-6), name
    free = tensors(runs, 3)["a.trunk.decoder.0.weight"]
    assert not torch.allclose(free, saved["generators"]["a.trunk.decoder.0.weight"], atol=1e-5)


def test_sketch_and_photo_move_together():
    side = 64
    photo = np.zeros((side, side, 3), np.uint8)
    photo[20:30, 30:44] = 255
    corners = np.array([[30, 20], [44, 20], [44, 30], [30, 30]], np.float32) / side
    none = np.zeros(0, np.int32)
    strokes = Strokes(corners, none.reshape(-1, 4), none, none.astype(np.uint8))
    for seed in range(8):
        how = Deformation(shift=0.1, zoom=0.2)
        move = Move.draw(how, np.random.default_rng(seed))
        there, seen = move.strokes(strokes), move.picture(photo)
        rows, columns = np.nonzero(seen[:, :, 0] > 127)
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert np.abs(np.array(box) - (there.points[[0, 2]] * side).ravel()).max() <= 1
        assert not np.array_equal(seen, photo)
