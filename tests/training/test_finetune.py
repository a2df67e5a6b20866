"""G_m alone after stage 3: what judges it, what moves, and how a run starts, goes on and is exported."""

from pathlib import Path
from typing import Any

import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.loader import Batch
from dfp_training.data.pack import build
from dfp_training.loop import checkpoint
from dfp_training.losses.objective import held
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.projected import ProjectedDiscriminator, hinge_d, hinge_g, judged_layers, scales_of
from dfp_training.networks.squeezenet import SqueezeNet, distance_of, perceptual_distance, wanted_in, wanted_of
from dfp_training.tasks.finetune import LR_SCALE, FinetuneNetworks, finetune_model
from dfp_training.tasks.finetune_config import FinetuneConfig
from dfp_training.tasks.finetune_objective import FinetuneObjective
from dfp_training.tasks.loss_networks import LossNetworks
from dfp_training.tasks.views import LUMA, MIDDLE, colours, light, middle
from torch import Tensor
from training_data import write_data, write_efficientnet, write_metrics, write_person

import dfp
from dfp.errors import DfpError
from dfp.model.config import ModelConfig
from dfp.model.networks import Generated

SIDE = 128


def drawn(*shape: int, seed: int = 3) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def lines(count: int = 2) -> Tensor:
    return (drawn(count, 1, SIDE, SIDE) > 0.9).float()


def test_the_distance_in_features_is_that_of_softened_directions():
    photos = [drawn(2, 6, 5, 5, seed=1).relu() * 40, drawn(2, 9, 3, 3, seed=2)]
    maps = [drawn(2, 6, 5, 5, seed=4).relu() * 30, drawn(2, 9, 3, 3, seed=5)]
    norm_eps = 0.3
    terms = []
    for p, m in zip(photos, maps, strict=True):
        k = norm_eps * p.norm(dim=1).mean()
        terms.append((p / (p.norm(dim=1, keepdim=True) + k) - m / (m.norm(dim=1, keepdim=True) + k)).square().sum(1))
    expected = sum(t.mean() / 2 for t in terms) / 2
    assert distance_of(maps, wanted_in(photos, norm_eps)).item() == pytest.approx(float(expected), rel=1e-5)
    network, pictures = SqueezeNet(), drawn(2, 3, SIDE, SIDE)
    wanted = wanted_of(network, pictures, 0.02)
    assert perceptual_distance(network, pictures, wanted).item() == pytest.approx(0, abs=1e-6)
    assert perceptual_distance(network, drawn(2, 3, SIDE, SIDE, seed=9), wanted) > 0.01


def features_of(pictures: Tensor) -> list[Tensor]:
    torch.manual_seed(2)
    with torch.no_grad():
        return judged_layers(SqueezeNet().maps(pictures))


def test_every_layer_is_judged_at_its_places_whatever_size_features_have():
    d, sketch = ProjectedDiscriminator(8), lines()
    features = features_of(drawn(2, 3, SIDE, SIDE))
    scores = d(sketch, d.mixed(features, scales_of(features)))
    assert [score.shape[1:] for score in scores] == [(1, 15, 15), (1, 7, 7), (1, 3, 3), (1, 1, 1)]
    larger = [50 * f for f in features]
    for score, other in zip(scores, d(sketch, d.mixed(larger, scales_of(larger))), strict=True):
        torch.testing.assert_close(score, other, rtol=1e-2, atol=1e-3)  # the norm of weights is estimated anew
    assert any(
        not torch.allclose(a, b)
        for a, b in zip(scores, d(1 - sketch, d.mixed(features, scales_of(features))), strict=True)
    )


def test_features_see_light_and_one_term_colours(small_config: ModelConfig):
    photo, image = drawn(2, 3, SIDE, SIDE, seed=1), drawn(2, 3, SIDE, SIDE, seed=2)
    grey = light(image)
    assert (grey == grey[:, :1]).all()
    torch.testing.assert_close(light(grey), grey)
    torch.testing.assert_close(grey + colours(image), image)
    assert light(torch.eye(3).view(3, 3, 1, 1))[:, 0].flatten().tolist() == pytest.approx(LUMA)
    # The same light in other colours: only the terms that are there for them notice.
    tinted = image + 0.3 * torch.tensor([1 / LUMA[0], -1 / LUMA[1], 0]).view(1, 3, 1, 1)
    objective, networks = objective_of(FinetuneConfig(size=SIDE, d_width=4, model=small_config))
    objective.eval()  # a weight's norm is estimated anew in each step of training
    found = []
    for made in (image, tinted):
        drawing = Generated(torch.cat([made, made[:1]]), [], None)
        hook = networks.m.register_forward_hook(lambda *_, drawing=drawing: drawing)
        found.append(objective(Batch(lines(), lines(), photo))[1])
        hook.remove()
    changed = {name for name in found[0] if not torch.allclose(found[0][name], found[1][name], rtol=1e-3, atol=1e-5)}
    assert changed - {"parsing"} == {"rec", "colour"}


