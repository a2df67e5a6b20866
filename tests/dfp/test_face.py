"""FaceGenerator and `dfp generate` on a small model: pictures, batches, files, errors."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dfp import DfpError, FaceGenerator, SketchError
from dfp.cli.main import main
from dfp.sketch.heatmap import heatmap, relaxation


@pytest.fixture(scope="module")
def generator(small_weights: Path) -> FaceGenerator:
    return FaceGenerator.load(small_weights, "cpu")


def test_one_sketch(generator: FaceGenerator, face_sketch: np.ndarray):
    face = generator.generate(face_sketch)
    assert face.image.shape == (64, 64, 3)
    assert face.image.dtype == np.uint8
    assert face.attention.shape == (4, 32, 32)
    assert np.allclose(face.attention.sum(0), 1, atol=0.02)
    assert face.ms > 0
    assert face.placed().shape == (face.frame.height, face.frame.width, 3)


def test_a_batch_gives_what_single_sketches_give(generator: FaceGenerator, face_sketch: np.ndarray):
    sketches = [face_sketch, Image.fromarray(face_sketch[:, ::-1]), face_sketch]
    faces = generator.generate(sketches)
    assert len(faces) == 3
    assert np.array_equal(faces[0].image, faces[2].image)
    alone = generator.generate(sketches[1])
    assert np.abs(faces[1].image.astype(int) - alone.image).mean() < 1
    assert generator.generate([]) == []


def test_a_frame_moves_the_picture(generator: FaceGenerator, face_sketch: np.ndarray):
    canvas = np.full((512, 512), 255, np.uint8)
    canvas[200:456, 100:356] = face_sketch
    face = generator.generate(canvas, (100, 200, 256, 256))
    assert (face.frame.left, face.frame.top, face.frame.width, face.frame.height) == (100, 200, 256, 256)
    plain = generator.generate(face_sketch, (0, 0, 256, 256))
    assert np.abs(face.image.astype(int) - plain.image).mean() < 1


def test_empty_sketch_and_wrong_device(generator: FaceGenerator, small_weights: Path):
    with pytest.raises(SketchError):
        generator.generate(np.full((64, 64), 255, np.uint8))
    with pytest.raises(DfpError, match="auto, cpu or cuda"):
        FaceGenerator.load(small_weights, "abacus")


def test_relaxation_reads_as_reach():
    attention = np.zeros((4, 2, 2), np.float32)
    attention[0, 0], attention[3, 1] = 1, 1
    assert relaxation(attention).tolist() == [[0, 0], [1, 1]]
    picture = heatmap(attention, np.zeros((8, 8, 3), np.uint8))
    assert picture.shape == (8, 8, 3)
    assert picture[7, 0, 0] > picture[0, 0, 0]  # loose is yellow, exact is blue


def run(*arguments: object) -> int:
    return main(["generate", *map(str, arguments)])


def test_generate_writes_face_and_attention(small_weights: Path, face_sketch: np.ndarray, tmp_path: Path):
    sketch = tmp_path / "anna.png"
    Image.fromarray(face_sketch).save(sketch)
    face, attention = tmp_path / "out.png", tmp_path / "attention.png"
    assert run(sketch, "-o", face, "--attention", attention, "--weights", small_weights) == 0
    assert Image.open(face).size == Image.open(face).size[::-1]
    assert Image.open(attention).size == (64, 64)


def test_generate_without_arguments_makes_face_png(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert run("--weights", small_weights) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["face.png"]


def test_a_bad_file_is_reported_and_the_rest_go_on(
    small_weights: Path, face_sketch: np.ndarray, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    Image.fromarray(face_sketch).save(tmp_path / "good.png")
    Image.new("L", (64, 64), 255).save(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("no picture")
    files = [tmp_path / name for name in ("empty.png", "text.png", "missing.png", "good.png")]
    assert run(*files, "-o", tmp_path / "faces", "--weights", small_weights) == 3
    assert [p.name for p in (tmp_path / "faces").iterdir()] == ["good_face.png"]
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert all("Traceback" not in line for line in said)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.png", "b.png", "-o", "one.png"], "give a folder"),
        (["x/a.png", "y/a.png"], "rename one"),
        (["a.png", "b.png", "--attention", "h.png"], "give one sketch"),
        (["a.png", "--weights", "nowhere.safetensors"], "no weights file"),
    ],
)
def test_wrong_calls_get_one_sentence(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_an_unknown_ending_is_refused_without_a_file(
    small_weights: Path, face_sketch: np.ndarray, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    Image.fromarray(face_sketch).save(tmp_path / "s.png")
    assert run(tmp_path / "s.png", "-o", tmp_path / "face.xyz", "--weights", small_weights) == 1
    assert "use .png" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["s.png"]
