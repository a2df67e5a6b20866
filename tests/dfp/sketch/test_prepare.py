"""From layers of every size, paper and pen to thin lines on the frame."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import dfp
from dfp.errors import SketchError
from dfp.sketch.centre_lines import centre_lines
from dfp.sketch.frame import Frame
from dfp.sketch.prepare import Prepared, prepare
from dfp.sketch.request import FaceRequest, Selection, Sketch

SIZE = 256


def face(side: int, width: int, dark: int = 0) -> np.ndarray:
    """A face whose neck runs off its square, gray, dark on white."""
    page = np.full((side, side), 255, np.uint8)

    def at(*values: float) -> tuple[int, ...]:
        return tuple(round(value * side) for value in values)

    def bow(x: float, y: float, rx: float, ry: float, start: int = 0, stop: int = 360) -> None:
        cv2.ellipse(page, at(x, y), at(rx, ry), 0, start, stop, dark, width, cv2.LINE_AA)

    bow(0.5, 0.5, 0.28, 0.43, 0, 180)
    bow(0.5, 0.45, 0.4, 0.42, 165, 375)
    for sign in (-1, 1):
        bow(0.5 + 0.13 * sign, 0.48, 0.055, 0.04)
        bow(0.5 + 0.13 * sign, 0.38, 0.07, 0.02, 180, 360)
        cv2.line(page, at(0.5 + 0.17 * sign, 0.86), at(0.5 + 0.19 * sign, 1.0), dark, width, cv2.LINE_AA)
    bow(0.5, 0.65, 0.06, 0.03, 0, 180)
    bow(0.5, 0.78, 0.12, 0.05)
    return page


def prepared(sketch: Sketch, size: int, frame: Selection | None = None) -> Prepared:
    return prepare(FaceRequest(sketch, frame), size)


def lines_of(found: Prepared) -> np.ndarray:
    """The lines as bool size x size, once they are seen to be what the network is promised."""
    lines = found.lines
    assert lines.dtype == np.float32
    assert lines.shape[0] == 1
    assert lines.shape[1] == lines.shape[2]
    assert set(np.unique(lines)) <= {0.0, 1.0}
    assert isinstance(found.frame, Frame)
    assert found.frame.width == found.frame.height
    return lines[0] == 1


def is_thin(lines: np.ndarray) -> bool:
    """No 2 x 2 block is filled."""
    return not (lines[1:, 1:] & lines[1:, :-1] & lines[:-1, 1:] & lines[:-1, :-1]).any()


def distance(found: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Share of `found` farther than 3 pixels from `wanted`, and the other way round."""
    to_wanted = cv2.distanceTransform((~wanted).view(np.uint8), cv2.DIST_L2, 5)
    to_found = cv2.distanceTransform((~found).view(np.uint8), cv2.DIST_L2, 5)
    return float((to_wanted[found] > 3).mean()), float((to_found[wanted] > 3).mean())


def components(lines: np.ndarray) -> int:
    return cv2.connectedComponents(lines.view(np.uint8), connectivity=8)[0] - 1


WHOLE = (0, 0, 512, 512)


def reference() -> np.ndarray:
    return lines_of(prepared(face(512, 1), SIZE, WHOLE))


def rgba(gray: np.ndarray) -> np.ndarray:
    return np.dstack([gray, gray, gray, np.full_like(gray, 255)])


def variations() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    page = face(512, 3)
    y, x = np.mgrid[:512, :512] / 512 - 0.5
    transparent = np.zeros((512, 512, 4), np.uint8)
    transparent[..., :3], transparent[..., 3] = (190, 40, 20), 255 - page
    yellow = np.dstack([page | 255, np.maximum(page, 235), page])
    jpeg = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 25])[1]
    return {
        "pencil": face(512, 1),
        "soft pencil at 40 %": (255 - (255 - face(512, 1).astype(float)) * 0.4).astype(np.uint8),
        "pen": page,
        "brush": face(512, 14),
        "chalk on slate": 255 - page,
        "opaque rgba": rgba(page),
        "red on transparent": transparent,
        "yellow on white": yellow,
        "paper grain": np.clip(page * 0.85 + 20 + rng.normal(0, 6, page.shape), 0, 255).astype(np.uint8),
        "scan with vignette": np.clip(page * (1 - x * x - y * y) + rng.normal(0, 3, page.shape), 0, 255).astype(
            np.uint8
        ),
        "compressed": np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8),
        "2048 pen": face(2048, 8),
        "4096 pencil": face(4096, 1),
        "4096 brush": face(4096, 30),
    }


@pytest.mark.parametrize("name", list(variations()))
def test_every_pen_and_paper_gives_the_same_lines(name):
    lines = lines_of(prepared(variations()[name], SIZE))
    assert is_thin(lines)
    extra, lost = distance(lines, reference())
    assert extra < 0.02
    assert lost < 0.02


@pytest.mark.parametrize("name", list(variations()))
def test_a_drawing_that_runs_off_its_square_picture_is_framed_by_it(name):
    sketch = variations()[name]
    assert prepared(sketch, SIZE).frame == Frame(0, 0, sketch.shape[1], sketch.shape[0])


