"""Weights files: what is written comes back, and every wrong file gets a sentence."""

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dfp.errors import WeightsError
from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator


def test_round_trip_keeps_configuration_and_half_precision(tmp_path: Path, small_config: ModelConfig):
    generator = MainGenerator(small_config)
    weights.save(tmp_path / "w.safetensors", generator, small_config, {"step": "7"})
    again, config = weights.load(tmp_path / "w.safetensors")
    assert config == small_config
    for name, tensor in generator.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor.half().float())
    assert [p.name for p in tmp_path.iterdir()] == ["w.safetensors"]


def test_checksum_names_the_file(small_weights: Path, tmp_path: Path):
    content = bytearray(small_weights.read_bytes())
    content[-1] ^= 1
    (tmp_path / "other.safetensors").write_bytes(content)
    assert len(weights.checksum(small_weights)) == 16
    assert weights.checksum(tmp_path / "other.safetensors") != weights.checksum(small_weights)


def rewritten(source: Path, target: Path, change) -> Path:
    """Copy a weights file with its tensors and header changed by `change(tensors, header)`."""
    from safetensors import safe_open

    tensors = load_file(source)
    with safe_open(source, framework="pt") as file:
        header = dict(file.metadata())
    change(tensors, header)
    save_file(tensors, target, metadata=header)
    return target


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t, h: h.update(format="somebody-else"), "of another network"),
        (lambda t, h: h.pop("format"), "of another network"),
        (lambda t, h: h.update(config="{}"), "do not fit"),
        (lambda t, h: h.update(config="no json"), "do not fit"),
        (lambda t, h: t.pop(next(iter(t))), "do not fit"),
        (lambda t, h: h.update(config=json.dumps(ModelConfig(width=12).to_dict())), "do not fit"),
        (lambda t, h: next(iter(t.values())).fill_(float("nan")), "not finite"),
    ],
)
def test_wrong_weights_get_one_sentence(small_weights: Path, tmp_path: Path, change, says: str):
    path = rewritten(small_weights, tmp_path / "wrong.safetensors", change)
    with pytest.raises(WeightsError, match=says):
        weights.load(path)


def test_truncated_missing_and_foreign_files(small_weights: Path, tmp_path: Path):
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(small_weights.read_bytes()[:5000])
    with pytest.raises(WeightsError, match="damaged"):
        weights.load(torn)
    (tmp_path / "text.safetensors").write_text("no weights")
    with pytest.raises(WeightsError, match="damaged"):
        weights.load(tmp_path / "text.safetensors")
    with pytest.raises(WeightsError, match="no weights file"):
        weights.load(tmp_path / "nowhere.safetensors")


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path, small_config: ModelConfig):
    (tmp_path / "file").write_text("x")
    with pytest.raises(WeightsError, match="could not be written"):
        weights.save(tmp_path / "file" / "w.safetensors", MainGenerator(small_config), small_config)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_weights_have_the_permissions_that_umask_says(small_weights: Path, tmp_path: Path) -> None:
    generator, config = weights.load(small_weights)
    before = os.umask(0o027)
    try:
        weights.save(tmp_path / "new.safetensors", generator, config)
    finally:
        os.umask(before)
    assert (tmp_path / "new.safetensors").stat().st_mode & 0o777 == 0o640
