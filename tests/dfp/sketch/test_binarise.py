"""What counts as a stroke, on every kind of paper."""

import cv2
import numpy as np
import pytest

from dfp.errors import SketchError
from dfp.sketch.binarise import binarise, strength_of
from dfp.sketch.pixels import check_layout

SIDE = 256


def ink_of(sketch: np.ndarray, factor: int = 1) -> np.ndarray:
    return binarise(check_layout(sketch), factor)


def drawing(side: int = SIDE, width: int = 3, dark: int = 0) -> np.ndarray:
    """Gray: a circle, a bow and two dots on white."""
    page = np.full((side, side), 255, np.uint8)
    cv2.circle(page, (side // 2, side // 2), side // 3, dark, width, cv2.LINE_AA)
    cv2.ellipse(page, (side // 2, side * 5 // 8), (side // 8, side // 16), 0, 0, 180, dark, width, cv2.LINE_AA)
    for x in (side * 3 // 8, side * 5 // 8):
        cv2.circle(page, (x, side * 7 // 16), max(1, side // 100), dark, -1, cv2.LINE_AA)
    return page


def drawn() -> np.ndarray:
    return drawing() < 128


def agrees(found: np.ndarray, wanted: np.ndarray) -> bool:
    """All wanted ink is found and next to nothing more than two pixels beside it."""
    near = cv2.dilate(wanted.view(np.uint8), np.ones((5, 5), np.uint8)).view(bool)
    return found.dtype == bool and bool(found[wanted].mean() > 0.97) and int((found & ~near).sum()) <= 3


def stack(gray: np.ndarray, *others: np.ndarray | int) -> np.ndarray:
    return np.dstack([gray, *(np.full_like(gray, o) if isinstance(o, int) else o for o in others)])


def layouts() -> dict[str, np.ndarray]:
    page = drawing()
    none = np.zeros_like(page)
    shirt = np.zeros_like(page)
    shirt[20:236, 20:236] = 255
    return {
        "gray": page,
        "gray, one channel": page[:, :, None],
        "light on dark": 255 - page,
        "gray with alpha": stack(page, 255),
        "rgb": stack(page, page, page),
        "opaque rgba": stack(page, page, page, 255),
        "black on transparent": stack(none, none, none, 255 - page),
        "white on transparent": stack(none + 255, none + 255, none + 255, 255 - page),
        "red on transparent": stack(none + 200, none, none, 255 - page),
        "gray on transparent": stack(none, 255 - page),
        "yellow on white": stack(none + 255, none + 250, page),
        "blue on black": stack(none, none, 255 - page),
        "red on green of the same lightness": stack(255 - page, page // 2, none),
        "flat light shape under the lines": stack(page, page, page, shirt),
    }


@pytest.mark.parametrize("name", list(layouts()))
def test_reads_every_layout_and_paper(name):
    assert agrees(ink_of(layouts()[name]), drawn())


def test_colour_kept_under_full_transparency_is_not_ink():
    rng = np.random.default_rng(1)
    junk = rng.integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    alpha = 255 - drawing()
    junk[alpha > 0] = 0
    assert agrees(ink_of(np.dstack([junk, alpha])), drawn())


def test_strokes_covered_with_paper_white_on_a_transparent_layer_are_gone():
    layer = np.zeros((SIDE, SIDE, 4), np.uint8)
    layer[:, :, 3] = 255 - drawing()
    layer[150:180, 90:170] = 255
    found = ink_of(layer)
    assert not found[152:178, 92:168].any()
    assert found[:140].any()


def textured() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    page = drawing().astype(np.float32)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - 0.5
    smudges = np.zeros_like(page)
    for centre in ((40, 60), (128, 200), (200, 120), (128, 128)):
        smudges[centre] = 1
    smudges = cv2.GaussianBlur(smudges, (0, 0), 9)
    jpeg = cv2.imencode(".jpg", drawing(), [cv2.IMWRITE_JPEG_QUALITY, 25])[1]
    return {
        "paper grain": page * 0.85 + 20 + rng.normal(0, 6, page.shape),
        "coarse paper grain": page * 0.9 + 25 * cv2.GaussianBlur(rng.normal(0, 1, page.shape), (0, 0), 2),
        "vignette": page * (1 - x * x - y * y) + rng.normal(0, 2, page.shape),
        "shading from one side": page * (0.8 + 0.4 * x),
        "compression": np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.float32),
        "smudges": page - 50 * smudges / smudges.max(),
        "grain on dark paper": 255 - (page * 0.85 + 20 + rng.normal(0, 6, page.shape)),
    }


@pytest.mark.parametrize("name", list(textured()))
def test_paper_noise_and_smudges_are_not_strokes(name):
    assert agrees(ink_of(np.clip(textured()[name], 0, 255).astype(np.uint8)), drawn())


@pytest.mark.parametrize("name", ["paper grain", "vignette", "smudges", "shading from one side"])
def test_paper_without_a_drawing_has_no_ink(name):
    blank = np.clip(textured()[name] + (255 - drawing().astype(np.float32)), 0, 255).astype(np.uint8)
    blank[drawing() < 255] = blank[0, 0] if name == "paper grain" else 255
    page = np.full((SIDE, SIDE), 240, np.float32) + np.random.default_rng(3).normal(0, 5, (SIDE, SIDE))
    assert not ink_of(np.clip(page, 0, 255).astype(np.uint8)).any()
    if name == "smudges":
        assert not ink_of(blank).any()


def test_faint_pencil_beside_black_ink_is_ink():
    page = drawing(width=1)
    cv2.line(page, (20, 240), (240, 200), 153, 1, cv2.LINE_AA)
    found = ink_of(page)
    pieces, labels = cv2.connectedComponents(found.view(np.uint8))
    assert pieces > 1
    assert labels[238:242, 22:26].max() == labels[199:204, 232:238].max() != 0


def test_specks_go_and_dots_stay():
    page = drawing(512)
    page[30, 30] = page[480, 77] = 0
    found = ink_of(page)
    assert not found[28:33, 28:33].any()
    assert not found[478:483, 75:80].any()
    assert found[224, 192]
    assert found[224, 320]


def test_a_filled_area_is_ink_throughout():
    page = drawing()
    page[60:140, 60:200] = 0
    assert ink_of(page)[65:135, 65:195].all()


def test_a_line_of_one_pixel_survives_reduction():
    page = np.full((4100, 2100), 255, np.uint8)
    cv2.line(page, (100, 300), (2000, 4000), 0, 1)
    found = ink_of(page, 4)
    assert found.shape == (1025, 525)
    assert np.array_equal(found, (page == 0).reshape(1025, 4, 525, 4).any((1, 3)))


@pytest.mark.parametrize("factor", [2, 3, 5])
def test_opaque_layers_are_as_strong_as_their_strongest_channel(factor: int):
    page = np.random.default_rng(factor).integers(0, 256, (67, 131, 4), np.uint8)
    page[..., 3] = 255
    away = np.abs(page[..., :3].astype(int) - (250, 200, 9)).max(2)
    padded = np.pad(away, [(0, -side % factor) for side in away.shape])
    strongest = padded.reshape(padded.shape[0] // factor, factor, -1, factor).max((1, 3))
    paper = np.array([250, 200, 9], np.uint8)
    assert np.array_equal(strength_of(page, paper, factor), strongest)
    assert np.array_equal(strength_of(np.ascontiguousarray(page[..., :3]), paper, factor), strongest)
    page[40, 70, 3] = 0  # of a hole nothing is seen
    page[40:60, 70:100] = page[40, 70]
    assert strength_of(page, paper, factor)[50 // factor, 85 // factor] == 0


def test_smallest_and_blank():
    page = np.full((16, 16), 255, np.uint8)
    assert not ink_of(page).any()
    page[8, 3:13] = 0
    assert np.array_equal(ink_of(page), page == 0)
    assert not ink_of(np.zeros((64, 64, 4), np.uint8)).any()


@pytest.mark.parametrize(
    "sketch",
    [
        np.zeros((20, 20), np.uint16),
        np.zeros((20, 20, 5), np.uint8),
        np.zeros((20, 20), np.float32),
        np.zeros(9, np.uint8),
    ],
)
def test_unknown_layout_is_refused(sketch):
    with pytest.raises(SketchError, match="8-bit"):
        ink_of(sketch)


@pytest.mark.parametrize("side", [38, 44, 62, 90])
def test_a_small_drawing_is_not_taken_for_noise(side: int) -> None:
    margin, lines = round(0.125 * side), np.zeros((side, side), np.uint8)
    cv2.rectangle(lines, (0, 0), (side - 1, side - 1), 255, 2)
    layer = np.zeros((side + 2 * margin, side + 2 * margin, 4), np.uint8)
    layer[margin:-margin, margin:-margin, 3] = lines
    assert binarise(layer).sum() >= 0.9 * (lines > 0).sum()
