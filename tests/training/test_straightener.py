"""The straightener: its crooked drawings, the ways home in them, its training, its weights."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.crooked import Crooked, crooked
from dfp_training.data.pack import Pack
from dfp_training.loop.checkpoint import CheckpointError
from dfp_training.networks.small import folded
from dfp_training.networks.straightener import Straightener
from dfp_training.tasks.straighten import StraightenerConfig, losses, measured, straightener_of, train_straightener
from training_data import write_pack

from dfp.model.straightener import CELLS, RELEASE, SIDE, StraightenerNetwork, load_straightener

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("straightener"))


@pytest.fixture(scope="module")
def pack(folder: Path) -> Pack:
    return Pack(folder)


def drawings(pack: Pack, count: int) -> list[Crooked]:
    faces = pack.indices("train")
    return [crooked(pack, int(faces[number % len(faces)]), np.random.default_rng(number)) for number in range(count)]


def test_a_drawing_is_its_number_s(pack: Pack) -> None:
    for one, other in zip(drawings(pack, 4), drawings(pack, 4), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    for made in drawings(pack, 20):
        assert made.lines.shape == (1, SIDE, SIDE)
        assert made.away.shape == made.bent.shape == (2, CELLS, CELLS)
        assert np.isfinite(made.away).all()
        assert 0 < made.counts.min() < made.counts.max() <= 1


def test_the_ways_home_are_the_bend_s_and_the_hand_s(pack: Pack) -> None:
    """Where many points of lines lie, the mean of their ways home is near the bend's own, and nowhere far from it."""
    made = drawings(pack, 60)
    counted = np.concatenate([(m.away - m.bent)[:, m.counts[0] == 1].ravel() for m in made])
    bends = np.concatenate([m.bent.ravel() for m in made])
    assert bends.std() > 0.02
    assert counted.std() < 0.7 * bends.std()
    alone = [np.abs(m.away - m.bent)[:, m.counts[0] < 0.2].max(initial=0) for m in made]
    assert max(alone) == 0


def test_numpy_calculates_what_torch_does() -> None:
    torch.manual_seed(0)
    network = Straightener()
    torch.nn.init.normal_(network.last.weight)
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(part.weight)
            torch.nn.init.normal_(part.running_mean)  # pyright: ignore[reportArgumentType]
    lines = (np.random.default_rng(0).random((1, SIDE, SIDE)) > 0.9).astype(np.float32)
    wanted = network.eval()(torch.from_numpy(lines)[None])[0].detach().numpy()
    of_numpy = StraightenerNetwork({name: tensor.numpy() for name, tensor in folded(network).items()})
    assert np.abs(of_numpy(lines) - wanted).max() < 1e-3 * np.abs(wanted).max()


def test_the_right_answer_has_no_loss_and_leaves_nothing(pack: Pack) -> None:
    away, counts, bent = (torch.from_numpy(part)[None] for part in drawings(pack, 1)[0][1:])
    assert float(losses(away, [away, counts, bent])["away"]) == 0
    assert float(losses(away + 0.05, [away, counts, bent])["away"]) > 1
    untrained = measured(Straightener(), pack, pack.indices("train"))
    assert untrained.before == untrained.after > 0.01
    assert str(untrained).endswith("100% of it is left")


def test_a_run_learns_goes_on_to_the_same_weights_and_writes_what_the_program_reads(
    folder: Path, pack: Pack, tmp_path: Path
) -> None:
    config = StraightenerConfig(batch=4, steps=4, workers=0)
    whole = train_straightener(config, pack, tmp_path / "whole", CPU)
    assert whole is not None
    train_straightener(config, pack, tmp_path / "again", CPU)
    for name, tensor in straightener_of(tmp_path / "again").state_dict().items():
        assert torch.equal(tensor, whole.state_dict()[name])
    further = train_straightener(config, pack, tmp_path / "further", CPU, tmp_path / "whole")
    assert further is not None
    assert not torch.equal(further.last.weight, whole.last.weight)
    assert train_straightener(config, pack, tmp_path / "released", CPU, RELEASE) is not None
    with pytest.raises(CheckpointError, match="no weights of a straightener"):
        train_straightener(config, pack, tmp_path / "none", CPU, tmp_path / "no.safetensors")
    out = tmp_path / "s.safetensors"
    arguments = ["straightener", "--pack", str(folder), "--run", str(tmp_path / "whole"), "--out", str(out)]
    small = ["--steps", "4", "--workers", "0", "--device", "cpu"]
    assert main([*arguments, *small, "--batch", "4"]) == 0
    lines = cv2.resize(np.eye(16, dtype=np.float32), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)[None]
    assert np.isfinite(load_straightener(out)(lines)).all()
    assert out.stat().st_size < 1_500_000
    assert main([*arguments, *small, "--batch", "5"]) == 1
