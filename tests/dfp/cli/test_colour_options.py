"""The colours that `dfp generate` and `dfp batch` are asked for, and one sentence for whatever cannot be had."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image

from dfp.batch.manifest import NAME

Run = Callable[..., int]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sketches, colour layers and palettes, where the program is started."""
    monkeypatch.chdir(tmp_path)
    for name in ("anna.png", "sketches/a.png", "sketches/b.jpg", "sketches/below/c.png"):
        Path(name).parent.mkdir(exist_ok=True)
        Image.fromarray(draw_face(200)).save(name)
    Image.fromarray(np.zeros((200, 200, 4), np.uint8)).save("empty.png")
    Image.fromarray(np.full((100, 200, 4), 255, np.uint8)).save("wide.png")
    Path("hair.json").write_text('{"hair": "#f0e0c0"}')
    Path("none.json").write_text("hair: red")
    paint("layers/a.png", (200, 0, 0))
    return tmp_path


def paint(name: str, colour: tuple[int, int, int], side: int = 100) -> Path:
    """A layer with its left half painted."""
    layer = np.zeros((side, side, 4), np.uint8)
    layer[:, : side // 2] = (*colour, 255)
    Path(name).parent.mkdir(exist_ok=True, parents=True)
    Image.fromarray(layer).save(name)
    return Path(name)


def options(out: str) -> dict[str, dict]:
    """What the manifest says of each sketch's options."""
    lines = [json.loads(line) for line in (Path(out) / NAME).read_text().splitlines()]
    return {line["input"]: line["options"] for line in lines}


def pixels(name: str) -> bytes:
    return np.asarray(Image.open(name)).tobytes()


def test_generate_takes_colours(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {
        "usual": [],
        "skin": ["--skin", "#402010"],
        "file": ["--palette", "hair.json"],
        "both": ["--palette", "hair.json", "--hair", "black"],
        "seed": ["--seed", "3"],
        "again": ["--seed", "3"],
        "painted": ["--colours", "layers/a.png"],
        "mixed": ["--colours", "layers/a.png", "--clothes", "rgb(0, 255, 0)"],
        "black": ["--hair", "#000"],
    }
    for name, arguments in asked.items():
        assert run("generate", "anna.png", "-o", f"{name}.png", *arguments) == 0
    faces = {name: pixels(f"{name}.png") for name in asked}
    assert faces["seed"] == faces["again"]
    assert faces["both"] == faces["black"]
    assert len(set(faces.values())) == len(faces) - 2
    assert "3" not in capsys.readouterr().out.replace("x", " ").split()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--hair", "loud"], "'loud' is no colour for hair"),
        (["--seed", "-1"], "A seed is a whole number from 0"),
        (["--palette", "none.json"], "none.json is no palette"),
        (["--palette", "nowhere.json"], "nowhere.json cannot be read"),
        (["--colours", "empty.png"], "empty.png: Nothing is painted on the colour layer"),
        (["--colours", "nowhere.png"], "nowhere.png: there is no such file"),
        (["--colours", "hair.json"], "hair.json: this is no picture"),
        (["--colours", "wide.png"], "(200 x 100) has other proportions than the sketch (200 x 200)"),
        (["--colours", "layers/a.png", "-o", "layers/a.png", "--overwrite"], "is read by this command"),
    ],
    ids=str,
)
def test_what_cannot_be_used_gets_one_sentence(
    run: Run, here: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    assert run("generate", "anna.png", *arguments) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("arguments", [("--hair", "red"), ("--seed", "1"), ("--palette", "hair.json"), ("--colours",)])
def test_weights_that_know_no_colours_say_so_once(
    run: Run, here: Path, small_weights: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = (["layers/a.png"], ["layers"]) if arguments == ("--colours",) else ([], [])
    assert run("generate", "anna.png", "sketches/a.png", *arguments, *file, weights=small_weights) == 1
    assert run("batch", "sketches", "out", *arguments, *folder, weights=small_weights) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all("These weights know no colours" in line for line in said)
    assert not Path("out").exists()


def test_a_batch_keeps_its_colours_and_renews_faces_when_they_change(
    run: Run, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def made(*arguments: str) -> str:
        assert run("batch", "sketches", "out", *arguments) == 0
        return capsys.readouterr().out

    assert made() == "Faces: 2 made.\n"
    usual = pixels("out/a_face.png")
    assert options("out")["a.png"] == {"attention": False}
    assert made("--palette", "hair.json") == "Faces: 2 made.\n"
    assert pixels("out/a_face.png") != usual
    assert options("out")["a.png"] == {"attention": False, "palette": {"hair": "#f0e0c0"}}
    assert made("--hair", "#f0e0c0") == "Faces: 2 up to date.\n"
    Path("hair.json").write_text('{"hair": "#101010"}')
    assert made("--palette", "hair.json") == "Faces: 2 made.\n"
    assert made("--palette", "hair.json", "--seed", "3") == "Faces: 2 made.\n"
    assert made("--palette", "hair.json", "--seed", "3") == "Faces: 2 up to date.\n"
    run("generate", "sketches/a.png", "-o", "alone.png", "--palette", "hair.json", "--seed", "3")
    difference = np.abs(np.array(Image.open("alone.png"), int) - np.array(Image.open("out/a_face.png")))
    assert difference.mean() < 1


def test_each_sketch_of_a_batch_has_its_own_layer(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch", "-r", "sketches", "out", "--colours", "layers") == 0
    assert capsys.readouterr().out == "Faces: 3 made.\nOf 2 there is no layer in layers.\n"
    first = {name: pixels(f"out/{name}_face.png") for name in ("a", "b", "below/c")}
    assert first["a"] != first["b"]
    paint("layers/b.png", (0, 200, 0))
    paint("layers/below/c.png", (0, 0, 200))
    paint("layers/a.png", (0, 0, 200))
    assert run("batch", "-r", "sketches", "out", "--colours", "layers") == 0
    assert capsys.readouterr().out == "Faces: 3 made.\n"
    assert pixels("out/below/c_face.png") == pixels("out/a_face.png") != first["a"]
    assert run("batch", "-r", "sketches", "out", "--colours", "layers") == 0
    assert capsys.readouterr().out == "Faces: 3 up to date.\n"
    assert run("batch", "-r", "sketches", "out") == 0
    assert capsys.readouterr().out == "Faces: 3 made.\n"
    assert pixels("out/below/c_face.png") == first["below/c"]


def test_layers_inside_the_folder_of_sketches_are_no_sketches(run: Run, here: Path) -> None:
    paint("sketches/colours/a.png", (200, 0, 0))
    assert run("batch", "-r", "sketches", "out", "--colours", "sketches/colours") == 0
    assert set(options("out")) == {"a.png", "b.jpg", "below/c.png"}


def test_a_layer_that_cannot_be_used_is_named_and_the_rest_go_on(
    run: Run, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("d", "e", "f"):
        Image.fromarray(draw_face(200)).save(f"sketches/{name}.png")
    Path("layers/b.jpg").write_text("none")
    Path("empty.png").rename("layers/d.png")
    Path("wide.png").rename("layers/e.png")
    Path("layers/f.png").mkdir()
    assert run("batch", "sketches", "out", "--colours", "layers") == 3
    said = sorted(capsys.readouterr().err.splitlines())
    assert [line.split(":")[1].strip() for line in said] == [
        f"sketches/{n}" for n in ("b.jpg", "d.png", "e.png", "f.png")
    ]
    wanted = [
        "layers/b.jpg: this is no picture",
        "layers/d.png: Nothing is painted",
        "other proportions",
        "layers/f.png",
    ]
    assert all(part in line for part, line in zip(wanted, said, strict=True))
    assert set(options("out")) == {"a.png"}


@pytest.mark.parametrize(
    ("folder", "says"),
    [
        ("nowhere", "There is no folder nowhere: give the one with the colour layers."),
        ("anna.png", "There is no folder anna.png"),
        ("./sketches", "holds the sketches"),
        ("sketches/below", "has the name of a sketch"),
    ],
)
def test_a_folder_of_layers_that_is_none(
    run: Run, here: Path, folder: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("batch", "sketches", "out", "--colours", folder) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_a_layer_is_never_an_output(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(draw_face(200)).save("sketches/a_face.png")
    layer = paint("layers/a_face.png", (1, 2, 3))
    before = layer.read_bytes()
    assert run("batch", "sketches", "layers", "--colours", "layers", "--overwrite") == 3
    assert "is read by this command" in capsys.readouterr().err
    assert layer.read_bytes() == before
