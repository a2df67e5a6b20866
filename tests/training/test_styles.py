"""Figure 1's styles of edges differ in what the figure shows them to differ in."""

from pathlib import Path

import numpy as np
import pytest
from dfp_training.commands.main import main
from dfp_training.data.datasets import CLASSES
from dfp_training.data.deform import Deformation, aligned, deformed
from dfp_training.data.styles import CAPTION, GAP, colours, contour, edge_map
from dfp_training.data.svg import sketch_of
from PIL import Image
from scipy import ndimage
from training_data import whole_face, write_whole_face

SIDE = 128


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_whole_face(tmp_path_factory.mktemp("styles") / "faces")


@pytest.fixture(scope="module")
def sheet(data: Path) -> np.ndarray:
    """The picture that the command writes, H x W x 3."""
    out = data.parent / "styles.png"
    assert main(["styles", str(data), "--d", "11", "30", "--seed", "5", "--size", str(SIDE), "--out", str(out)]) == 0
    return np.asarray(Image.open(out).convert("RGB"))


def cell(sheet: np.ndarray, number: int) -> np.ndarray:
    left = GAP + number * (SIDE + GAP)
    return sheet[CAPTION : CAPTION + SIDE, left : left + SIDE]


def lines(sheet: np.ndarray, number: int) -> np.ndarray:
    """The ink of a cell, which is black on white and nothing else."""
    pixels = cell(sheet, number)
    assert np.isin(pixels, (0, 255)).all()
    return (pixels == 0).all(2)


def away(from_: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """How far each line pixel of `mask` lies from the lines of `from_`."""
    return np.asarray(ndimage.distance_transform_edt(~from_))[mask]


def test_all_styles_stand_side_by_side_under_their_names(sheet: np.ndarray):
    assert sheet.shape == (SIDE + CAPTION + GAP, 7 * (SIDE + GAP) + GAP, 3)
    for number in range(7):
        left = GAP + number * (SIDE + GAP)
        assert (sheet[:CAPTION, left : left + SIDE].min(2) < 100).any(), "no name above it"
    photo = cell(sheet, 0).astype(int)
    assert photo[100:120, 1:127].std() > 1
    assert np.abs(photo[80:83, 84:87] - 255).max() <= 2  # the bright spot
    assert {tuple(c) for c in cell(sheet, 1).reshape(-1, 3).tolist()} <= {tuple(c) for c in colours().tolist()}


def test_the_edge_map_shows_the_photo_and_the_boundary_the_label_map(sheet: np.ndarray):
    # The bright spot is in the photo alone.
    edges, boundary = lines(sheet, 2), lines(sheet, 4)
    assert edges[76:87, 81:92].sum() >= 12
    assert not boundary[76:87, 81:92].any()
    outside = np.ones_like(edges)
    outside[74:89, 79:94] = False
    assert np.median(away(boundary, edges & outside)) <= 1.5


def test_the_contour_is_the_boundary_without_what_surrounds_the_face(sheet: np.ndarray):
    contour_, boundary = lines(sheet, 3), lines(sheet, 4)
    assert away(boundary, contour_).max() <= 2
    assert contour_.any()
    assert contour_.sum() < 0.8 * boundary.sum()
    assert not contour_[:16].any()  # the hair ends at row 2, the forehead begins at row 22
    assert boundary[:16].any()
    for row, column in ((60, 50), (92, 64)):  # an eye and the lips
        assert contour_[row - 6 : row + 7, column - 16 : column + 17].any()


def test_the_deformed_boundaries_leave_it_further_the_larger_d_is(sheet: np.ndarray, data: Path):
    boundary = lines(sheet, 4)
    gaps = [away(boundary, lines(sheet, number)) for number in (5, 6)]
    assert 0 < gaps[0].mean() < gaps[1].mean()
    assert gaps[0].max() <= 11 * SIDE / 512 * 2**0.5 + 1
    strokes = sketch_of(data, None, 0, 0, Deformation())
    assert np.array_equal(boundary, aligned(strokes, SIDE))
    assert not np.array_equal(lines(sheet, 5), boundary)


def test_the_deformed_boundary_is_the_one_that_training_sees(sheet: np.ndarray, data: Path):
    strokes = sketch_of(data, None, 0, 0, Deformation())
    again = deformed(strokes, SIDE, Deformation(d=0), np.random.default_rng(5))
    assert np.array_equal(again, lines(sheet, 4))


def test_glasses_are_skin_to_the_contour():
    labels = whole_face()
    labels[222:259, 150:363] = CLASSES.index("eye_g")  # over both eyes
    with_glasses = aligned(contour(labels), 256)
    assert not with_glasses[112:129, 80:176].any()
    assert with_glasses.any()


def test_an_even_photo_has_no_edges():
    assert not edge_map(np.full((90, 90, 3), 120, np.uint8), 64).any()


def test_every_class_has_a_colour_of_its_own():
    assert len({tuple(c) for c in colours().tolist()}) == len(CLASSES)


@pytest.mark.parametrize("ending", ["nope", "txt"])
def test_an_ending_that_names_no_picture(data: Path, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / f"styles.{ending}"
    assert main(["styles", str(data), "--size", "64", "--out", str(out)]) == 1
    assert "names no picture format: use .png." in capsys.readouterr().err
    assert not out.exists()
