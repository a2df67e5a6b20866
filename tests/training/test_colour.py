"""Told colours against those of pictures, by cases worked out by hand."""

import json

import numpy as np
import pytest
from dfp_training.metrics.colour import colour_differences, colour_errors, region_means

from dfp.errors import DfpError
from dfp.model.classes import CLASSES_OF_REGIONS, REGIONS

SKIN, HAIR, LIPS, EYES, BACKGROUND, CLOTHES = range(6)
GREYS = (200, 60, 120, 90, 240, 30)  # of the regions


def label_map(side: int = 128) -> np.ndarray:
    """Six bands; the skin is half nose, the lips are of two classes, and a seventh band is of a class in no region."""
    bands = [1, 2, 13, 11, 12, 4, 5, 0, 18, 17]
    return np.repeat(np.repeat(np.array(bands, np.uint8), side // 10 + 1)[:side, None], side, 1)


def painted(labels: np.ndarray, greys: tuple[int, ...] = GREYS, times: int = 2) -> np.ndarray:
    """A picture of the regions' greys, `times` as wide as the label map; what is in no region is red."""
    picture = np.tile(np.array([255, 0, 0], np.uint8), (*labels.shape, 1))
    for grey, classes in zip(greys, CLASSES_OF_REGIONS, strict=True):
        picture[np.isin(labels, classes)] = grey
    return np.kron(picture, np.ones((times, times, 1), np.uint8))


def told(greys: tuple[int, ...] = GREYS, faces: int = 2) -> np.ndarray:
    return np.tile(np.array(greys, np.float32)[None, :, None], (faces, 1, 3))


@pytest.mark.parametrize("times", [1, 2, 4])
def test_each_region_has_the_colour_of_its_classes(times: int):
    labels = np.stack([label_map(), label_map()[::-1]])
    means, there = region_means(np.stack([painted(one, times=times) for one in labels]), labels)
    assert means.shape == (2, 6, 3)
    assert means.dtype == np.float32
    assert there.all()
    assert means == pytest.approx(told())


def test_a_mean_is_of_all_the_regions_pixels():
    labels = np.zeros((1, 128, 128), np.uint8)
    labels[0, 64:] = 13
    picture = np.zeros((1, 256, 256, 3), np.uint8)
    picture[0, 128:192] = (100, 50, 20)
    means, _ = region_means(picture, labels)
    assert means[0, HAIR].tolist() == [50, 25, 10]
    assert means[0, BACKGROUND].tolist() == [0, 0, 0]


def test_a_region_of_a_few_pixels_is_not_there():
    labels = np.zeros((2, 128, 128), np.uint8)
    labels[0, 0, :29], labels[1, 0, :30] = 11, 11
    _, there = region_means(np.full((2, 128, 128, 3), 9, np.uint8), labels)
    assert there[:, LIPS].tolist() == [False, True]
    assert there[:, BACKGROUND].all()
    assert not there[:, [SKIN, HAIR, EYES, CLOTHES]].any()


def test_black_from_white_is_100_and_what_was_told_is_0():
    labels = np.stack([label_map()] * 2)
    pictures = np.stack([painted(labels[0], (255, *GREYS[1:]))] * 2)
    errors = colour_errors(told((0, *GREYS[1:])), pictures, labels)
    assert [errors.regions[name].value for name in REGIONS] == pytest.approx([100, 0, 0, 0, 0, 0], abs=1e-3)  # pyright: ignore[reportOptionalMemberAccess]
    assert errors.mean.value == pytest.approx(100 / 6, abs=1e-3)


def test_colours_differ_as_far_as_they_lie_apart_in_lab():
    labels, colours = np.zeros((1, 64, 64), np.uint8), np.full((1, 6, 3), np.nan)
    colours[0, BACKGROUND] = (255, 0, 0)
    picture = np.tile(np.array([0, 255, 0], np.uint8), (1, 64, 64, 1))
    # Red is at L 53.24, a 80.09, b 67.20, green at 87.74, -86.18, 83.18
    by_hand = np.sqrt((53.24 - 87.74) ** 2 + (80.09 + 86.18) ** 2 + (67.20 - 83.18) ** 2)
    differences = colour_differences(colours, picture, labels)
    assert differences[0, BACKGROUND] == pytest.approx(by_hand, abs=0.05)
    assert np.isnan(np.delete(differences[0], BACKGROUND)).all()


def test_what_was_not_told_or_is_not_there_does_not_count():
    labels = np.stack([label_map(), label_map()])
    labels[1][labels[1] == 18] = 0
    pictures = np.stack([painted(labels[0]), painted(labels[0])])
    colours = told()
    colours[1, HAIR] = np.nan
    colours[:, EYES] = np.nan
    colours[0, HAIR] += 30
    colours[1, CLOTHES] = 255  # who has none
    errors = colour_errors(colours, pictures, labels)
    hair, clothes = errors.regions["hair"], errors.regions["clothes"]
    assert hair is not None
    assert clothes is not None
    assert hair.value > 10
    assert clothes.value == pytest.approx(0, abs=1e-3)
    assert errors.regions["eyes"] is None


def test_errors_are_means_over_faces_with_their_standard_errors():
    labels = np.stack([label_map()] * 40)
    pictures = np.stack([painted(labels[0], (200 + (i % 2) * 20, *GREYS[1:])) for i in range(40)])
    skin = colour_errors(told(faces=40), pictures, labels).regions["skin"]
    assert skin is not None
    far = colour_differences(told(faces=40), pictures, labels)[1, SKIN]
    assert skin.value == pytest.approx(far / 2, abs=1e-3)
    assert skin.spread == pytest.approx(far / 2 / np.sqrt(40), rel=0.2)


def test_nothing_to_compare_has_its_sentence():
    labels = np.stack([label_map()] * 2)
    with pytest.raises(DfpError, match="No face has a region whose colour was told"):
        colour_errors(np.full((2, 6, 3), np.nan), np.stack([painted(labels[0])] * 2), labels)


def test_errors_are_written_for_people_and_for_programs():
    labels = np.stack([label_map()] * 2)
    colours = told((220, *GREYS[1:]))
    colours[:, LIPS] = np.nan
    errors = colour_errors(colours, np.stack([painted(labels[0])] * 2), labels)
    rows = {line.split()[0]: line.split()[1:] for line in errors.lines()[1:]}
    assert list(rows) == [*REGIONS, "mean"]
    assert rows["lips"] == ["-"]
    assert float(rows["skin"][0]) == pytest.approx(errors.mean.value * 5, abs=0.05)
    figures = json.loads(json.dumps(errors.plain()))
    assert figures["lips"] is None
    assert figures["skin"]["value"] == pytest.approx(errors.mean.value * 5, abs=1e-3)
