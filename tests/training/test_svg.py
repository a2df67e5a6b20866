"""Sketches as SVG: read back as any other program would, they are the sketches that training sees."""

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from dfp_training.commands.main import main
from dfp_training.data.datasets import Face
from dfp_training.data.deform import FREEHAND, Deformation, aligned
from dfp_training.data.pack import build, strokes_of_face
from dfp_training.data.svg import sketch_of, to_svg
from dfp_training.data.vectorise import Strokes
from PIL import Image, ImageDraw
from scipy import ndimage
from training_data import whole_face, write_whole_face

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_whole_face(tmp_path_factory.mktemp("svg") / "faces")


@pytest.fixture(scope="module")
def strokes() -> Strokes:
    """All strokes of that face."""
    return strokes_of_face(Face("faces/anna", "train", Path(), Path()), whole_face())


def paths_of(svg: str) -> list[tuple[str, list[np.ndarray]]]:
    """The class of every <path>, and its cubics, each 4 x 2."""
    found = []
    for path in ElementTree.fromstring(svg).iter(f"{SVG}path"):
        data = path.attrib["d"]
        assert re.fullmatch(r"(M-?[\d.]+ -?[\d.]+(C(-?[\d.]+ ){5}-?[\d.]+)+)+", data)
        cubics, at = [], np.zeros(2)
        for command, numbers in re.findall(r"([MC])([^MC]*)", data):
            points = np.array([float(n) for n in numbers.split()]).reshape(-1, 2)
            if command == "C":
                cubics.append(np.concatenate([at[None], points]))
            at = points[-1]
        found.append((path.attrib["class"], cubics))
    return found


def drawn(svg: str, size: int) -> np.ndarray:
    """The lines of an SVG document of 512 units as pixels, by halving its curves (de Casteljau) and by Pillow."""
    canvas = Image.new("1", (size, size))
    pen = ImageDraw.Draw(canvas)
    for _, cubics in paths_of(svg):
        for cubic in cubics:
            pieces = [cubic]
            for _ in range(4):
                pieces = [half for piece in pieces for half in halves(piece)]
            corners = np.array([piece[0] for piece in pieces] + [cubic[3]]) * size / 512
            pen.line([(x, y) for x, y in corners.astype(int).tolist()], fill=1)  # the pixel that each lies in
    return np.asarray(canvas)


def halves(cubic: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    left, right, points = [cubic[0]], [cubic[3]], cubic
    while len(points) > 1:
        points = (points[1:] + points[:-1]) / 2
        left.append(points[0])
        right.append(points[-1])
    return np.array(left), np.array(right[::-1])


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How far each line pixel of either lies from the other's lines."""
    return np.concatenate([np.asarray(ndimage.distance_transform_edt(~b))[a] for a, b in ((one, other), (other, one))])


@pytest.mark.parametrize("size", [256, 512])
def test_the_file_read_back_shows_s_syn_to_a_pixel(data: Path, strokes: Strokes, size: int):
    svg = to_svg(sketch_of(data, "anna", 0, 0, Deformation()))
    gaps = apart(drawn(svg, size), aligned(strokes, size))
    assert gaps.max() <= 2**0.5  # a neighbouring pixel
    assert gaps.mean() < 0.4


def test_parts_are_named_and_no_stroke_is_lost(strokes: Strokes):
    paths = paths_of(to_svg(strokes))
    assert sum(len(cubics) for _, cubics in paths) == len(strokes.curves)
    assert len(paths) == len(np.unique(strokes.path))
    assert {"face", "hair", "ear", "neck", "cloth", "iris", "strand"} <= {part for part, _ in paths}


def test_joined_strokes_stay_joined_in_the_file(data: Path):
    svg = to_svg(sketch_of(data, None, 30, 4, Deformation()))
    ends = np.concatenate([[c[0], c[-1]] for _, (*cubics,) in paths_of(svg) for c in (cubics[0], cubics[-1])])
    _, meeting = np.unique(ends, axis=0, return_counts=True)
    assert meeting.max() >= 3


def test_no_point_moves_further_than_d(data: Path):
    clean, loose = (paths_of(to_svg(sketch_of(data, None, d, 1, Deformation()))) for d in (0, 30))
    moved = np.concatenate([np.subtract(b, a) for (_, a), (_, b) in zip(clean, loose, strict=True)])
    assert 25 < np.abs(moved).max() <= 30.01
    assert np.abs(moved.reshape(-1, 2).mean(0)).max() < 3  # to all sides alike


def test_the_seed_decides_the_file(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def written(*more: str) -> bytes:
        assert main(["svg", str(data), "--out", str(tmp_path / "a.svg"), *more]) == 0
        assert capsys.readouterr().out.strip() == str(tmp_path / "a.svg")
        return (tmp_path / "a.svg").read_bytes()

    assert written("--d", "11", "--seed", "3") == written("--d", "11", "--seed", "3")
    assert written("--d", "11", "--seed", "3") != written("--d", "11", "--seed", "4")
    assert written("--seed", "3") == written()  # S_syn has no chance in it
    freehand = [written("--d", "11", "--freehand-style", "--seed", str(seed)) for seed in range(6)]
    assert any(b'class="strand"' in file for file in freehand)
    assert b'class="strand"' not in written("--d", "11")


def test_a_pack_gives_the_sketch_of_its_folder(data: Path, tmp_path: Path):
    assert build([data], tmp_path / "pack", 64, 1) == 0
    folder, pack = (drawn(to_svg(sketch_of(f, "anna", 0, 0, FREEHAND)), 256) for f in (data, tmp_path / "pack"))
    assert apart(folder, pack).max() <= 2**0.5


def test_a_face_that_is_not_there(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["svg", str(data), "--face", "berta", "--out", str(tmp_path / "b.svg")]) == 1
    assert capsys.readouterr().err == f"dfp-train: {data} has no face berta; its first is faces/anna.\n"
    assert not (tmp_path / "b.svg").exists()
    assert main(["svg", str(data), "--out", str(tmp_path / "none" / "b.svg")]) == 1
    assert "could not be written: No such file or directory." in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--d", "-1"], ["--d", "nan"], ["--d", "loose"], ["--seed", "-1"]])
def test_numbers_that_mean_nothing(data: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["svg", str(data), *wrong])
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith(f"dfp-train svg: error: argument {wrong[0]}: {wrong[1]} is no ")
