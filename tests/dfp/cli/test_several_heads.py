"""`dfp generate` and `dfp batch` on sheets with several heads, and with none."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image

from dfp import FaceGenerator
from dfp.cli.main import main

SHEET = np.hstack([draw_face(400), draw_face(400)])


def house() -> np.ndarray:
    """A drawing without a face."""
    sheet = np.full((400, 600), 255, np.uint8)
    cv2.rectangle(sheet, (100, 200), (500, 380), 0, 3)
    return cv2.polylines(sheet, [np.array([[90, 200], [300, 60], [510, 200]])], False, 0, 3)


def run(weights: Path, *arguments: object) -> int:
    return main([*map(str, arguments), "--weights", str(weights), "--device", "cpu"])


def test_a_sheet_becomes_one_picture_with_a_face_in_each_place(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(SHEET).save("two.png")
    assert run(small_weights, "generate", "two.png", "--attention", "loose.png") == 0
    made = np.asarray(Image.open("two_face.png"))
    assert made.shape == (400, 800, 4)
    assert np.asarray(Image.open("loose.png")).shape == made.shape
    faces = FaceGenerator.load(small_weights, "cpu").generate_all(SHEET)
    assert len(faces) == 2
    for face in faces:
        x, y = face.frame.left + face.frame.width // 2, face.frame.top + face.frame.height // 2
        assert made[y, x, 3] == 255
        assert (
            np.abs(made[y, x, :3] - face.placed()[face.frame.height // 2, face.frame.width // 2].astype(int)).max() < 4
        )
    assert run(small_weights, "generate", "two.png", "--faces", "1", "-o", "one.jpg") == 0
    assert Image.open("one.jpg").size == (faces[0].frame.width, faces[0].frame.height)
    assert run(small_weights, "generate", "two.png", "--faces", "-1") == 1


def test_what_is_hardly_a_face_is_made_and_told(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Image.fromarray(house()).save("in/house.png")
    Image.fromarray(SHEET).save("in/two.png")
    assert run(small_weights, "generate", "in/house.png") == 4
    assert "This does not look like one face from the front" in capsys.readouterr().err
    assert Path("house_face.png").exists()
    assert run(small_weights, "batch", "in", "out") == 4
    assert "Of 1 it is doubtful" in capsys.readouterr().out
    lines = [json.loads(line) for line in Path("out/manifest.jsonl").read_text().splitlines()]
    assert {tuple(line["frame"]) for line in lines if line["input"] == "two.png"} == {(0, 0, 800, 400)}
    assert run(small_weights, "batch", "in", "out") == 0
