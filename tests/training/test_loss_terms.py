"""A loss is a list of terms: one that is added in one place is in the sum, in the log and among the options."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from dfp_training.commands.fields import add_fields, said
from dfp_training.data.loader import Batch
from dfp_training.data.pack import Pack, build
from dfp_training.losses.objective import LossTerm
from dfp_training.option import option
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.dual_objective import Objective
from dfp_training.tasks.dual_pass import DualPass
from dfp_training.tasks.finetune_config import FinetuneConfig
from dfp_training.tasks.stages import train_stage
from training_data import write_data

from dfp.model.config import ModelConfig


@dataclass(frozen=True, kw_only=True)
class DarkConfig(StageConfig):
    """Stages that are asked for dark pictures, too: all that a new term takes."""

    dark_weight: float = option(0.0, "weight of how bright the pictures are")

    def terms(self) -> list[LossTerm[DualPass]]:
        """See the class."""
        return [*super().terms(), LossTerm("dark", self.dark_weight, lambda step: 1 + step.image("a").float().mean())]


def options(of: type, *words: str) -> tuple[dict[str, Any], str]:
    """What a command line says of a configuration, and the command's help."""
    command = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add_fields(command, of)
    return said(command.parse_args(words), of), " ".join(command.format_help().split())


def test_a_new_term_is_an_option_with_its_help():
    found, help_text = options(DarkConfig, "--dark-weight", "3")
    assert found["dark_weight"] == 3
    assert "weight of how bright the pictures are (default: 0.0)" in help_text
    with pytest.raises(SystemExit):
        options(DarkConfig, "--dark-weight", "-1")


def test_a_new_term_is_in_the_sum_and_costs_nothing_at_weight_0(small_config: ModelConfig):
    config = DarkConfig(stage=1, size=64, d_width=4, dark_weight=3.0, model=small_config)
    sketch, photo = (torch.rand(1, 1, 64, 64) > 0.97).float(), torch.zeros(1, 3, 64, 64)
    networks = Networks(config)
    total, terms = Objective(networks, config)(Batch(sketch, sketch, photo))
    off = replace(config, dark_weight=0.0)
    without, others = Objective(networks, off)(Batch(sketch, sketch, photo))
    assert set(terms) - set(others) == {"dark"}
    assert (total - without).item() == pytest.approx(3 * terms["dark"].item(), rel=1e-3)


def test_a_new_term_is_a_column_of_the_log(small_config: ModelConfig, tmp_path: Path):
    assert build([write_data(tmp_path / "faces")], tmp_path / "pack", 64, 1) == 0
    plain: dict[str, Any] = {"size": 64, "batch": 2, "steps": 25, "d_width": 4, "workers": 0, "model": small_config}
    config = DarkConfig(stage=1, dark_weight=1.0, **plain)
    train_stage(config, Pack(tmp_path / "pack"), tmp_path / "run")
    header = (tmp_path / "run" / "losses.csv").read_text().splitlines()[0].split(",")
    assert header[3:] == ["adv_a", "d_a", "dark", "dfm_a", "rec_a"]


@pytest.mark.parametrize("of", [StageConfig, FinetuneConfig])
def test_every_weight_is_an_option(of: type):
    found, help_text = options(of)
    weights = [name for name in found if name.endswith("_weight")]
    assert {"rec_weight", "perceptual_weight", "parsing_weight", "droplet_weight", "mirror_weight"} <= set(weights)
    assert all(f"--{name.replace('_', '-')} " in help_text for name in weights)


def test_words_of_an_option_that_is_given_twice_are_collected():
    found, _ = options(FinetuneConfig, "--learn", "trunk.regions", "--learn", "sap", "encoder")
    assert found["learn"] == ("trunk.regions", "sap", "encoder")
    assert options(FinetuneConfig)[0]["learn"] == ()
