"""The measures against cases worked out by hand, and `dfp-train evaluate` from end to end."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from dfp_training.commands.main import main
from dfp_training.data.datasets import DataError
from dfp_training.data.loader import Batch
from dfp_training.data.pack import Pack, build
from dfp_training.metrics import kid, l1, miou
from dfp_training.metrics import lpips as lpips_measure
from dfp_training.metrics.evaluate import Report, evaluate
from dfp_training.metrics.evaluate import TestSet as Faces
from dfp_training.metrics.feature_networks import FeatureNetworks
from dfp_training.metrics.figure import Figure, resamples
from dfp_training.metrics.kid import kernel_statistic, unit_kernels
from dfp_training.metrics.metric import Measured, Metric
from dfp_training.networks import face_parser, lpips, squeezenet
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.lpips import Lpips
from dfp_training.networks.squeezenet import SqueezeNet, perceptual_distance, wanted_of
from training_data import write_data, write_metrics

from dfp.errors import DfpError

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of measuring networks of the real formats with random weights."""
    return write_metrics(tmp_path_factory.mktemp("metrics"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of seven faces, two of them in the val split, and its pack beside it."""
    folder = write_data(tmp_path_factory.mktemp("data") / "faces", 7)
    assert build([folder], folder.parent / "pack", 64, 1) == 0
    return folder


class QuickParser(FaceParser):
    """Tells classes by colour alone, in the time of a test."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        directions = torch.randn(19, 3, 1, 1, generator=torch.Generator().manual_seed(0))
        return F.conv2d(F.avg_pool2d(images, 2), directions)


def quick_networks(metrics: Path) -> FeatureNetworks:
    return FeatureNetworks(SqueezeNet.load(metrics), Lpips.load(metrics), QuickParser(), CPU)


def measure(
    metrics: Path, data: Path, pack: Pack | None = None, offsets: Sequence[float] = (30.0,), **options: object
) -> Report:
    def generate(batch: Batch) -> torch.Tensor:
        return (1 - 2 * F.avg_pool2d(batch.deformed, 5, 1, 2)).expand(-1, 3, -1, -1)

    pack = pack or Pack(data.parent / "pack")
    settings = {"split": "train", "size": 64, "data": [data], **options}
    test = Faces(pack, **settings)  # pyright: ignore[reportArgumentType]
    return evaluate(generate, test, quick_networks(metrics), offsets)


def figure(row: Measured, metric: Metric) -> Figure:
    found = row[metric]
    assert found is not None
    return found


def kernel_distance(one: np.ndarray, two: np.ndarray, counts: tuple[np.ndarray, np.ndarray] | None = None) -> float:
    """KID of two sets of features, their rows counted so often."""
    return kernel_statistic(*unit_kernels(one, two), *(counts or (np.ones(len(one)), np.ones(len(two)))))


def test_two_points_by_hand():
    one, two = np.array([[1.0, 0], [2.0, 0]]), np.array([[0, 1.0], [0, 3.0]])
    # Within a set the unit vectors agree, k = 2^3; across they are at right angles, k = 1: 8 + 8 - 2
    assert kernel_distance(one, two) == pytest.approx(14)


def test_one_distribution_is_at_zero_and_a_shift_is_seen():
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(400, 8)), rng.normal(size=(400, 8))
    around_zero = kernel_distance(one, two)
    error = np.std([kernel_distance(one, two, (w, v)) for w, v in resamples(len(one), len(two), draws=30)])
    assert abs(around_zero) < 3 * error
    shifted = [kernel_distance(one, two + by) for by in (0.3, 0.6)]
    assert around_zero < shifted[0] < shifted[1]


def test_the_order_of_faces_does_not_matter():
    rng = np.random.default_rng(1)
    one, two = rng.normal(size=(50, 4)), rng.normal(size=(60, 4))
    assert kernel_distance(one[::-1], rng.permutation(two)) == pytest.approx(kernel_distance(one, two), rel=1e-9)


def test_features_have_the_networks_shape_and_a_missing_file_its_sentence(tmp_path: Path):
    assert SqueezeNet()(torch.zeros(2, 3, 64, 64)).shape == (2, 512)
    with pytest.raises(DfpError, match="cannot be read"):
        SqueezeNet.load(tmp_path)


def test_the_perceptual_distance_is_zero_for_the_same_picture_and_reaches_the_generator():
    torch.manual_seed(0)
    network = SqueezeNet()
    photo = torch.rand(1, 3, 64, 64) * 2 - 1
    assert perceptual_distance(network, photo, wanted_of(network, photo, 0.1)).item() == pytest.approx(0, abs=1e-5)
    image = (-photo).requires_grad_(True)
    distance = perceptual_distance(network, image, wanted_of(network, photo, 0.1))
    assert distance > perceptual_distance(network, image, wanted_of(network, photo, 1.0)) > 0
    distance.backward()
    assert image.grad is not None
    assert image.grad.abs().sum() > 0


def test_the_spread_of_a_mean_is_its_standard_error():
    values = np.random.default_rng(2).normal(size=400)
    assert np.std([n @ values / n.sum() for (n,) in resamples(400)]) == pytest.approx(values.std() / 20, rel=0.3)


def test_lpips_is_zero_for_the_same_picture_and_grows_with_blur(metrics: Path):
    network, distance = SqueezeNet.load(metrics), Lpips.load(metrics)
    photo = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        maps = network.maps(photo)
        assert distance(maps, maps).tolist() == [0, 0]
        blurred = [distance(network.maps(F.avg_pool2d(photo, k, 1, k // 2)), maps) for k in (3, 5, 9)]
    assert (blurred[0] > 0).all()
    assert (blurred[0] < blurred[1]).all()
    assert (blurred[1] < blurred[2]).all()


def test_lpips_by_hand():
    distance = Lpips([torch.full((1, 2, 1, 1), 0.5)] * len(lpips.LAYERS))
    one, two = torch.zeros(2, 1, 2, 3, 3)
    one[:, 0], two[:, 1] = 4, 9
    # Unit vectors at right angles: (1 + 1) / 2 at every place of seven layers
    assert distance([one] * 9, [two] * 9).item() == pytest.approx(7)


def test_measuring_networks_of_another_kind_have_their_sentence(metrics: Path, tmp_path: Path):
    with pytest.raises(DfpError, match="cannot be read"):
        Lpips.load(tmp_path)
    (tmp_path / lpips.FILE).write_bytes((metrics / squeezenet.FILE).read_bytes())
    with pytest.raises(DfpError, match="cannot be read"):
        Lpips.load(tmp_path)
    torch.save({f"lin{i}.model.1.weight": torch.rand(1, 8, 1, 1) for i in range(7)}, tmp_path / lpips.FILE)
    with pytest.raises(DfpError, match="another network"):
        Lpips.load(tmp_path)
    (tmp_path / face_parser.FILE).write_bytes((metrics / squeezenet.FILE).read_bytes())
    with pytest.raises(DfpError, match="cannot be read"):
        FaceParser.load(tmp_path)


def test_the_photos_themselves_are_at_zero(metrics: Path, data: Path):
    pack = Pack(data.parent / "pack")
    photos = iter([np.stack([pack.photo(i) for i in pack.indices("train")])] * 2)

    def cheat(_: Batch) -> torch.Tensor:
        return torch.from_numpy(next(photos)).permute(0, 3, 1, 2) / 127.5 - 1

    report = evaluate(cheat, Faces(pack, "train", 64), quick_networks(metrics), [0, 30])
    assert report.photos is None
    for row in report.rows:
        assert figure(row, miou.METRIC).value == 1  # with what is seen in the photos
        assert figure(row, lpips_measure.METRIC).value == pytest.approx(0, abs=1e-9)
        assert figure(row, l1.METRIC).value == pytest.approx(0, abs=1e-9)
        # The unbiased estimate leaves out each face's likeness to itself within a set, but not across
        assert figure(row, kid.METRIC).value <= 0


def test_the_same_seed_gives_the_same_figures_and_another_does_not(metrics: Path, data: Path):
    one, two, other = (measure(metrics, data, offsets=[0, 30], seed=seed) for seed in (7, 7, 8))
    for a, b, c in zip(one.rows, two.rows, other.rows, strict=True):
        for name in ("kid", "lpips", "l1"):
            assert a.figures[name].value == pytest.approx(b.figures[name].value, abs=1e-6)
            assert a.figures[name].spread == pytest.approx(b.figures[name].spread, abs=1e-6)
        assert a.figures["miou"] == b.figures["miou"]
        assert (a.figures["lpips"] != c.figures["lpips"]) == (a.d > 0)
    assert one.photos is not None


def test_the_order_of_files_does_not_matter(metrics: Path, data: Path):
    turned = Pack(data.parent / "pack")
    place = [3, 1, 0, 5, 2, 4, 6]
    whole = Pack(data.parent / "pack")
    turned.names, turned.splits = [whole.names[i] for i in place], [whole.splits[i] for i in place]
    turned.photo = lambda index: whole.photo(place[index])  # pyright: ignore[reportAttributeAccessIssue]
    turned.labels = lambda index: whole.labels(place[index])  # pyright: ignore[reportAttributeAccessIssue]
    turned.strokes = lambda index: whole.strokes(place[index])  # pyright: ignore[reportAttributeAccessIssue]
    for a, b in zip(measure(metrics, data).rows, measure(metrics, data, turned).rows, strict=True):
        assert a.figures["kid"].value == pytest.approx(b.figures["kid"].value, abs=1e-6)
        assert a.figures["miou"].value == b.figures["miou"].value
        assert a.figures["lpips"].value == pytest.approx(b.figures["lpips"].value, abs=1e-6)


def test_too_few_faces_and_a_pack_of_another_size_have_their_sentences(metrics: Path, data: Path):
    assert measure(metrics, data, limit=4).faces == 4
    with pytest.raises(DataError, match="There are 2 faces to measure on in the val split, 4 are needed"):
        measure(metrics, data, split="val")
    with pytest.raises(DataError, match="3 faces to measure on"):
        measure(metrics, data, limit=3)
    with pytest.raises(DataError, match="64 px wide, the model makes 48 px"):
        measure(metrics, data, size=48)


def test_the_command_prints_a_table_and_writes_its_figures(
    metrics: Path, data: Path, small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    command = ["evaluate", "--weights", str(small_weights), "--pack", str(data.parent / "pack"), "--split", "train"]
    command += ["--metrics", str(metrics), "--offsets", "11", "--device", "cpu", "--limit", "4"]
    assert main([*command, "--data", str(data), "--classes", "--json", str(tmp_path / "figures.json")]) == 0
    printed = capsys.readouterr().out
    assert "train split, 4 faces" in printed
    assert "against the label maps" in printed
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["faces"] == 4
    assert figures["rows"][0]["miou"]["classes"]["hair"] is not None
    assert figures["photos"]["miou"]["classes"]["cloth"] is None or figures["photos"]["miou"]["classes"]["cloth"] == 0
    assert main(command) == 0
    assert "--data compares" in capsys.readouterr().out
    assert main([*command, "--json", str(tmp_path / "no" / "figures.json")]) == 1
    assert "figures could not be written" in capsys.readouterr().err
