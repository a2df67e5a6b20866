"""Trust in the plugin: what becomes of the painter's colours, of the attention, and of both in a real Krita."""

from typing import Any

import pytest
from conftest import RunScenario
from krita_harness import Profile


def pixel(blue: int, green: int, red: int, alpha: int = 255) -> bytes:
    return bytes((blue, green, red, alpha))


def test_green_is_exactly_red_loosely_and_nothing_is_neutral(part: Any) -> None:
    mask = part("document.trust_values")
    painted = pixel(0, 255, 0) + pixel(0, 0, 255) + pixel(0, 0, 0, 0) + pixel(90, 90, 90) + pixel(0, 255, 0, 128)
    assert list(mask.values_of(painted)) == [255, 1, 128, 128, 191]


def test_in_gray_light_is_exactly_and_dark_loosely(part: Any) -> None:
    painted = pixel(255, 255, 255) + pixel(0, 0, 0) + pixel(0, 0, 0, 0) + pixel(255, 255, 255, 128)
    assert list(part("document.trust_values").gray_values_of(painted)) == [255, 1, 128, 191]


@pytest.mark.parametrize("size", [1, 2, 4, 8, 16])
def test_every_so_manieth_pixel_of_a_row_of_any_kind(part: Any, size: int) -> None:
    row = b"".join(bytes([number]) * size for number in range(10))
    thinned = part("document.thinning").every(row, size, 3)
    assert thinned == b"".join(bytes([number]) * size for number in (0, 3, 6, 9))


def test_relaxation_is_the_mean_branch(part: Any) -> None:
    narrow, wide = bytes([255, 255, 0, 0]), bytes([0, 0, 255, 255])
    values = part("generation.relaxation").relaxation(narrow + wide, (2, 2, 2), 1)
    assert list(values) == [0, 0, 255, 255]
    assert list(part("generation.relaxation").relaxation(bytes([128] * 32), (2, 4, 4), 2)) == [127] * 4


@pytest.mark.parametrize("noted", [None, [], {"trust": "1"}, {"trust": 5}, {"trust": True}, {"attention": 1}, {"x": 1}])
def test_options_that_cannot_be_read_count_as_never_set(part: Any, noted: Any) -> None:
    options = part("document.options")
    assert options.Options.from_map(noted) == options.NO_OPTIONS
    assert options.Options.from_map(options.Options(-0.5, True).to_map()) == options.Options(-0.5, True)


def test_trust(installed: Profile, run_scenario: RunScenario) -> None:
    """The slider and the trust layer change the face, also live; the attention is shown and put on a layer."""
    verdict = run_scenario(installed, "trusting")
    print(verdict.notes)
