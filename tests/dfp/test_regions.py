"""Faces cut out and as layers: what these are put together from, and what comes out when they are."""

import io
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image

from dfp import Face, FaceGenerator, Frame, SketchError
from dfp.batch.manifest import NAME
from dfp.model.classes import FaceClass
from dfp.pictures.marks import mark_of
from dfp.regions import LAYERS, shares

Run = Callable[..., int]
RED, SKIN, HAIR, LIPS, SHIRT = (200, 20, 20), (220, 170, 140), (40, 30, 20), (180, 60, 70), (30, 60, 160)


def person(frame: Frame, sure: float = 0.9, noise: float = 6) -> Face:
    """A face of ellipses before a red wall, drawn with soft edges, and the regions that a network would say."""
    picture = np.full((256, 256, 3), RED, np.float32)
    labels = np.zeros((256, 256), np.uint8)
    for of_class, colour, (x, y, a, b) in (
        (FaceClass.CLOTH, SHIRT, (128, 250, 110, 40)),
        (FaceClass.HAIR, HAIR, (128, 100, 80, 90)),
        (FaceClass.SKIN, SKIN, (128, 125, 60, 80)),
        (FaceClass.L_LIP, LIPS, (128, 165, 24, 9)),
        (FaceClass.L_EYE, (250, 250, 250), (105, 110, 12, 6)),
    ):
        inside = np.zeros((256, 256), np.uint8)
        cv2.ellipse(inside, (x, y), (a, b), 0, 0, 360, 255, -1)
        labels[inside > 0] = of_class
        soft = (cv2.GaussianBlur(inside, (5, 5), 1) / 255.0)[..., None]
        picture += (np.array(colour) - picture) * soft
    picture += np.random.default_rng(1).normal(0, noise, picture.shape)
    known = np.stack([cv2.resize((labels == i).astype(np.float32), (128, 128)) for i in range(len(FaceClass))])
    known = sure * np.stack([cv2.GaussianBlur(plane, (5, 5), 1) for plane in known]) + (1 - sure) / len(FaceClass)
    image = picture.round().clip(0, 255).astype(np.uint8)
    return Face(image, np.ones((4, 8, 8), np.float32) / 4, frame, (known * 255).round().astype(np.uint8))


def laid(planes: list[np.ndarray]) -> np.ndarray:
    """RGBA over each other, from the bottom up, as Porter and Duff say."""
    picture = np.zeros((*planes[0].shape[:2], 3))
    for plane in planes:
        alpha = plane[..., 3:] / 255
        picture = plane[..., :3] * alpha + picture * (1 - alpha)
    return picture


def laid_in_linear_light(planes: list[np.ndarray]) -> np.ndarray:
    """RGBA over each other as a picture does it that mixes light; the result as sRGB again."""
    light = np.zeros((*planes[0].shape[:2], 3))
    for plane in planes:
        alpha, colours = plane[..., 3:] / 255, plane[..., :3] / 255
        linear = np.where(colours > 0.04045, ((colours + 0.055) / 1.055) ** 2.4, colours / 12.92)
        light = linear * alpha + light * (1 - alpha)
    return 255 * np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, light * 12.92)


@pytest.fixture(params=[100, 256, 700], ids=str)
def face(request: pytest.FixtureRequest) -> Face:
    return person(Frame(-20, 5, request.param, request.param))


