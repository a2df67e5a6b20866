"""The finder: its sheets, what it is to answer of them, its training, its weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.pack import Pack
from dfp_training.data.sheet_profiles import profile
from dfp_training.data.sheets import sheet
from dfp_training.loop.checkpoint import CheckpointError
from dfp_training.networks.finder import Finder
from dfp_training.networks.small import folded, unfold
from dfp_training.tasks.find import FinderConfig, Truth, finder_of, losses, train_finder, truth_of
from dfp_training.tasks.find_measure import held_out, measured
from safetensors.numpy import load_file as load_weights
from training_data import write_pack

import dfp
from dfp.model.finder import CELLS, INPUTS, RELEASE, SIDE, FinderNetwork, load_finder
from dfp.model.small_network import STRIDE
from dfp.sketch.heads import Spot
from dfp.sketch.reduction import looked_at, reduced

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("finder"))


def test_a_sheet_is_its_number_s_and_its_heads_are_drawn_where_it_says(pack: Path) -> None:
    opened = Pack(pack)
    faces = opened.indices("train")
    made = [sheet(opened, faces, np.random.default_rng(number)) for number in range(60)]
    again = sheet(opened, faces, np.random.default_rng(7))
    assert np.array_equal(made[7].ink, again.ink)
    assert made[7].heads == again.heads
    counts = [len(m.heads) for m in made]
    assert 0 in counts
    assert max(counts) > 2
    bare = [sheet(opened, faces, np.random.default_rng(number), clean=1.0) for number in range(30)]
    alone = [m for m in bare if len(m.heads) == 1]
    for m in alone:
        rows, columns = np.nonzero(m.ink)
        head = m.heads[0]
        assert np.hypot(columns.mean() - head.x, rows.mean() - head.y) < 0.45 * head.side


def test_training_goes_on_from_weights_as_if_nothing_had_been_folded() -> None:
    released = {name: torch.from_numpy(tensor) for name, tensor in load_weights(RELEASE).items()}
    generator = torch.Generator().manual_seed(0)
    inputs = (torch.rand(6, INPUTS, SIDE, SIDE, generator=generator) > 0.95).float()
    finder = Finder().eval()
    unfold(finder, released, inputs)
    wanted = FinderNetwork({name: tensor.numpy() for name, tensor in released.items()})(inputs[0].numpy())
    for mode in (finder.eval(), finder.train()):  # the inputs are the batch on which normalisation was chosen
        with torch.no_grad():
            answer = mode(inputs)[0].numpy()
        assert np.abs(answer - wanted).max() < 1e-2 * np.abs(wanted).max()


def test_weights_of_another_network_are_none_to_go_on_from(pack: Path, tmp_path: Path) -> None:
    config = FinderConfig(batch=2, steps=1, workers=0)
    other = Path(dfp.__file__).parent / "release" / "deepfacepencil.safetensors"
    with pytest.raises(CheckpointError, match="no weights of a finder"):
        train_finder(config, Pack(pack), tmp_path / "run", CPU, other)


def test_profiles_are_drawn_and_are_no_faces() -> None:
    drawn = [profile(np.random.default_rng(number)) for number in range(50)]
    assert not any(drawing.whole for drawing in drawn)
    assert all(len(drawing.lines) > 0 and np.isfinite(np.concatenate(drawing.lines)).all() for drawing in drawn)
    left = [np.concatenate(drawing.lines)[:, 0].mean() for drawing in drawn]
    assert min(left) < 0.5 < max(left)


def test_numpy_calculates_what_torch_does() -> None:
    torch.manual_seed(0)
    finder = Finder()
    for part in finder.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(part.weight)
            torch.nn.init.normal_(part.running_mean)  # pyright: ignore[reportArgumentType]
    torch.nn.init.normal_(finder.last.weight)
    cells = (np.random.default_rng(0).random((INPUTS, SIDE, SIDE)) > 0.9).astype(np.float32)
    wanted = finder.eval()(torch.from_numpy(cells)[None])[0].detach().numpy()
    network = FinderNetwork({name: tensor.numpy() for name, tensor in folded(finder).items()})
    assert np.abs(network(cells) - wanted).max() < 1e-3 * np.abs(wanted).max()


def test_the_truth_is_read_back_as_the_head(pack: Path) -> None:
    opened = Pack(pack)
    made = next(m for m in held_out(opened, 60, 1, 1.0) if len(m.heads) == 1 and m.heads[0].sure)
    head = made.heads[0]
    for view in (reduced(made.ink), looked_at(made.ink, (head.x, head.y), 1.5 * head.side, head.turn)):
        heat, counts, boxes, weights, _ = truth_of(made.heads, view)
        row, column = divmod(int(heat[0].argmax()), CELLS)
        assert heat[0, row, column] == counts.min() == weights[0, row, column] == 1
        across, down, size, sine, cosine = boxes[:, row, column]
        place = view.on_ink((column + 0.5 + across) * STRIDE, (row + 0.5 + down) * STRIDE)
        assert place == pytest.approx((head.x, head.y), abs=0.01)
        assert np.exp(size) * STRIDE * view.scale == pytest.approx(head.side, rel=1e-4)
        turn = np.arctan2(sine, cosine) + view.turn - head.turn
        assert np.cos(turn) == pytest.approx(1, abs=1e-5)


def test_the_right_answer_has_the_least_loss(pack: Path) -> None:
    made = next(m for m in held_out(Pack(pack), 60, 2) if m.heads and m.heads[0].sure)
    truth = Truth(*(torch.from_numpy(part)[None] for part in truth_of(made.heads, reduced(made.ink))))
    right = torch.cat([torch.where(truth.heat == 1, 9.0, -9.0), truth.boxes], 1)
    assert sum(float(term) for term in losses(right, truth).values()) < 0.05
    assert float(losses(right + 1, truth)["size"]) > 0.1


def test_a_run_goes_on_to_the_same_weights_and_writes_what_the_program_reads(pack: Path, tmp_path: Path) -> None:
    config = FinderConfig(batch=2, steps=3, workers=0)
    whole = train_finder(config, Pack(pack), tmp_path / "whole", CPU)
    assert whole is not None
    train_finder(replace(config, steps=3), Pack(pack), tmp_path / "again", CPU)
    for name, tensor in finder_of(tmp_path / "again").state_dict().items():
        assert torch.equal(tensor, whole.state_dict()[name])
    arguments = ["--pack", str(pack), "--run", str(tmp_path / "whole"), "--out", str(tmp_path / "f.safetensors")]
    assert main(["finder", *arguments, "--batch", "2", "--steps", "3", "--workers", "0", "--device", "cpu"]) == 0
    assert (tmp_path / "f.safetensors").stat().st_size < 1_000_000
    assert np.isfinite(load_finder(tmp_path / "f.safetensors")(np.zeros((INPUTS, SIDE, SIDE), np.float32))).all()
    assert main(["finder", *arguments, "--batch", "4", "--steps", "3", "--workers", "0", "--device", "cpu"]) == 1


def test_a_perfect_finder_measures_so_and_a_blind_one_too(pack: Path) -> None:
    sheets = held_out(Pack(pack), 30, 3)
    heads = {m.ink.tobytes(): m.heads for m in sheets}

    def perfect(ink: np.ndarray) -> list[Spot]:
        return [Spot(h.x, h.y, h.side, h.turn, 1.0) for h in heads[ink.tobytes()]]

    best, worst = measured(sheets, perfect), measured(sheets, lambda ink: [Spot(5.0, 5.0, 9.0, 0.0, 1.0)])
    assert best.overlaps.min() > 0.99
    assert (best.false, worst.false) == (0.0, 1.0)
    assert (worst.overlaps >= 0.5).mean() == 0
