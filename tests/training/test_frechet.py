"""Fréchet distance, IS and the bootstrap against closed forms; Inception's graph by its known numbers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.metrics.figure import resamples
from dfp_training.metrics.frechet import frechet_distance
from dfp_training.metrics.kid import kernel_statistic, unit_kernels
from dfp_training.metrics.metric import Measured, measured
from dfp_training.metrics.registry import METRICS
from dfp_training.networks.inception import BlockE, Inception, _average, inception_score
from safetensors.torch import save_file

from dfp.errors import DfpError


def whitened(count: int, width: int) -> np.ndarray:
    """Rows whose mean is exactly 0 and whose covariance is exactly 1."""
    x = np.random.default_rng(0).normal(size=(count, width))
    x -= x.mean(0)
    return x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / (count - 1))).T


@pytest.mark.parametrize(("count", "width"), [(40, 6), (6, 5)])
def test_the_frechet_distance_of_gaussians_is_its_closed_form(count: int, width: int):
    x = whitened(count, width)
    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-9)
    shift = np.arange(width)
    assert frechet_distance(x, x + shift) == pytest.approx(shift @ shift)
    # N(0, 1) and N(0, s^2) are (1 - s)^2 apart in each direction.
    scales = np.linspace(0.5, 3, width)
    assert frechet_distance(x, x * scales) == pytest.approx(((1 - scales) ** 2).sum())


def test_both_ways_to_the_trace_agree():
    rng = np.random.default_rng(1)
    one, two = rng.normal(size=(12, 5)) @ rng.normal(size=(5, 5)), rng.normal(size=(15, 5)) + 1
    wide = [np.pad(f, ((0, 0), (0, 20))) for f in (one, two)]  # more features than rows, the added ones empty
    assert frechet_distance(one, two) == pytest.approx(frechet_distance(wide[0], wide[1]))


def test_counts_are_copies_and_kid_does_not_compare_a_face_with_its_own():
    rng = np.random.default_rng(2)
    one, two = rng.normal(size=(8, 3)), rng.normal(size=(9, 3))
    counts = np.arange(8) % 3, np.arange(9) % 4
    copies = [np.repeat(f, n, 0) for f, n in zip((one, two), counts, strict=True)]
    weighted = frechet_distance(one, two, (counts[0].astype(float), counts[1].astype(float)))
    assert weighted == pytest.approx(frechet_distance(copies[0], copies[1]))
    # Two different points twice each: within a set only the pair of different ones counts.
    points = np.array([[1.0, 0], [0, 1.0]])
    twice, once = np.array([2.0, 2]), np.array([1.0, 1])
    assert kernel_statistic(*unit_kernels(points, points), twice, once) == pytest.approx(2 * 1 - 2 * 4.5)


def test_draws_are_decided_by_the_seed_and_say_something_of_a_set():
    first, again = resamples(4, 5, seed=3), resamples(4, 5, seed=3)
    assert all(
        np.array_equal(a, b) for one, two in zip(first, again, strict=True) for a, b in zip(one, two, strict=True)
    )
    assert all(n.sum() == len(n) and (n > 0).sum() > 1 for draw in first for n in draw)


def test_the_inception_score_of_known_answers():
    assert inception_score(np.full((6, 10), 0.1)) == pytest.approx(1)
    assert inception_score(np.eye(5)) == pytest.approx(5)


def test_order_does_not_matter_and_the_same_seed_gives_the_same_figures():
    rng = np.random.default_rng(4)
    both = rng.integers(0, 50, (12, 19))
    photos = {"features": rng.normal(size=(12, 6)), "overlap": np.stack([both, both], 1)}
    photos |= {"lpips": np.zeros(12), "l1": np.zeros(12), "probabilities": rng.dirichlet(np.ones(7), 12)}
    made = {"features": rng.normal(size=(12, 6)), "overlap": np.stack([both, both + 9], 1)}
    made |= {"lpips": rng.random(12), "l1": rng.random(12), "probabilities": rng.dirichlet(np.ones(7), 12)}
    one, two = (measured(5, made, photos, METRICS) for _ in range(2))
    order = rng.permutation(12)
    turned = measured(5, {name: rows[order] for name, rows in made.items()}, photos, METRICS)
    assert list(one.figures) == ["kid", "miou", "lpips", "l1", "frechet", "score"]  # no embeddings, no features for FID
    for name, figure in one.figures.items():
        assert figure == two.figures[name]
        assert turned.figures[name].value == pytest.approx(figure.value, abs=1e-6)


def test_people_are_compared_one_by_one_and_as_a_crowd():
    rng = np.random.default_rng(6)

    def crowd() -> np.ndarray:
        return (lambda rows: rows / np.linalg.norm(rows, axis=1, keepdims=True))(rng.normal(size=(200, 16)))

    def row(made: np.ndarray) -> Measured:
        return measured(0, {"embeddings": made}, {"embeddings": people}, METRICS)

    people = crowd()
    same, others, twins = row(people), row(crowd()), row(np.repeat(crowd()[:1], 200, 0))
    assert same.figures["identity"].value == pytest.approx(0, abs=1e-6)
    assert others.figures["identity"].value > 0.9
    crowded = others.figures["identity_kid"]
    assert abs(crowded.value) < 3 * crowded.spread  # other people, but as different as these
    assert twins.figures["identity_kid"].value > 1000
    assert not measured(0, {"embeddings": people}, {}, METRICS).figures


def test_models_are_compared_on_the_same_faces():
    rng = np.random.default_rng(5)
    hard = rng.random(60)  # some faces are hard for every model
    features = rng.normal(size=(60, 6))
    noise = rng.normal(size=60)
    photos = {"features": rng.normal(size=(60, 6)), "lpips": np.zeros(60), "l1": np.zeros(60)}
    one = {"features": features, "lpips": hard, "l1": hard}
    two = {"features": features, "lpips": hard + 0.01, "l1": hard + noise}
    rows = [measured(5, made, photos, METRICS) for made in (one, two)]
    apart = rows[1].minus(rows[0]).figures
    assert apart["lpips"].value == pytest.approx(0.01)
    assert apart["lpips"].half < 1e-9 < rows[0].figures["lpips"].half
    assert (apart["kid"].value, apart["kid"].half) == (0, 0)
    # The spread of independent differences is that of their mean.
    assert apart["l1"].spread == pytest.approx(noise.std() / 60**0.5, rel=0.3)
    assert set(apart) == {"kid", "lpips", "l1", "frechet"}


def test_inception_has_the_known_number_of_parameters_and_its_own_poolings(tmp_path: Path):
    network = Inception()
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in network.named_children()}
    assert sum(counts.values()) - counts["fc"] == 21_785_568  # torchvision's, without its classifiers
    assert network.fc.weight.shape == (1008, 2048)
    # Padding is left out of the average: what is constant stays so up to the edge.
    assert torch.equal(_average(torch.ones(1, 1, 4, 4)), torch.ones(1, 1, 4, 4))
    assert [network.Mixed_7b.maximum, network.Mixed_7c.maximum] == [False, True]
    assert isinstance(network.Mixed_7c, BlockE)
    old = {k: t for k, t in network.state_dict().items() if not k.endswith("num_batches_tracked")}
    torch.save(old, tmp_path / "inception.pth")
    features, probabilities = Inception.load(tmp_path / "inception.pth")(torch.zeros(1, 3, 64, 64))
    assert features.shape == (1, 2048)
    assert probabilities.sum().item() == pytest.approx(1, abs=1e-5)


def test_files_that_are_no_inception_have_their_sentence(tmp_path: Path):
    with pytest.raises(DfpError, match="cannot be read"):
        Inception.load(tmp_path / "missing.pth")
    (tmp_path / "torn.pth").write_bytes(b"no weights")
    with pytest.raises(DfpError, match="cannot be read"):
        Inception.load(tmp_path / "torn.pth")
    save_file({"fc.weight": torch.zeros(1000, 2048)}, tmp_path / "other.safetensors")
    with pytest.raises(DfpError, match="another network"):
        Inception.load(tmp_path / "other.safetensors")