@pytest.mark.parametrize("side", [4096, 8192])
@pytest.mark.parametrize("strength", [255, 102])
@pytest.mark.parametrize("smooth", [cv2.LINE_8, cv2.LINE_AA])
def test_a_one_pixel_line_stays_unbroken(side, strength, smooth):
    page = np.full((side, side), 255, np.uint8)
    t = np.linspace(0.03, 0.97, 400)
    wave = np.stack([t, 0.5 + 0.4 * np.sin(t * 7)], 1) * side
    cv2.polylines(page, [wave.astype(np.int32)], False, 255 - strength, 1, smooth)
    lines = lines_of(prepared(page, SIZE, (0, 0, side, side)))
    assert is_thin(lines)
    assert components(lines) == 1
    columns = np.flatnonzero(lines.any(0))
    assert len(columns) >= 0.92 * SIZE
    assert np.ptp(columns) + 1 == len(columns)


def test_a_large_rgba_layer_with_a_small_head():
    layer = np.zeros((8192, 8192, 4), np.uint8)
    layer[5000:5600, 6000:6600, 3] = 255 - face(600, 2)
    found = prepared(layer, SIZE)
    frame = found.frame
    assert abs(frame.left + frame.width / 2 - 6300) < 60
    assert abs(frame.top + frame.height / 2 - 5300) < 60
    assert 500 < frame.width < 700
    assert lines_of(found).sum() > 0.8 * reference().sum()


def test_a_30_pixel_brush_on_512_becomes_centre_lines():
    page = np.full((512, 512), 255, np.uint8)
    cv2.ellipse(page, (256, 256), (190, 210), 0, 0, 360, 0, 30, cv2.LINE_AA)
    cv2.line(page, (170, 256), (342, 256), 0, 30, cv2.LINE_AA)
    lines = lines_of(prepared(page, SIZE, WHOLE))
    wanted = np.zeros((SIZE, SIZE), np.uint8)
    cv2.ellipse(wanted, (128, 128), (95, 105), 0, 0, 360, 1)
    cv2.line(wanted, (85, 128), (171, 128), 1)
    extra, lost = distance(lines, wanted.view(bool))
    assert extra == 0
    assert lost < 0.02
    assert components(lines) == 2


def test_rough_brush_edges_leave_no_spurs_and_no_loops():
    rng = np.random.default_rng(5)
    page = np.full((512, 512), 255, np.uint8)
    cv2.line(page, (60, 256), (450, 256), 0, 20)
    rough = cv2.GaussianBlur(rng.normal(0, 1, (2, 512)), (5, 1), 0) * 2
    page[:256][np.arange(256)[:, None] < 248 + rough[0]] = 255
    page[256:][np.arange(256)[:, None] > 8 + rough[1]] = 255
    page[252:255, 200:204] = 255
    lines = lines_of(prepared(page, SIZE, WHOLE))
    neighbours = cv2.filter2D(lines.astype(np.uint8), -1, np.ones((3, 3)), borderType=cv2.BORDER_CONSTANT)
    assert components(lines) == 1
    assert (lines & (neighbours == 2)).sum() == 2
    assert lines.sum() < 205


def test_crossing_brush_strokes_stay_strokes():
    mask = np.zeros((512, 512), np.uint8)
    cv2.line(mask, (40, 256), (470, 256), 1, 30)
    cv2.line(mask, (256, 40), (256, 470), 1, 30)
    lines = centre_lines(mask.view(bool))
    assert 700 < lines.sum() < 860
    assert lines[256 - 2 : 256 + 3, 256 - 2 : 256 + 3].any()


