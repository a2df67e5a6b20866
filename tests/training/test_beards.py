"""Beards, which label maps count as skin: found in the photo where there are some, drawn like other lines, left out."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from dfp_training.data.beards import BESIDE, SIDE, beard, outlines, shaved, stubble, with_beard
from dfp_training.data.boundary import boundary
from dfp_training.data.datasets import Face
from dfp_training.data.deform import FREEHAND, Deformation, aligned, displaced
from dfp_training.data.oversampling import bearded
from dfp_training.data.pack import Pack, build, read_face
from dfp_training.data.parts import Part, tagged, with_extras
from dfp_training.data.svg import sketch_of
from dfp_training.data.vectorise import Strokes, vectorise
from PIL import Image
from training_data import whole_face

SKIN = 190


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def labels_at() -> np.ndarray:
    """The label map of SIDE."""
    return cv2.resize(whole_face(), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)


def jaw(upper: int = 172) -> np.ndarray:
    """Skin from below the nose down, of SIDE."""
    return (labels_at() == 1) & (np.arange(SIDE) > upper)[:, None]


def photo(darker: np.ndarray, by: float = 90.0, noise: float = 14.0) -> np.ndarray:
    """A grey face, `darker` where the mask says, as rough there as hair."""
    lightness = np.where(labels_at() == 1, SKIN, 70).astype(float)
    lightness += rng().normal(0, 2, lightness.shape)
    lightness[darker] += rng(2).normal(-by, noise, darker.sum())
    return np.repeat(lightness.clip(0, 255).astype(np.uint8)[..., None], 3, 2)


def test_a_beard_is_found_where_it_is():
    found = beard(photo(jaw()), labels_at())
    assert found is not None
    overlap = (found & jaw()).sum() / (found | jaw()).sum()
    assert overlap > 0.85


@pytest.mark.parametrize(
    ("darker", "given"),
    [
        pytest.param(np.zeros((SIDE, SIDE), bool), {}, id="none"),
        pytest.param(jaw(), {"noise": 0.5}, id="a smooth shadow"),
        pytest.param(jaw() & (np.arange(SIDE) < 126), {}, id="one side in shade"),
        pytest.param(jaw(200), {}, id="below the chin"),
        pytest.param(jaw() & (np.arange(SIDE) < 190)[:, None], {}, id="no chin"),
        pytest.param(jaw(), {"by": 10}, id="hardly darker"),
    ],
)
def test_what_is_no_beard_is_not_taken_for_one(darker: np.ndarray, given: dict[str, float]):
    assert beard(photo(darker, **given), labels_at()) is None


@pytest.mark.parametrize("missing", [2, 11, 1])
def test_a_face_without_nose_lips_or_skin_has_no_beard(missing: int):
    labels = labels_at()
    labels[labels == missing] = 0
    assert beard(photo(jaw()), labels) is None


def test_its_outline_keeps_off_lines_that_are_there():
    lines = outlines(jaw(), labels_at())
    assert lines
    within = cv2.distanceTransform((labels_at() == 1).view(np.uint8), cv2.DIST_L2, 5)
    for line in lines:
        columns, rows = line.astype(int).T
        assert (within[rows, columns] > BESIDE).all()
        # Each is one line: neighbours touch.
        assert np.abs(np.diff(line, axis=0)).max() <= 1
    # From cheek to cheek.
    assert np.ptp(np.concatenate(lines)[:, 0]) > 0.7 * np.ptp(np.nonzero(jaw())[1])


def test_an_island_is_outlined_all_around():
    island = np.hypot(*(np.mgrid[:SIDE, :SIDE] - 128)) < 20
    (line,) = outlines(island, np.ones((SIDE, SIDE), np.uint8))
    assert len(line) > 2 * np.pi * 20 * 0.8


def test_stubble_is_short_and_in_the_beard():
    lines = stubble(jaw(), rng())
    assert len(lines) > 30
    for line in lines:
        assert jaw()[tuple(np.rint(line[2]).astype(int)[::-1])]
        assert 4 <= np.linalg.norm(line[-1] - line[0]) <= 13


@pytest.fixture(scope="module")
def bare() -> Strokes:
    labels = whole_face()
    return with_extras(tagged(vectorise(boundary(labels)), labels), labels, seed=3)


@pytest.fixture(scope="module")
def hairy(bare: Strokes) -> Strokes:
    return with_beard(bare, photo(jaw()), whole_face(), seed=3)


def same(got: Strokes, wanted: Strokes) -> None:
    for one, other in zip(vars(got).values(), vars(wanted).values(), strict=True):
        assert np.array_equal(one, other)


def test_it_lies_where_the_photo_has_it(hairy: Strokes):
    own = hairy.points[hairy.curves[hairy.tag >= Part.BEARD]].reshape(-1, 2)
    middles = np.rint(own * SIDE - 0.5).astype(int)
    near = cv2.dilate(jaw().view(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert near[middles[:, 1], middles[:, 0]].all()
    assert {Part.BEARD, Part.STUBBLE} <= {*hairy.tag}
    assert bearded(hairy)


def test_shaving_gives_the_face_back(bare: Strokes, hairy: Strokes):
    same(shaved(hairy), bare)
    assert shaved(bare) is bare
    assert not bearded(bare)


def test_sketches_without_it_are_what_they_were(bare: Strokes, hairy: Strokes):
    assert np.array_equal(aligned(bare, 256), aligned(hairy, 256))
    how = replace(FREEHAND, beards=0.0)
    same(displaced(hairy, how, rng()), displaced(bare, how, rng()))


def test_it_is_drawn_as_often_as_told(hairy: Strokes):
    drawn = [displaced(hairy, Deformation(beards=0.7), rng(seed)).tag for seed in range(60)]
    with_it = [tags for tags in drawn if (tags == Part.BEARD).any()]
    assert 0.5 < len(with_it) / 60 < 0.9
    # Of the stubble a random share.
    counts = [(tags == Part.STUBBLE).sum() for tags in with_it]
    assert min(counts) < 0.2 * max(counts)


def test_packs_carry_it(tmp_path: Path):
    for kind, picture in (("images", photo(jaw())), ("labels", whole_face())):
        (tmp_path / "faces" / kind).mkdir(parents=True)
        Image.fromarray(picture).resize((512, 512), Image.Resampling.NEAREST).save(tmp_path / "faces" / kind / "a.png")
    face = Face("faces/a", "train", tmp_path / "faces/images/a.png", tmp_path / "faces/labels/a.png")
    read = read_face(face, 256)
    assert not isinstance(read, str)
    assert bearded(read.strokes)
    assert build([tmp_path / "faces"], tmp_path / "pack", workers=1) == 0
    kept = Pack(tmp_path / "pack").strokes(0)
    assert np.array_equal(kept.tag, read.strokes.tag)
    # Drawn from the folder or from the pack it is the same.
    for how in (Deformation(beards=1.0), Deformation()):
        ways = [sketch_of(tmp_path / place, None, 11, 1, how) for place in ("faces", "pack")]
        assert bearded(ways[0]) == bool(how.beards)
        assert np.array_equal(ways[0].tag, ways[1].tag)
        np.testing.assert_allclose(ways[0].points, ways[1].points, atol=1e-3)