def at(plane: np.ndarray, x: int, y: int) -> list[int]:
    """The pixel of a plane of any size at a place of 256 x 256."""
    height, width = plane.shape[:2]
    return plane[y * height // 256, x * width // 256].tolist()


def test_the_classes_are_those_of_the_label_maps() -> None:
    assert len(FaceClass) == 19
    assert sorted(each for classes in LAYERS.values() for each in classes) == sorted(FaceClass)


def test_shares_are_a_whole_everywhere_and_have_no_haze() -> None:
    parts = shares(person(Frame(0, 0, 256, 256), sure=0.8).regions)
    assert parts.shape == (5, 128, 128)
    assert (parts.sum(0, dtype=int) == 255).all()
    wanted = {(10, 10): 0, (128, 245): 1, (128, 70): 2, (60, 100): 3, (128, 165): 4}
    for (x, y), layer in wanted.items():
        assert at(parts[layer], x, y) == 255


def test_layers_over_each_other_are_the_face(face: Face) -> None:
    made = face.layers()
    assert list(made) == list(LAYERS) == ["background", "clothes", "skin", "hair", "features"]
    assert {plane.shape for plane in made.values()} == {(face.frame.height, face.frame.width, 4)}
    assert np.abs(laid(list(made.values())) - face.placed()).max() <= 2
    merged = Image.new("RGBA", (face.frame.width, face.frame.height))
    for plane in made.values():
        merged.alpha_composite(Image.fromarray(plane))
    assert np.abs(np.asarray(merged)[..., :3].astype(int) - face.placed()).max() <= 2


def test_in_linear_light_they_are_the_face_as_well(face: Face) -> None:
    made = list(face.layers(linear=True).values())
    assert np.abs(laid_in_linear_light(made) - face.placed()).max() <= 2
    assert np.abs(laid(made) - face.placed()).max() > 20
    person, usual = face.cut_out(linear=True), face.cut_out()
    wall = np.dstack([np.full_like(face.placed(), RED), np.full(person.shape[:2], 255, np.uint8)])
    rim = (person[..., 3] > 40) & (person[..., 3] < 215)
    off = [
        np.abs(over([wall, plane]) - face.placed())[rim].mean()
        for over, plane in ((laid_in_linear_light, person), (laid_in_linear_light, usual))
    ]
    assert off[0] < 0.5 * off[1]


def test_a_picture_of_noise_comes_together_again_too() -> None:
    random = np.random.default_rng(2)
    regions = random.integers(0, 256, (19, 32, 32)).astype(np.uint8)
    noise = random.integers(0, 256, (64, 64, 3)).astype(np.uint8)
    face = Face(noise, np.ones((4, 8, 8), np.float32), Frame(0, 0, 150, 150), regions)
    assert np.abs(laid(list(face.layers().values())) - face.placed()).max() <= 2
    assert np.abs(laid_in_linear_light(list(face.layers(linear=True).values())) - face.placed()).max() <= 2
    nothing = np.zeros((19, 32, 32), np.uint8)
    for of_class in FaceClass:  # all of one kind: nothing to fill in from
        regions = nothing.copy()
        regions[of_class] = 255
        one = Face(noise, face.attention, Frame(0, 0, 64, 64), regions)
        assert np.abs(laid(list(one.layers().values())) - noise).max() <= 2


def test_the_background_goes_on_behind_the_person_and_skin_behind_the_lips(face: Face) -> None:
    made = face.layers()
    wall = made["background"]
    assert (wall[..., 3] == 255).all()
    assert np.abs(wall[..., :3].astype(int) - RED).max() < 60
    bare = laid([made[name] for name in ("background", "clothes", "skin", "hair")])
    assert np.abs(np.array(at(bare, 128, 165)) - SKIN).max() < 20
    assert at(made["features"], 128, 165)[3] == 255
    assert at(made["hair"], 128, 130)[3] == 0


@pytest.mark.parametrize("colour", [(255, 255, 255), (0, 0, 0)])
def test_a_cut_out_brings_no_rim_of_the_old_background(face: Face, colour: tuple[int, int, int]) -> None:
    out = face.cut_out()
    assert out.shape == (face.frame.height, face.frame.width, 4)
    assert at(out, 5, 5) == [0, 0, 0, 0]
    assert at(out, 128, 130)[3] == 255
    assert 0 < np.count_nonzero((out[..., 3] > 20) & (out[..., 3] < 235)) < 0.1 * out[..., 3].size
    wall = np.full_like(out, 255)
    wall[..., :3] = colour
    kept = np.dstack([face.placed(), out[..., 3]])

    def redness(plane: np.ndarray) -> float:
        """How red it is at most, before the new wall, at the hair's edge."""
        edge = laid([wall, plane])[len(out) * 90 // 256, : len(out) * 66 // 256]
        return (edge[:, 0] - edge[:, 1:].max(1)).max() - HAIR[0] + HAIR[1]

    assert redness(out) <= max(20, 0.6 * redness(kept))  # as much is noise


def test_a_hard_cut_out_has_no_pixel_in_between(face: Face) -> None:
    out = face.cut_out(soft=False)
    assert set(np.unique(out[..., 3])) == {0, 255}
    inside = out[..., 3] > 0
    assert np.array_equal(out[inside][:, :3], face.placed()[inside])


def test_weights_without_regions_get_a_sentence(small_weights: Path) -> None:
    face = FaceGenerator.load(small_weights, "cpu", "torch").generate(draw_face(200))
    for ask in (face.cut_out, face.layers):
        with pytest.raises(SketchError, match=r"^These weights do not know what is where"):
            ask()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a sketch, where the program is started."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(draw_face(200)).save("anna.png")
    return tmp_path


@pytest.mark.parametrize("ending", [".png", ".webp", ".tif"])
def test_the_command_cuts_out(run: Run, here: Path, ending: str) -> None:
    for _ in range(2):  # what it made it makes again
        assert run("generate", "anna.png", "--cut-out", "-o", f"face{ending}") == 0
    with Image.open(f"face{ending}") as picture:
        assert picture.mode == "RGBA"
        assert np.asarray(picture)[..., 3].min() < 255
    assert mark_of(here / f"face{ending}") is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--cut-out", "-o", "face.jpg"], ".jpg files are never transparent: give face.jpg the ending .png"),
        (["--layers", "-o", "face.ora"], "names no picture format"),
    ],
)
def test_what_cannot_be_written_gets_one_sentence(
    run: Run, here: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("generate", "anna.png", *arguments) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert [path.name for path in here.iterdir()] == ["anna.png"]


def test_weights_without_regions_say_so_once(
    run: Run, here: Path, small_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("more").mkdir()
    for name in ("more/bea.png", "more/cora.png"):
        Image.fromarray(draw_face(200)).save(name)
    for arguments in (["generate", "anna.png", "more/bea.png", "--cut-out"], ["generate", "anna.png", "--layers"]):
        assert run(*arguments, weights=small_weights) == 1
    assert run("batch", "more", "out", "--cut-out", weights=small_weights) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert all("do not know what is where" in line for line in said)
    assert not list(here.rglob("*_face*"))


def test_a_batch_cuts_out(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run("batch", here, "out", "--cut-out") == 0
    assert capsys.readouterr().out == "Faces: 1 made.\nFaces: 1 up to date.\n"
    with Image.open("out/anna_face.png") as picture:
        assert picture.mode == "RGBA"
    assert run("batch", here, "out") == 0
    with Image.open("out/anna_face.png") as picture:
        assert picture.mode == "RGB"
    assert '"cut_out"' not in Path("out", NAME).read_text()


def test_layers_are_an_openraster_file(run: Run, here: Path) -> None:
    assert run("generate", "anna.png", "--layers") == 0
    data = Path("anna_face.ora").read_bytes()
    assert data[30:54] == b"mimetypeimage/openraster"  # as the format says, where `file` looks for it
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        stack = ElementTree.fromstring(archive.read("stack.xml"))
        shown = [
            (layer.attrib["name"], np.asarray(Image.open(io.BytesIO(archive.read(layer.attrib["src"])))))
            for layer in stack.iter("layer")
        ]
        merged, thumbnail = (
            Image.open(io.BytesIO(archive.read(name))) for name in ("mergedimage.png", "Thumbnails/thumbnail.png")
        )
    assert [name for name, _ in shown] == list(LAYERS)[::-1]
    assert (int(stack.attrib["w"]), int(stack.attrib["h"])) == merged.size
    assert max(thumbnail.size) <= 256
    face = np.asarray(Image.open("anna_face.png"))
    assert np.array_equal(np.asarray(merged), face)
    assert np.abs(laid([plane for _, plane in shown[::-1]]) - face).max() <= 2


def test_layers_keep_to_the_rule_of_outputs(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = here / "anna_face.ora"
    for trust in ("0", "1"):
        assert run("generate", "anna.png", "--layers", "--trust", trust) == 0
    assert mark_of(made) is not None
    assert run("batch", here, "out") == 0
    assert "faces that dfp made (anna_face.ora, anna_face.png)" in capsys.readouterr().out
    entries = zipfile.ZipFile(made)
    with zipfile.ZipFile("again.ora", "w") as saved:  # a painting program saves it, one layer painted over
        for name in entries.namelist():
            saved.writestr(name, b"painted" if name == "data/layer3.png" else entries.read(name))
        saved.comment = entries.comment
    entries.close()
    painted = Path("again.ora").replace(made).read_bytes()
    assert mark_of(made) is None
    face = Path("anna_face.png").read_bytes()
    assert run("generate", "anna.png", "--layers") == 1
    assert "--overwrite" in capsys.readouterr().err
    assert (made.read_bytes(), Path("anna_face.png").read_bytes()) == (painted, face)
    assert run("generate", "anna.png", "--layers", "--overwrite") == 0