@pytest.mark.parametrize(("thick", "area"), [(8, False), (12, False), (24, True), (40, True), (120, True)])
def test_what_is_much_thicker_than_the_strokes_becomes_its_outline(thick, area):
    page = face(512, 3)
    page[20:150, 100:400] = 255
    cv2.rectangle(page, (130, 22), (379, 22 + thick - 1), 0, -1)
    lines = lines_of(prepared(page, SIZE, WHOLE))
    inside = lines[11 : 11 + thick // 2, 80:170]
    rows = np.flatnonzero(inside.mean(1) > 0.9)
    assert len(rows) == (2 if area else 1)
    if area:
        assert not lines[14 : 9 + thick // 2, 80:170].any()


def test_strokes_stay_joined_to_the_area_they_end_on():
    mask = np.zeros((512, 512), np.uint8)
    cv2.circle(mask, (256, 160), 90, 1, -1)
    cv2.line(mask, (256, 160), (256, 480), 1, 5)
    lines = centre_lines(mask.view(bool))
    assert components(lines) == 1
    assert not lines[100:220, 200:312].any()


def test_paper_narrower_than_the_painted_area_is_no_pinhole():
    mask = np.ones((64, 64), bool)
    mask[:20] = False
    assert np.flatnonzero(centre_lines(mask).any(1)).tolist() == [20]


def test_eye_corners_survive():
    page = face(512, 3)
    cv2.line(page, (150, 246), (140, 240), 0, 3)
    with_lash = lines_of(prepared(page, SIZE, WHOLE))
    assert (with_lash & ~reference())[115:126, 66:78].any()


def test_pupils_and_nostrils_stay_and_dust_goes():
    page = face(512, 3)
    for x in (242, 270):
        cv2.circle(page, (x, 322), 3, 0, -1)
    page[60, 480] = page[300, 200] = 0
    lines = lines_of(prepared(page, SIZE, WHOLE))
    assert lines[158:164, 118:124].any()
    assert lines[158:164, 132:138].any()
    assert not lines[28:33, 238:243].any()
    assert not lines[147:153, 97:103].any()


@pytest.mark.parametrize("shape", [(16, 16), (16, 16, 4), (17, 300, 3), (300, 16)])
def test_the_smallest_layers(shape):
    page = np.full(shape, 255, np.uint8)
    page[4:12, 5:7] = page[9:11, 3:13] = 0
    if len(shape) == 3:
        page[..., -1] = 255
        page[9:11, 3:13] = 0 if shape[2] == 3 else (0, 0, 0, 255)
        page[4:12, 5:7] = 0 if shape[2] == 3 else (0, 0, 0, 255)
    assert lines_of(prepared(page, SIZE)).any()


@pytest.mark.parametrize("size", [64, 128, 256, 512])
def test_any_network_size(size):
    lines = lines_of(prepared(face(700, 4), size))
    assert lines.shape == (size, size)
    assert is_thin(lines)


def test_the_selection_is_read_alone_and_may_reach_outside():
    page = np.full((600, 900), 255, np.uint8)
    page[50:562, 300:812] = face(512, 3)
    page[20:580, 100] = 0
    inside = prepared(page, SIZE, (300, 50, 512, 512))
    assert inside.frame == Frame(300, 50, 512, 512)
    extra, lost = distance(lines_of(inside), reference())
    assert max(extra, lost) < 0.02
    assert prepared(page, SIZE, (300, 150, 512, 312)).frame == Frame(300, 50, 512, 512)
    outside = prepared(page, SIZE, (600, 300, 600, 600))
    assert outside.frame == Frame(600, 300, 600, 600)
    assert not lines_of(outside)[:, 130:].any()


def test_pillow_images_read_like_arrays():
    page = face(512, 3)
    wanted = prepared(page, SIZE).lines
    for mode in ("L", "RGB", "RGBA", "LA", "1", "P"):
        assert distance(prepared(Image.fromarray(page).convert(mode), SIZE).lines[0] == 1, wanted[0] == 1)[0] < 0.01


def test_the_sketch_is_not_changed():
    layer = rgba(face(300, 3))
    before = layer.copy()
    layer.setflags(write=False)
    prepared(layer, SIZE)
    assert np.array_equal(layer, before)


def test_strided_layers_read_like_contiguous_ones():
    bgra = rgba(face(512, 3))
    wanted = prepared(bgra, SIZE).lines
    assert np.array_equal(prepared(bgra[:, :, [2, 1, 0, 3]], SIZE).lines, wanted)
    assert np.array_equal(prepared(np.repeat(bgra, 2, 1)[:, ::2], SIZE).lines, wanted)


@pytest.mark.parametrize("path", sorted((Path(dfp.__file__).parent / "examples").glob("*.png")), ids=lambda p: p.stem)
def test_the_bundled_examples(path):
    with Image.open(path) as sketch:
        found = prepared(sketch, SIZE)
        assert found.frame.width > 0.8 * sketch.width
    assert 800 < lines_of(found).sum() < 5000


def test_there_are_ten_examples():
    assert len(list((Path(dfp.__file__).parent / "examples").glob("*.png"))) == 10


BLANK = np.full((64, 64), 255, np.uint8)


@pytest.mark.parametrize(
    ("sketch", "selection", "says"),
    [
        (np.zeros((64, 64, 4), np.uint8), None, "empty: draw"),
        (BLANK, None, "empty: draw"),
        (np.zeros((64, 64), np.uint8), None, "empty: draw"),
        (np.zeros((1, 1, 4), np.uint8), None, r"too small \(1 x 1\)"),
        (np.zeros((15, 400), np.uint8), None, "too small"),
        (np.zeros((0, 0), np.uint8), None, "too small"),
        (np.zeros((16, 8193), np.uint8), None, "too large"),
        (np.zeros((64, 64), np.uint16), None, "8-bit"),
        (np.zeros((64, 64), np.float32), None, "8-bit"),
        (np.zeros((64, 64, 5), np.uint8), None, "8-bit"),
        (np.zeros((2, 64, 64, 3), np.uint8), None, "8-bit"),
        (Image.new("I;16", (64, 64)), None, "empty: draw"),
        (Image.new("F", (64, 64)), None, "empty: draw"),
        (BLANK, (0, 0, 64, 64), "inside the selection"),
        (BLANK, (100, 100, 20, 20), "outside"),
        (BLANK, (10, 10, 0, 0), "selection is empty"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(sketch, selection, says):
    with pytest.raises(SketchError, match=says) as refusal:
        prepared(sketch, SIZE, selection)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)