def test_the_hinge_leaves_scores_beyond_one_alone():
    far, near = [torch.full((1, 1, 2, 2), 3.0)], [torch.full((1, 1, 2, 2), -0.5)]
    assert hinge_d(far, [-far[0]]) == 0
    assert hinge_d(near, near) == 1.5 + 0.5
    assert hinge_g(near) == 0.5


def test_it_learns_to_tell_photos_from_pictures():
    torch.manual_seed(1)
    d, sketch = ProjectedDiscriminator(8), lines()
    real, fake = features_of(drawn(2, 3, SIDE, SIDE)), features_of(0.3 * drawn(2, 3, SIDE, SIDE, seed=6))
    scales, mixing = scales_of(real), {k: b.clone() for k, b in d.named_buffers() if k.startswith(("mix", "down"))}
    adam, found = torch.optim.Adam(d.parameters(), 2e-3), []
    for _ in range(60):
        found.append(hinge_d(d(sketch, d.mixed(real, scales)), d(sketch, d.mixed(fake, scales))))
        adam.zero_grad()
        found[-1].backward()
        adam.step()
    assert found[-1] < 0.5 * found[0]
    assert all(torch.equal(d.get_buffer(name), before) for name, before in mixing.items())


def test_the_middle_is_where_eyes_and_mouths_are_enlarged():
    top, left, side = (round(share * 256) for share in MIDDLE)
    for spot, seen in (((120, 100), True), ((175, 128), True), ((60, 128), False), ((128, 30), False)):
        picture = torch.zeros(1, 3, 256, 256)
        picture[..., spot[0], spot[1]] = 1
        view = middle(picture)
        assert view.shape == (1, 3, 2 * side, 2 * side)
        assert (view.sum() > 0) == seen
        if seen:
            row, column = divmod(int(view[0, 0].argmax()), 2 * side)
            assert (row // 2, column // 2) == (spot[0] - top, spot[1] - left)
    assert set(middle(lines()).unique().tolist()) == {0, 1}


def objective_of(config: FinetuneConfig) -> tuple[FinetuneObjective, FinetuneNetworks]:
    torch.manual_seed(5)
    model = finetune_model(config, LossNetworks(perceptual=SqueezeNet(), parsing=FaceParser().eval()))
    assert isinstance(model.networks, FinetuneNetworks)
    assert isinstance(model.objective, FinetuneObjective)
    return model.objective, model.networks


def test_each_side_is_pulled_by_its_own_terms(small_config: ModelConfig):
    objective, networks = objective_of(FinetuneConfig(size=SIDE, d_width=4, model=small_config))
    _, terms = objective(Batch(lines(), lines(), drawn(2, 3, SIDE, SIDE)))
    assert set(terms) == {"rec", "colour", "mirror", "droplet", "parsing"} | {
        f"{kind}_{view}" for kind in ("d", "projected", "perceptual") for view in ("whole", "middle")
    }

    def moved_by(name: str) -> set[str]:
        networks.zero_grad()
        terms[name].backward(retain_graph=True)
        return {n.split(".")[0] for n, p in networks.named_parameters() if p.grad is not None and p.grad.any()}

    for name in terms:
        if terms[name].requires_grad and terms[name] > 0:
            assert moved_by(name) == {"discriminator" if name.startswith("d_") else "generators"}, name
    with held(networks.discriminator):
        assert not any(p.requires_grad for p in networks.discriminator.parameters())


VIEWED = {"perceptual", "projected"}


def test_weights_weigh_two_views_share_them_and_what_weighs_nothing_is_not_calculated(small_config: ModelConfig):
    batch = Batch(lines(), lines(), drawn(2, 3, SIDE, SIDE))
    names = ("rec", "colour", "perceptual", "projected", "parsing", "mirror", "droplet")
    none: dict[str, Any] = {f"{name}_weight": 0.0 for name in names}
    every = objective_of(FinetuneConfig(size=SIDE, d_width=4, model=small_config))[0](batch)[1]
    for name in names:
        config = FinetuneConfig(size=SIDE, d_width=4, model=small_config, **{**none, f"{name}_weight": 2.0})
        objective, networks = objective_of(config)
        total, terms = objective(batch)
        own = [f"{name}_whole", f"{name}_middle"] if name in VIEWED else [name]
        of_d = ["d_whole", "d_middle"] if name == "projected" else []
        assert list(terms) == (own if not of_d else ["d_whole", "projected_whole", "d_middle", "projected_middle"])
        assert bool(of_d) == ("whole" in networks.discriminator)
        share = 2 / len(own)
        # The droplets of mirrored sketches count where these are drawn.
        known = {n: float(term.detach()) for n, term in (terms if name == "droplet" else every).items()}
        expected = sum(share * known[n] for n in own) + sum(known[n] for n in of_d)
        assert total.item() == pytest.approx(expected, rel=1e-3, abs=1e-4), name
    with pytest.raises(DfpError, match="Every term of the loss has weight 0"):
        objective_of(FinetuneConfig(size=SIDE, d_width=4, model=small_config, **none))


SMALL = ["--size", str(SIDE), "--width", "8", "--max-width", "16", "--workers", "0", "--device", "cpu"]
STAGE = [*SMALL, "--batch", "2", "--d-width", "4"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack, networks to measure with, and a run of every stage."""
    folder = tmp_path_factory.mktemp("finetune")
    assert build([write_data(folder / "faces")], folder / "pack", SIDE, 1) == 0
    write_metrics(folder / "metrics")
    pack = ["--pack", str(folder / "pack")]
    assert main(["classifier", *pack, *SMALL, "--run", str(folder / "c"), "--steps", "2"]) == 0
    for stage, more in ((1, []), (2, ["--classifier", str(folder / "c")]), (3, [])):
        before = ["--before", str(folder / f"s{stage - 1}")] if stage > 1 else []
        run = ["--run", str(folder / f"s{stage}"), "--steps", "2"]
        assert main([f"stage{stage}", *pack, *STAGE, *run, *before, *more]) == 0
    return folder


def finetune(root: Path, run: str, before: str, *more: str) -> list[str]:
    places = ["--pack", str(root / "pack"), "--run", str(root / run), "--before", str(root / before)]
    return ["finetune", *places, "--metrics", str(root / "metrics"), *STAGE, *more]


def generators(root: Path, run: str) -> dict[str, Tensor]:
    return checkpoint.read(root / run / "checkpoint.pt")["generators"]


def test_a_run_goes_on_from_stage_3_and_moves_all_but_the_classifier(root: Path):
    assert main(finetune(root, "p", "s3", "--steps", "2", "--ema", "0.5")) == 0
    before, after = generators(root, "s3"), generators(root, "p")
    assert set(after) == {name for name in before if name.startswith("m.")}
    for name, tensor in after.items():
        still = name.startswith("m.sap.classifier.")
        assert torch.equal(tensor, before[name]) == still or not tensor.any(), name
    assert (root / "p" / "sheet_0000002.png").is_file()


def test_the_last_convolution_takes_small_steps(root: Path):
    assert main(finetune(root, "slow", "s3", "--steps", "1", "--lr", "1e-3")) == 0
    before, after = generators(root, "s3"), generators(root, "slow")
    moved = {name: float((after[name] - before[name]).abs().max()) for name in after}
    last = max((n for n in moved if n.startswith("m.trunk.decoder.")), key=lambda n: int(n.split(".")[3]))
    assert after[last.replace("bias", "weight")].shape[0] == 3
    for name, step in moved.items():
        if name.startswith(last.rsplit(".", 1)[0]):
            assert 0 < step < 1.1 * LR_SCALE * 1e-3, name
    assert max(moved.values()) > 0.5e-3


def test_a_stopped_run_goes_on_to_the_same_bits(root: Path):
    recipe = ["--steps", "4", "--save-every", "1", "--told", "0.5"]
    assert main(finetune(root, "unbroken", "s3", *recipe)) == 0
    assert main(finetune(root, "broken", "s3", *recipe, "--minutes", "1e-9")) == 0
    assert checkpoint.read(root / "broken" / "checkpoint.pt")["step"] < 4
    assert main(finetune(root, "broken", "s3", *recipe)) == 0
    whole, broken = (checkpoint.read(root / run / "checkpoint.pt") for run in ("unbroken", "broken"))
    for kind in ("generators", "discriminator"):
        assert all(torch.equal(whole[kind][k], broken[kind][k]) for k in whole[kind]), kind


OURS = ["--codes", "8", "--skips", "--details", "1", "0", "1", "0", "--trusting", "--regions"]
LOOKING = ["--deep-features", "--likeness-weight", "2", "--lines", "1", "--pens", "0.5"]


def test_a_larger_model_is_told_colours_and_asked_who_it_draws(root: Path, capsys: pytest.CaptureFixture[str]):
    write_efficientnet(root / "metrics")
    write_person(root / "metrics")
    recipe = [*OURS, *LOOKING, "--steps", "4", "--save-every", "1"]
    assert main(finetune(root, "told", "s3", *recipe)) == 0
    before, after = generators(root, "s3"), generators(root, "told")
    ours = {name for name in after if name not in before}
    assert {name.split(".")[2] for name in ours} == {
        "appearance",
        "styles",
        "paints",
        "skips",
        "details",
        "regions",
        "blocks",
        "from_flat",
    }
    changes = [after[name].any() for name in ours if name.endswith("change.weight")]
    assert all(changes), "colours reach every normalisation"
    assert main(finetune(root, "told_broken", "s3", *recipe, "--minutes", "1e-9")) == 0
    assert main(finetune(root, "told_broken", "s3", *recipe)) == 0
    for kind in ("generators", "discriminator"):
        whole, broken = (checkpoint.read(root / run / "checkpoint.pt")[kind] for run in ("told", "told_broken"))
        assert all(torch.equal(whole[k], broken[k]) for k in whole), kind
    out = root / "told.safetensors"
    assert main(["export", str(root / "told"), "--out", str(out)]) == 1
    assert "with --pack whose palettes" in capsys.readouterr().err
    assert main(["export", str(root / "told"), "--out", str(out), "--pack", str(root / "pack")]) == 1
    assert "no palettes" in capsys.readouterr().err
    assert main(finetune(root, "smaller", "told", "--steps", "1", "--codes", "4")) == 1
    assert "another codes: codes 8" in capsys.readouterr().err
    # What the start file says need not be said again.
    assert main(finetune(root, "same", "told", "--steps", "1")) == 0
    assert set(generators(root, "same")) == set(after)


def test_only_what_is_told_to_learns(root: Path, capsys: pytest.CaptureFixture[str]):
    assert main(finetune(root, "known", "s3", *OURS, "--steps", "1")) == 0
    names = ("rec", "colour", "perceptual", "projected", "parsing", "mirror", "droplet")
    none = [word for name in names for word in (f"--{name}-weight", "0")]
    places = ["--pack", str(root / "pack"), "--before", str(root / "known")]
    alone = ["finetune", *places, *STAGE, *none, "--regions-weight", "2", "--learn", "trunk.regions", "--steps", "25"]
    assert main([*alone, "--run", str(root / "regions")]) == 0  # and needs no networks to look with
    before, after = generators(root, "known"), generators(root, "regions")
    moved = {name for name in after if not torch.equal(before[name], after[name])}
    assert moved
    assert all(name.startswith("m.trunk.regions.") for name in moved)
    header = (root / "regions" / "losses.csv").read_text().splitlines()[0].split(",")
    assert header[3:] == ["regions"]
    assert main([*alone, "--run", str(root / "x"), "--learn", "trunk.nose"]) == 1
    assert "Nothing that can learn in G_m begins with trunk.nose" in capsys.readouterr().err
    assert main([*alone, "--run", str(root / "x"), "--rec-weight", "1", "--parsing-weight", "1"]) == 1
    assert "The term parsing needs --metrics" in capsys.readouterr().err


def test_it_is_exported_and_finetuned_further(root: Path):
    assert main(finetune(root, "first", "s3", "--steps", "1")) == 0
    out = root / "finetuned.safetensors"
    assert main(["export", str(root / "first"), "--out", str(out)]) == 0
    assert dfp.FaceGenerator.load(out, device="cpu", runtime="torch").config.size == SIDE
    for run, before in (("again", "finetuned.safetensors"), ("on", "first")):
        assert main(finetune(root, run, before, "--steps", "1", "--lr", "0")) == 0
        for name, tensor in generators(root, run).items():
            torch.testing.assert_close(tensor, generators(root, "first")[name], rtol=1e-2, atol=1e-3)


def test_what_it_cannot_start_from_is_one_sentence(root: Path, capsys: pytest.CaptureFixture[str]):
    for before, said in (
        ("s2", "is a checkpoint of stage2, not of stage3 or finetune"),
        ("c", "is a checkpoint of classifier, not of stage3 or finetune"),
        ("nothing", "no checkpoint at"),
    ):
        assert main(finetune(root, "x", before, "--steps", "1")) == 1
        assert said in capsys.readouterr().err
    assert main(finetune(root, "x", "s3", "--steps", "1", "--size", "64")) == 1
    assert "needs pictures of 96 pixels" in capsys.readouterr().err
    assert main(finetune(root, "x", "s3", "--steps", "1", "--details", "1", "2")) == 1
    assert "--details takes 4 numbers" in capsys.readouterr().err
    assert main([*finetune(root, "x", "s3", "--steps", "1"), "--metrics", str(root)]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert main(["export", str(root / "first"), "--out", str(root / "y.safetensors"), "--companion"]) == 1
    assert "no E_a" in capsys.readouterr().err
    assert main(["stage3", *finetune(root, "x", "first", "--steps", "1")[1:]]) == 1
    assert "is a checkpoint of finetune, not of stage1" in capsys.readouterr().err
    assert not (root / "x").exists()
