"""That the two schemes are timed alike; how long they take is nobody's failure."""

from dataclasses import replace

import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.report.throughput import Comparison, compare, random_batch
from dfp_training.tasks.dual import StageConfig

from dfp.model.config import ModelConfig

CPU = torch.device("cpu")


def test_the_table_gives_medians_and_the_ratio_of_neighbours():
    table = Comparison(8, [4.0, 2.0, 9.0], [2.0, 1.0, 3.0]).lines()
    assert table[1].split()[-5:] == ["4.0000", "(2.0000", "..", "9.0000)", "2.0"]
    assert table[2].split()[-5:] == ["2.0000", "(1.0000", "..", "3.0000)", "4.0"]
    assert table[3].split() == ["ratio", "2.00", "(2.00", "..", "3.00)"]


def test_the_random_batch_is_inked_and_the_same_each_time(small_config: ModelConfig):
    config = StageConfig(stage=3, size=64, batch=3, model=small_config)
    batch = random_batch(config, CPU)
    assert batch.aligned.shape == batch.deformed.shape == (3, 1, 64, 64)
    assert batch.photo.shape == (3, 3, 64, 64)
    assert 0.03 < batch.deformed.mean() < 0.07
    assert set(batch.aligned.unique().tolist()) == {0, 1}
    assert -1 <= batch.photo.min() < -0.9 < 0.9 < batch.photo.max() <= 1
    assert torch.equal(random_batch(config, CPU).deformed, batch.deformed)
    assert not torch.equal(random_batch(replace(config, seed=2), CPU).deformed, batch.deformed)


def test_every_round_times_both(small_config: ModelConfig):
    config = StageConfig(stage=3, size=64, batch=1, d_width=4, model=small_config)
    found = compare(config, CPU, rounds=3)
    assert len(found.dual) == len(found.single) == len(found.ratios) == 3
    assert all(seconds > 0 for seconds in found.dual + found.single)


def test_the_command_prints_the_ratio(capsys: pytest.CaptureFixture[str]):
    options = ["--size", "64", "--batch", "1", "--rounds", "1", "--device", "cpu"]
    options += ["--width", "4", "--max-width", "8", "--d-width", "4"]
    assert main(["throughput", *options]) == 0
    printed = capsys.readouterr().out
    assert "batch 1, 64 px, width 4" in printed
    assert "ratio" in printed
    assert main(["throughput", *options, "--steps", "0"]) == 1
    assert "must be 1 or more" in capsys.readouterr().err
