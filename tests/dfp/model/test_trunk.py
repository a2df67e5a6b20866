"""What is ours in the trunk: it begins as nothing, and does what it is there for once it has learnt."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dfp.errors import WeightsError
from dfp.model import weights
from dfp.model.classes import CLASSES, CLASSES_OF_REGIONS, REGION_OF_CLASS, REGIONS, FaceClass
from dfp.model.config import OURS, ModelConfig
from dfp.model.inputs import COLOURS, PAINTED_SIDE, Inputs
from dfp.model.networks import Colours, MainGenerator, initialise
from dfp.model.region_head import RegionHead
from dfp.model.trunk import FlatColours, Silent, Style, Told
from dfp.model.weights_header import PALETTES, packed_palettes, read_palettes
from dfp.runtime.select import has_openvino, open_runtime

SIDE = 64


@pytest.fixture(scope="module")
def whole(small_config: ModelConfig) -> ModelConfig:
    """Everything that is ours."""
    return replace(small_config, codes=8, skips=True, details=(1, 2, 1), trusting=True, regions=True)


def lively(config: ModelConfig) -> MainGenerator:
    """As after some learning: nothing is silent any more."""
    torch.manual_seed(1)
    generator = MainGenerator(config)
    initialise(generator)
    for part in generator.modules():
        if isinstance(part, Silent):
            nn.init.normal_(part.weight, 0, 0.03)
        elif isinstance(part, Style):
            nn.init.normal_(part.change.weight, 0, 0.05)
    return generator.eval()


def lines(count: int = 2) -> Tensor:
    return (torch.rand(count, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(2)) > 0.9).float()


def colours(count: int = 2, seed: int = 3, painted: float = 1.0) -> Colours:
    draw = torch.Generator().manual_seed(seed)
    palette = torch.rand(count, COLOURS, generator=draw) * 2 - 1
    return Colours(palette, painted * (torch.rand(count, 4, PAINTED_SIDE, PAINTED_SIDE, generator=draw) - 0.5))


@torch.no_grad()
def test_a_larger_model_begins_as_the_one_it_grows_from(small_config: ModelConfig, whole: ModelConfig) -> None:
    torch.manual_seed(0)
    small, large = MainGenerator(small_config), MainGenerator(whole)
    initialise(small)
    initialise(large)
    large.load_state_dict({**large.state_dict(), **small.state_dict()})
    expected = small(lines()).image
    for told in (None, colours()):
        found = large(lines(), None, told)
        torch.testing.assert_close(found.image, expected)
        assert found.regions is not None
        assert found.regions.shape == (2, len(CLASSES), SIDE, SIDE)
    assert small(lines()).regions is None


@torch.no_grad()
def test_each_thing_that_is_told_changes_the_picture(whole: ModelConfig) -> None:
    generator, trust = lively(whole), torch.full((2, 1, 16, 16), 0.7)
    told = colours()
    before = generator(lines(), None, told).image
    others = {
        "palette": generator(lines(), None, told._replace(palette=colours(seed=9).palette)).image,
        "painted": generator(lines(), None, told._replace(painted=colours(seed=9).painted)).image,
        "trust": generator(lines(), trust, told).image,
    }
    for name, image in others.items():
        assert (image - before).abs().mean() > 1e-3, name
    # One face's colours are nobody else's.
    mixed = told._replace(palette=torch.cat([told.palette[:1], colours(seed=9).palette[1:]]))
    image = generator(lines(), None, mixed).image
    torch.testing.assert_close(image[:1], before[:1])
    assert (image[1:] - before[1:]).abs().mean() > 1e-3


@torch.no_grad()
def test_trust_reaches_the_trunk_and_not_the_attention_alone(whole: ModelConfig) -> None:
    generator = lively(whole)
    generator.sap.attention = lambda sketch, _=None: torch.full((len(sketch), len(whole.kernels), 32, 32), 0.25)  # pyright: ignore[reportAttributeAccessIssue]
    exact, loose = (generator(lines(), torch.full((2, 1, 16, 16), t)).image for t in (1.0, -1.0))
    assert (exact - loose).abs().mean() > 1e-3


@torch.no_grad()
def test_trust_that_is_the_same_everywhere_survives_the_normalisations(whole: ModelConfig) -> None:
    generator = lively(whole)
    appearance = generator.trunk.appearance
    assert appearance is not None
    assert appearance.trust is not None
    loose = torch.full((2, 1, 16, 16), -1.0)
    blank = torch.zeros(2, 4, PAINTED_SIDE, PAINTED_SIDE)
    silent = appearance(colours().palette, blank, loose).code
    nn.init.normal_(appearance.trust.weight, 0, 0.05)
    assert (appearance(colours().palette, blank, loose).code - silent).abs().max() > 0.1
    torch.testing.assert_close(appearance(colours().palette, blank, 0 * loose).code, silent)


@torch.no_grad()
def test_what_is_painted_stays_about_its_place(whole: ModelConfig) -> None:
    generator = lively(whole).double()
    blank = torch.zeros(1, 4, PAINTED_SIDE, PAINTED_SIDE, dtype=torch.double)
    spot = blank.clone()
    spot[..., 4:8, 4:8] = 1
    appearance = generator.trunk.appearance
    assert appearance is not None
    found = [appearance(colours(1).palette.double(), p, blank[:, :1]) for p in (blank, spot)]
    changed = (found[1].painted - found[0].painted).abs().sum(1)[0] > 0
    assert changed[4:8, 4:8].all()
    assert not changed[10:].any()
    assert not found[0].painted.any()


def test_regions_look_at_three_resolutions_and_are_drawn_at_the_finest() -> None:
    torch.manual_seed(5)
    head = RegionHead((12, 8, 4))
    features = [torch.randn(2, 12, 8, 8), torch.randn(2, 8, 16, 16), torch.randn(2, 4, 32, 32)]
    for feature in features:
        feature.requires_grad_(True)
    logits = head(features)
    assert logits.shape == (2, len(CLASSES), 32, 32)
    logits.square().sum().backward()
    assert all(feature.grad is not None and feature.grad.abs().sum() > 0 for feature in features)


def test_flat_colours_fill_each_region_with_its_own() -> None:
    palette = torch.rand(1, 6, 3) * 2 - 1
    logits = torch.full((1, len(CLASSES), 8, 8), -50.0)
    logits[:, FaceClass.HAIR, :, :4] = 50
    logits[:, FaceClass.HAT, :, 4:] = 50  # which may have any colour
    colours = torch.zeros(1, 4, 32, 32)
    told = Told(torch.zeros(1, 1), torch.zeros(1, 1, 1, 1), palette, colours)
    flat = FlatColours()(logits, told)
    torch.testing.assert_close(flat[0, :, 0, 0], torch.cat([palette[0, 1], torch.ones(1)]))
    assert flat[..., 4:].abs().max() < 1e-6
    colours[:, :, :, :] = torch.tensor([0.5, -0.5, 0.25, 1]).view(1, 4, 1, 1)
    painted = FlatColours()(logits, told)
    torch.testing.assert_close(painted, colours[..., :8, :8])


def test_each_class_has_the_colour_of_its_region() -> None:
    for region, classes in enumerate(CLASSES_OF_REGIONS):
        assert all(REGION_OF_CLASS[of_class] == REGIONS[region] for of_class in classes)


def test_details_say_one_number_a_step(small_config: ModelConfig) -> None:
    with pytest.raises(ValueError, match="details"):
        MainGenerator(replace(small_config, details=(1, 1)))


def test_configurations_of_before_are_read(whole: ModelConfig) -> None:
    values = whole.to_dict()
    assert ModelConfig.from_dict(values) == whole
    older = {name: value for name, value in values.items() if name not in OURS}
    assert ModelConfig.from_dict(older) == replace(
        whole, codes=0, skips=False, details=(), trusting=False, regions=False
    )
    with pytest.raises(ValueError, match="other fields"):
        ModelConfig.from_dict({**older, "depth": 3})


@pytest.fixture(scope="module")
def coloured(whole: ModelConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights that know colours and regions."""
    palettes = np.random.default_rng(4).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    path = tmp_path_factory.mktemp("coloured") / "coloured.safetensors"
    weights.save(path, lively(whole), whole, {PALETTES: packed_palettes(palettes)})
    found = read_palettes(path)
    assert found is not None
    assert np.array_equal(found, palettes)
    return path


