"""Colours of a face's regions in the plugin: as options, and in a real Krita."""

from typing import Any

import pytest

REGIONS = ("skin", "hair", "lips", "eyes", "background", "clothes")


def test_a_palette_has_the_servers_regions(part: Any) -> None:
    from dfp.model.classes import REGIONS as THEIRS

    assert part("document.palette").REGIONS == REGIONS == THEIRS


@pytest.mark.parametrize(
    "noted",
    [None, [], "#a5694f", {"hair": "red"}, {"hair": [1, 2]}, {"hair": [1, 2, 256]}, {"hair": [True, 2, 3]}, {"x": 1}],
)
def test_damaged_colours_count_as_unknown(part: Any, noted: Any) -> None:
    palette = part("document.palette")
    assert palette.Palette.from_map(noted) == palette.NO_PALETTE


def test_a_damaged_colour_leaves_the_others(part: Any) -> None:
    palette = part("document.palette").Palette.from_map({"hair": [200, 60, 20], "skin": [-1, 0, 0]})
    assert palette.known == {"hair": (200, 60, 20)}
    assert palette.to_map() == {"hair": [200, 60, 20]}
    assert palette.with_colour("hair", None).known == {}


def test_palette_and_seed_are_options(part: Any) -> None:
    options, palette = part("document.options"), part("document.palette")
    chosen = options.Options(palette=palette.Palette(hair=(1, 2, 3), eyes=(0, 0, 255)), seed=2**32 - 1)
    assert options.Options.from_map(chosen.to_map()) == chosen
    assert hash(chosen) != hash(options.NO_OPTIONS)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True, None])
def test_a_damaged_seed_is_the_usual_person(part: Any, seed: Any) -> None:
    options = part("document.options")
    assert options.Options.from_map({"seed": seed, "trust": 0.5}) == options.Options(trust=0.5)
