"""The picture of all stages: its layout, whose generator draws each row, and bad input in one sentence."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.loop import checkpoint
from dfp_training.loop.sheets import freehand_lines
from dfp_training.report.stage_sheet import MARGIN, SIDE, stage_sheet, trained
from dfp_training.tasks.baselines import BaselineConfig, baseline_model
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.finetune_config import FinetuneConfig
from PIL import Image

from dfp.model.config import ModelConfig
from dfp.model.precision import autocast
from dfp.runtime.torch import to_pictures

CPU = torch.device("cpu")


def write_run(run: Path, config: StageConfig, ema: bool = False) -> Networks:
    """A run folder with a checkpoint of random networks; the returned ones should draw its row."""
    torch.manual_seed(config.stage)
    plain, average = Networks(config), Networks(config)
    run.mkdir()
    state = {"kind": config.kind, "config": asdict(config), "step": 12, "generators": plain.generators.state_dict()}
    checkpoint.write(run / "checkpoint.pt", {**state, "ema": average.generators.state_dict() if ema else None})
    return (average if ema else plain).eval()


@pytest.fixture
def recipe(small_config: ModelConfig) -> StageConfig:
    return StageConfig(stage=1, size=64, d_width=4, model=small_config)


@pytest.fixture
def sketches(tmp_path: Path, face_sketch: np.ndarray) -> Path:
    """A folder of three sketches."""
    folder = tmp_path / "sketches"
    folder.mkdir()
    for i in range(3):
        Image.fromarray(np.roll(face_sketch, 4 * i, 1)).save(folder / f"{i}.png")
    return folder


def test_each_row_is_drawn_by_its_stages_own_generator(tmp_path: Path, recipe: StageConfig, sketches: Path):
    runs = [tmp_path / f"s{stage}" for stage in (1, 2, 3)]
    networks = [write_run(r, replace(recipe, stage=i), ema=i == 3) for i, r in enumerate(runs, 1)]
    sheet = np.asarray(stage_sheet(runs, sketches, CPU))
    assert sheet.shape == (4 * SIDE, MARGIN + 3 * SIDE, 3)
    lines = freehand_lines(sorted(sketches.iterdir()), 64)
    for row, (network, stage) in enumerate(zip(networks, (1, 2, 3), strict=True), 1):
        with torch.inference_mode(), autocast(CPU):
            image = (network.a if stage == 1 else network.m)(lines).image
        wanted = Image.fromarray(to_pictures(image)[2]).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        seen = sheet[row * SIDE : (row + 1) * SIDE, MARGIN + 2 * SIDE :]
        assert np.abs(seen.astype(int) - np.asarray(wanted).astype(int)).max() <= 1
    labels = sheet[:, :MARGIN].reshape(4, SIDE, MARGIN, 3)
    assert (labels.min((1, 2, 3)) < 128).all()


def test_many_sketches_break_into_blocks(tmp_path: Path, recipe: StageConfig, sketches: Path):
    write_run(tmp_path / "s1", recipe)
    sheet = stage_sheet([tmp_path / "s1"], sketches, CPU, columns=2)
    assert sheet.size == (MARGIN + 2 * SIDE, 4 * SIDE)
    assert np.asarray(sheet)[2 * SIDE :, MARGIN + SIDE :].min() == 255


def test_rows_are_named_after_what_was_trained(tmp_path: Path, recipe: StageConfig, small_weights: Path):
    def labels(kind: str, config: StageConfig | FinetuneConfig | BaselineConfig, generators: torch.nn.Module):
        state = {"kind": kind, "config": asdict(config), "step": 12, "generators": generators.state_dict(), "ema": None}
        checkpoint.write(tmp_path / kind / "checkpoint.pt", state)
        return trained(tmp_path / kind, CPU).labels

    dual = Networks(recipe).generators
    baseline = BaselineConfig(baseline="pix2pixhd", size=64, d_width=4, model=recipe.model)
    assert labels("stage1", recipe, dual) == ("stage 1: G_a", "step 12")
    assert labels("stage3", replace(recipe, stage=3), dual) == ("stage 3: G_m", "step 12")
    assert labels("finetune", FinetuneConfig(size=64, model=recipe.model), dual) == ("polished: G_m", "step 12")
    drawn = baseline_model(baseline).networks.generators
    assert labels("pix2pixhd", baseline, drawn) == ("pix2pixhd: G", "step 12")
    assert trained(small_weights, CPU).labels == (small_weights.stem, "G_m")


def test_release_weights_may_stand_beside_runs(
    tmp_path: Path, recipe: StageConfig, sketches: Path, small_weights: Path, capsys: pytest.CaptureFixture[str]
):
    write_run(tmp_path / "s1", recipe)
    out = tmp_path / "stages.png"
    command = ["stages", str(tmp_path / "s1"), str(small_weights), "--sketches", str(sketches), "--device", "cpu"]
    assert main([*command, "--out", str(out)]) == 0
    with Image.open(out) as picture:
        assert picture.size == (MARGIN + 3 * SIDE, 3 * SIDE)
    assert main([*command, "--out", str(tmp_path / "no" / "stages.png")]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_bad_sketches_have_their_sentences(
    tmp_path: Path, recipe: StageConfig, sketches: Path, capsys: pytest.CaptureFixture[str]
):
    write_run(tmp_path / "s1", recipe)
    (tmp_path / "empty").mkdir()

    def said(folder: Path) -> str:
        assert main(["stages", str(tmp_path / "s1"), "--sketches", str(folder), "--device", "cpu"]) == 1
        return capsys.readouterr().err

    assert "has no pictures" in said(tmp_path / "empty")
    assert "There is no folder" in said(tmp_path / "nowhere")
    Image.fromarray(np.full((64, 64), 255, np.uint8)).save(sketches / "blank.png")
    assert "blank.png: " in said(sketches)
    (sketches / "blank.png").write_bytes((sketches / "0.png").read_bytes()[:300])
    assert "blank.png: this is no picture that can be read" in said(sketches)


def test_bad_runs_have_their_sentences(
    tmp_path: Path, recipe: StageConfig, sketches: Path, capsys: pytest.CaptureFixture[str]
):
    run = tmp_path / "run"

    def said() -> str:
        assert main(["stages", str(run), "--sketches", str(sketches), "--device", "cpu"]) == 1
        return capsys.readouterr().err

    assert "There is no checkpoint at" in said()
    write_run(run, recipe)
    saved = checkpoint.read(run / "checkpoint.pt")
    wider = {**saved["config"], "model": {**saved["config"]["model"], "width": 12}}
    for other, sentence in (
        ({**saved, "config": wider}, "does not fit its own configuration"),
        ({**saved, "ema": [1]}, "does not fit its own configuration"),
        ({**saved, "kind": "classifier"}, "is a checkpoint of classifier, not of stage1"),
        ({"config": {"model": {}}, "classifier": {}}, "is a checkpoint of an older version, not of stage1"),
        ([1], "is torn or no checkpoint"),
    ):
        torch.save(other, run / "checkpoint.pt")
        assert sentence in said()
    (run / "checkpoint.pt").write_bytes(b"PK torn")
    assert "is torn or no checkpoint" in said()