def test_palettes_that_are_missing_or_torn_are_told(coloured: Path, whole: ModelConfig, tmp_path: Path) -> None:
    for palettes in ("", "AAAA", "no base 64!"):
        weights.save(tmp_path / "x.safetensors", lively(whole), whole, {PALETTES: palettes})
        with pytest.raises(WeightsError, match="do not fit"):
            read_palettes(tmp_path / "x.safetensors")
    weights.save(tmp_path / "none.safetensors", lively(whole), whole)
    with pytest.raises(WeightsError, match="do not fit"):
        read_palettes(tmp_path / "none.safetensors")


@pytest.mark.skipif(not has_openvino(), reason="OpenVINO is not installed")
def test_both_runtimes_draw_the_same_in_colour(coloured: Path) -> None:
    told = colours(3)
    inputs = Inputs.of(lines(3).numpy(), None, told.palette.numpy(), told.painted.numpy())
    one, two = (open_runtime(coloured, "cpu", name)(inputs) for name in ("torch", "openvino"))
    error = np.square(one.pictures.astype(float) - two.pictures).mean()
    assert 10 * np.log10(255**2 / max(error, 1e-9)) >= 45
    assert one.regions.shape == two.regions.shape == (3, len(CLASSES), SIDE, SIDE)
    assert np.abs(one.regions.astype(int) - two.regions).mean() < 2
    other = open_runtime(coloured, "cpu", "openvino")(Inputs.of(inputs.lines))
    assert not np.array_equal(other.pictures, two.pictures)
