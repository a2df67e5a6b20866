"""Trust: what the SAP is told about how exactly lines are meant."""

from pathlib import Path

import numpy as np
import pytest
import torch
from face_drawing import draw_face

from dfp import FaceGenerator, SketchError, Trust
from dfp.cli.main import main
from dfp.model.config import ModelConfig
from dfp.model.sap import SpatialAttentionPooling
from dfp.sketch.frame import Frame


@pytest.fixture
def sap(small_config: ModelConfig) -> SpatialAttentionPooling:
    torch.manual_seed(1)
    made = SpatialAttentionPooling(small_config)
    made.initialise()
    return made


def sketch(count: int = 1) -> torch.Tensor:
    return torch.from_numpy(draw_face(64) < 128).float().expand(count, 1, 64, 64)


def test_none_and_zero_leave_the_attention_to_the_sap(sap: SpatialAttentionPooling) -> None:
    alone = sap.attention(sketch())
    assert torch.equal(sap.attention(sketch(), torch.zeros(1, 1, 16, 16)), alone)


def test_trust_moves_the_attention_towards_the_narrow_branches(sap: SpatialAttentionPooling) -> None:
    told = torch.tensor([-1.0, -0.5, 0.0, 0.5, 1.0]).view(5, 1, 1, 1)
    attention = sap.attention(sketch(5), told)
    assert torch.allclose(attention.sum(1), torch.ones(5, 32, 32), atol=1e-5)
    narrow, wide = attention[:, 0], attention[:, -1]
    assert (narrow.diff(dim=0) > 0).all()
    assert (wide.diff(dim=0) < 0).all()


def test_a_map_acts_where_it_is_set(sap: SpatialAttentionPooling) -> None:
    told = torch.zeros(1, 1, 16, 16)
    told[:, :, :, 12:] = 1
    changed = (sap.attention(sketch(), told) - sap.attention(sketch())).abs().amax(1)[0]
    assert changed[:, :22].max() == 0
    assert changed[:, 26:].min() > 0


def test_a_mask_is_cut_to_the_frame_and_is_neutral_outside_the_sketch() -> None:
    mask = np.full((50, 100), 128, np.uint8)
    mask[:, 50:] = 255
    mask[25:, :50] = 1
    whole = Trust(0.0, mask).over(Frame(0, 0, 200, 200), (200, 200))[0]
    assert whole.shape == (16, 16)
    assert np.allclose(whole[:, 9:], 1)
    assert np.allclose(whole[:7, :7], 0)
    assert np.allclose(whole[9:, :7], -1)
    beside = Trust(0.0, mask).over(Frame(200, 0, 200, 200), (200, 200))[0]
    assert np.allclose(beside[:, 1:], 0)
    quarter = Trust(0.0, mask).over(Frame(100, 0, 100, 100), (200, 200))[0]
    assert np.allclose(quarter[:, 1:], 1)
    assert np.allclose(Trust(0.5, mask).over(Frame(0, 0, 200, 200), (200, 200))[0][9:, :7], -0.5)
    assert Trust(0.5, mask).over(Frame(0, 0, 200, 200), (200, 200)).max() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Trust(1.5),
        lambda: Trust(float("nan")),
        lambda: Trust(0.0, np.zeros((3, 3, 3), np.uint8)),
        lambda: Trust(0.0, np.zeros((3, 3), np.float32)),
        lambda: Trust(0.0, np.zeros((0, 3), np.uint8)),
    ],
)
def test_other_values_get_a_sentence(wrong: object) -> None:
    with pytest.raises(SketchError, match=r"must be"):
        wrong()  # pyright: ignore[reportCallIssue]


def test_a_face_follows_trust(small_weights: Path) -> None:
    generator = FaceGenerator.load(small_weights, "cpu", "torch")
    drawing = draw_face(200)
    alone, told, masked = (
        generator.generate(drawing, trust=trust)
        for trust in (Trust(), Trust(1.0), Trust(0.0, np.full((20, 20), 255, np.uint8)))
    )
    assert np.array_equal(alone.image, generator.generate(drawing).image)
    assert told.attention[0].mean() > alone.attention[0].mean()
    assert not np.array_equal(told.image, alone.image)
    assert np.abs(told.attention - masked.attention).max() < 0.05


def test_the_command_takes_trust(small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faces = [tmp_path / "alone.png", tmp_path / "told.png"]
    for face, trust in zip(faces, ("0", "0.8"), strict=True):
        assert main(["generate", "--weights", str(small_weights), "--trust", trust, "-o", str(face)]) == 0
    assert faces[0].read_bytes() != faces[1].read_bytes()
    assert main(["generate", "--weights", str(small_weights), "--trust", "2", "-o", str(faces[0])]) != 0
    assert "Trust must be between" in capsys.readouterr().err
