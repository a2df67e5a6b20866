"""`dfp-train report` from end to end on tiny models, what a rerun does, and its sentences for bad input."""

import json
import re
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from dfp_training.commands.main import main
from dfp_training.data.pack import Pack, build
from dfp_training.loop.train import train
from dfp_training.report.cache import Cache
from dfp_training.tasks.baselines import BaselineConfig, baseline_model
from PIL import Image, ImageDraw
from training_data import write_data, write_metrics

from dfp.model.config import ModelConfig

SMALL = ["--size", "64", "--width", "8", "--max-width", "16", "--workers", "0", "--device", "cpu", "--batch", "2"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack, measuring networks with random weights, sketches, and two models of unequal budgets."""
    folder = tmp_path_factory.mktemp("report")
    assert build([write_data(folder / "faces", 7)], folder / "pack", 64, 1) == 0
    write_metrics(folder / "metrics")
    for place in ("sketches", "paper", "empty"):
        (folder / place).mkdir()
    sketch = Image.new("L", (96, 80), 255)
    ImageDraw.Draw(sketch).ellipse((20, 10, 70, 70), outline=0, width=2)
    sketch.save(folder / "sketches" / "anna.png")
    Image.new("RGB", (50, 60), "green").save(folder / "paper" / "anna_ours.png")
    recipe = ["--pack", str(folder / "pack"), *SMALL, "--d-width", "4"]
    assert main(["baseline", "pix2pixhd", *recipe, "--run", str(folder / "h"), "--steps", "2"]) == 0
    assert main(["baseline", "pix2pix", *recipe, "--run", str(folder / "p"), "--steps", "1"]) == 0
    return folder


def words(root: Path, *models: str, out: str = "out") -> list[str]:
    names = [f"{name}={root / name}" for name in models]
    places = ["--pack", str(root / "pack"), "--metrics", str(root / "metrics"), "--out", str(root / out)]
    test = ["--data", str(root / "faces"), "--split", "train", "--limit", "4", "--offsets", "30", "0"]
    return ["report", *names, *places, *test, "--device", "cpu"]


def test_a_report_is_whole_in_itself_and_made_again_from_what_is_kept(root: Path):
    pictures = ["--sketches", str(root / "sketches"), "--paper", str(root / "paper")]
    assert main([*words(root, "h", "p"), *pictures]) == 0
    figures = json.loads((root / "out" / "report.json").read_text())
    assert [model["pictures_seen"] for model in figures["models"]] == [4, 2]
    assert not figures["equal_budgets"]
    assert [row["d"] for row in figures["models"][0]["rows"]] == [0, 30]
    assert figures["left_out"]
    page = (root / "out" / "report.html").read_text()
    assert "Unequal budgets" in page
    assert "paper: ours" in page
    assert re.findall(r'(?:src|href)="(?!data:)', page) == []
    assert figures["models"][0]["checksum"] in page
    check_short(root / "out" / "short", figures)
    kept = {p: p.stat().st_mtime_ns for p in (root / "out" / "cache").iterdir()}
    assert len(kept) == 5  # two models at two d, and the photos
    torn = next(iter(kept))
    torn.write_bytes(torn.read_bytes()[:100])
    before = (root / "out" / "report.json").read_text()
    assert main([*words(root, "h", "p"), *pictures]) == 0
    assert (root / "out" / "report.json").read_text() == before
    again = {p: p.stat().st_mtime_ns for p in (root / "out" / "cache").iterdir()}
    assert [p for p in kept if again[p] != kept[p]] == [torn]


def check_short(short: Path, figures: dict[str, Any]) -> None:
    """The short version says what the long one says."""
    head, line, *rows = [row.strip("| ").split(" | ") for row in (short / "table.md").read_text().splitlines()]
    assert head[1:4] == ["KID x1000, d = 0", "KID x1000, d = 30", "mIoU, d = 0"]
    assert len(line) == len(rows[0]) == len(rows[1])
    for row, model in zip(rows, figures["models"], strict=True):
        assert row[:2] == [model["name"], str(model["pictures_seen"])]
        assert row[2].startswith(f"{model['rows'][0]['kid']['value']:.0f} ± ")
    head, line, apart = [row.strip("| ").split(" | ") for row in (short / "differences.md").read_text().splitlines()]
    one, two = (model["rows"][1]["lpips"]["value"] for model in figures["models"])
    found = figures["models"][1]["less_the_first"][1]["lpips"]
    assert found["value"] == pytest.approx(two - one)
    assert (head[0], apart[0], len(line)) == ("less h", "p", len(head))
    cell = apart[head.index("LPIPS, d = 30")]
    assert cell.startswith(f"{two - one:+.3f} ± ")
    assert cell.endswith("*") == (abs(two - one) > 1.96 * found["spread"])
    for name in ("kid.svg", "miou.svg"):
        curves = ElementTree.parse(short / name).getroot().findall("{http://www.w3.org/2000/svg}polyline")
        assert len(curves) == len(rows)
    with Image.open(short / "sheet.jpg") as sheet:
        assert sheet.height % 160 == 0
        assert sheet.height // 160 >= 1 + len(rows)


def test_what_is_kept_is_read_as_it_was_written_and_what_is_missing_is_seen_anew(tmp_path: Path):
    rows = {"features": np.eye(3), "overlap": np.ones((3, 2, 19), np.int64)}
    cache = Cache(tmp_path)
    cache.kept("k", rows, lambda: rows)
    read = cache.kept("k", rows, lambda: pytest.fail("measured twice"))
    assert list(read) == list(rows)
    assert all(np.array_equal(read[name], rows[name]) for name in rows)
    assert list(cache.kept("k", ["features"], lambda: pytest.fail("measured twice"))) == ["features"]
    more = {**rows, "brightness": np.zeros(3)}
    assert list(cache.kept("k", more, lambda: more)) == list(more)


def test_bad_input_has_one_sentence_each(root: Path, capsys: pytest.CaptureFixture[str]):
    def refused(sentence: str, *more: str, models: tuple[str, ...] = ("h",)) -> None:
        assert main([*words(root, *models, out="bad"), *more]) == 1
        error = capsys.readouterr().err
        assert re.search(sentence, error), error
        assert error.count("\n") == 1

    refused("no checkpoint", models=("nothing",))
    refused("has no pictures", "--sketches", str(root / "empty"))
    refused("has no pictures for these", "--sketches", str(root / "sketches"), "--paper", str(root / "empty"))
    refused("give --sketches", "--paper", str(root / "paper"))
    refused("none of the models", "--pictures", "x=3")
    refused("no number of pictures", "--pictures", "h=many")
    refused("no label map", "--data", str(write_data(root / "others" / "strangers")))
    (root / "broken").mkdir()
    (root / "broken" / "torn.png").write_bytes(b"no picture")
    refused("torn.png: this is no picture that can be read", "--sketches", str(root / "broken"))
    refused("cannot be read", "--inception", str(root / "nothing.pth"))
    other = BaselineConfig(
        baseline="pix2pix", size=32, batch=2, steps=1, d_width=4, workers=0, model=ModelConfig(width=8)
    )
    train(other, Pack(root / "pack"), root / "small", partial(baseline_model, other))
    capsys.readouterr()
    refused("different sides", models=("h", "small"))
    assert not (root / "bad" / "report.html").exists()
