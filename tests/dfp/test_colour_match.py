"""Colours that were told are put right in the regions that the face says, and nothing else is."""

import numpy as np
import pytest

from dfp import Appearance, FaceGenerator, Palette
from dfp.colour_match import matched
from dfp.model.classes import REGIONS, FaceClass

SIDE = 64
NOTHING = np.zeros((4, 32, 32), np.float32)
GRAY = np.zeros(3 * len(REGIONS), np.float32)
SKIN, HAIR = REGIONS.index("skin"), REGIONS.index("hair")


def picture(seed: int = 0) -> np.ndarray:
    """Noise around a middle gray: what is drawn, with a texture to keep."""
    return np.random.default_rng(seed).normal(120, 10, (SIDE, SIDE, 3)).round().astype(np.uint8)


def regions_of(**where: "tuple[slice, slice]") -> np.ndarray:
    """Likelihoods of classes at half the side, sure everywhere; what is not named is background."""
    regions = np.zeros((len(FaceClass), SIDE // 2, SIDE // 2), np.uint8)
    regions[FaceClass.BACKGROUND] = 255
    for name, place in where.items():
        regions[(slice(None), *place)] = 0
        regions[(FaceClass[name.upper()], *place)] = 255
    return regions


def told(**colours: "tuple[int, int, int]") -> np.ndarray:
    palette = GRAY.copy().reshape(-1, 3)
    for name, colour in colours.items():
        palette[REGIONS.index(name)] = np.array(colour) / 127.5 - 1
    return palette.ravel()


LEFT, RIGHT = np.s_[:, : SIDE // 2 - 2], np.s_[:, SIDE // 2 + 2 :]


def test_each_region_gets_its_colour_and_keeps_its_texture() -> None:
    drawn = picture()
    regions = regions_of(skin=np.s_[:, : SIDE // 4])
    made = matched(drawn, regions, told(skin=(165, 105, 79), background=(90, 100, 160)), NOTHING)
    assert made.dtype == np.uint8
    assert made[LEFT].mean((0, 1)) == pytest.approx((165, 105, 79), abs=2)
    assert made[RIGHT].mean((0, 1)) == pytest.approx((90, 100, 160), abs=2)
    for part in (LEFT, RIGHT):
        before, after = (each[part] - each[part].mean((0, 1)) for each in (drawn, made))
        assert np.abs(before - after).max() < 1.5


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0), (255, 0, 255), (245, 222, 160), (0, 200, 0)])
def test_extreme_colours_leave_light_and_shade_and_keep_their_hue(colour: "tuple[int, int, int]") -> None:
    drawn = np.random.default_rng(1).normal((150, 130, 120), 25, (SIDE, SIDE, 3)).clip(0, 255).astype(np.uint8)
    made = matched(drawn, regions_of(hair=np.s_[:, :]), told(hair=colour), NOTHING)
    assert (made.std((0, 1)) > 0.6 * drawn.std((0, 1))).all()
    before, after = drawn.mean((0, 1)), made.mean((0, 1))
    way, wanted = after - before, np.array(colour) - before
    assert way @ wanted > 0.95 * np.linalg.norm(way) * np.linalg.norm(wanted)
    assert 10 < np.linalg.norm(way) < np.linalg.norm(wanted) + 2


def test_what_is_right_already_or_nobody_says_stays() -> None:
    drawn = picture()
    mean = tuple(drawn.mean((0, 1)))
    right = matched(drawn, regions_of(), told(background=mean), NOTHING)  # pyright: ignore[reportArgumentType]
    assert np.abs(right.astype(int) - drawn).max() <= 1
    hat = matched(drawn, regions_of(hat=np.s_[:, :]), told(skin=(255, 0, 0), hair=(0, 255, 0)), NOTHING)
    assert np.array_equal(hat, drawn)
    assert matched(drawn, np.zeros((0, 1, 1), np.uint8), GRAY, NOTHING) is drawn


def test_a_region_of_a_few_pixels_or_one_that_is_unsure_tells_nothing() -> None:
    drawn = picture()
    background = tuple(drawn.mean((0, 1)))
    few = regions_of(l_eye=np.s_[10:11, 10:11])
    palette = told(eyes=(255, 0, 0), background=background)  # pyright: ignore[reportArgumentType]
    assert np.abs(matched(drawn, few, palette, NOTHING).astype(int) - drawn).max() <= 2
    unsure = regions_of()
    unsure[FaceClass.BACKGROUND], unsure[FaceClass.HAIR] = 140, 115
    palette = told(hair=(255, 0, 0), background=background)  # pyright: ignore[reportArgumentType]
    assert np.abs(matched(drawn, unsure, palette, NOTHING).astype(int) - drawn).max() <= 2


def test_what_is_painted_counts_and_the_palette_elsewhere() -> None:
    painted = NOTHING.copy()
    painted[:3, :, :16] = np.array([160, 90, 80]).reshape(3, 1, 1) / 127.5 - 1
    painted[3, :, :16] = 1
    for where in (regions_of(hair=np.s_[:, :]), regions_of(hat=np.s_[:, :])):
        made = matched(picture(), where, told(hair=(90, 80, 75)), painted)
        assert made[:, : SIDE // 2 - 4].mean((0, 1)) == pytest.approx((160, 90, 80), abs=4)
    made = matched(picture(), regions_of(hair=np.s_[:, :]), told(hair=(90, 80, 75)), painted)
    assert made[:, SIDE // 2 + 4 :].mean((0, 1)) == pytest.approx((90, 80, 75), abs=3)


def test_eyes_lips_and_teeth_keep_their_colours_under_roughly_painted_skin() -> None:
    drawn, painted = picture(), np.ones((4, 32, 32), np.float32) * 0.2
    painted[3] = 1
    for name in ("l_eye", "u_lip", "mouth"):
        assert np.abs(matched(drawn, regions_of(**{name: np.s_[:, :]}), GRAY, painted).astype(int) - drawn).max() <= 1
    assert matched(drawn, regions_of(skin=np.s_[:, :]), GRAY, painted).mean() > drawn.mean() + 10


@pytest.mark.parametrize("hair", [(30, 20, 18), (196, 160, 110), (110, 50, 85)])
def test_a_face_has_the_colour_that_it_was_told(hair: "tuple[int, int, int]", face_sketch: np.ndarray) -> None:
    face = FaceGenerator.load(device="cpu").generate(face_sketch, appearance=Appearance(Palette(hair=hair)))
    where = face.regions[FaceClass.HAIR].repeat(2, 0).repeat(2, 1) > 200
    assert face.image[where].mean(0) == pytest.approx(hair, abs=8)
