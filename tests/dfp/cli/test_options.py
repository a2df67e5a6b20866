"""Options of `dfp generate`, and what `dfp batch` passes over."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image

from dfp import FaceGenerator
from dfp.cli.main import main

Run = Callable[..., int]
DRAWING = draw_face(256)


@pytest.fixture
def run(small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`dfp` beside anna.png; gives the exit code."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(DRAWING).save("anna.png")

    def call(*arguments: object) -> int:
        return main([*map(str, arguments), "--weights", str(small_weights), "--device", "cpu"])

    return call


@pytest.mark.parametrize("given", [("--frame", "-40,-30,300.4,200"), ("--frame=-40,-30,300.4,200",)])
def test_a_frame_is_said(run: Run, small_weights: Path, given: tuple[str, ...]) -> None:
    assert run("generate", *given, "anna.png") == 0
    face = FaceGenerator.load(small_weights, "cpu").generate(DRAWING, (-40, -30, 300, 200))
    made = np.asarray(Image.open("anna_face.png")).astype(int)
    assert made.shape == (300, 300, 3)
    assert np.abs(made - face.placed()).mean() < 1


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ("1,2,3", "four numbers"),
        ("1,2,3,x", "four numbers"),
        ("", "four numbers"),
        ("0,0,nan,5", "four numbers"),
        ("0,0,1e9,1e9", "at most 16384"),
        ("0,0,0,0", "selection is empty"),
        ("900,900,50,50", "outside the picture"),
    ],
)
def test_a_frame_that_is_none_gets_one_sentence(
    run: Run, frame: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("generate", "anna.png", "--frame", frame) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not Path("anna_face.png").exists()


def test_what_is_passed_over_is_counted_and_named_once(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("photo.heic", "notes.txt", "anna.png~", ".hidden.txt"):
        Path(name).write_bytes(b"anything")
    os.mkfifo("pipe.png")
    Path("linked").symlink_to(Path(__file__).parent, target_is_directory=True)
    Path("below").mkdir()
    for number in range(12):
        Path(f"below/{number}.xcf").touch()
    assert run("batch", ".", "out") == 0
    said = capsys.readouterr()
    others = "4 are no pictures that can be opened (anna.png~, notes.txt, photo.heic, pipe.png)"
    assert said.out == f"Faces: 1 made.\nPassed over: {others}.\n"
    assert said.err == ""
    assert run("batch", ".", "out", "-r") == 0
    said = capsys.readouterr().out
    assert "16 are no pictures that can be opened" in said
    assert ", ...)" in said
    assert "1 is a link to a folder (linked)" in said
    Path("anna.png").unlink()
    assert run("batch", ".", "out") == 1
    assert "photo.heic" in capsys.readouterr().err


def test_a_trust_mask_that_cannot_be_read_is_named(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for name, says in (("nowhere.png", "no such file"), (".", "folder")):
        assert run("generate", "anna.png", "--trust-mask", name) == 1
        said = capsys.readouterr().err
        assert name in said
        assert says in said


def test_memory_that_is_too_short_ends_one_picture_only(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Image.Image.convert

    def convert(self: Image.Image, *arguments: object, **options: object) -> Image.Image:
        if self.size == (100, 100):
            raise MemoryError
        return real(self, *arguments, **options)  # pyright: ignore[reportArgumentType]

    Image.fromarray(DRAWING).convert("P").resize((100, 100)).save("large.png")
    monkeypatch.setattr(Image.Image, "convert", convert)
    assert run("generate", "large.png", "anna.png") == 3
    assert "large.png: this picture needs more memory than there is" in capsys.readouterr().err
    assert Path("anna_face.png").exists()
