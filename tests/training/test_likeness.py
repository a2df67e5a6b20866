"""Whose face is it? Likeness against cases worked out by hand, and `dfp-train likeness` from end to end."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.pack import build
from dfp_training.metrics.likeness import descriptors, likeness, recognisers
from dfp_training.report.drawings import Pair, faces_made, pairs_sheet, read_pairs
from dfp_training.report.likeness import LikenessReport
from face_drawing import draw_face
from PIL import Image
from training_data import write_data, write_metrics, write_person

from dfp.errors import DfpError
from dfp.sketch.frame import Frame

PEOPLE = 12


def write_pairs(folder: Path, count: int = PEOPLE, side: int = 64) -> Path:
    """Drawings with `count` photos; every second one on transparent paper."""
    rng = np.random.default_rng(0)
    for kind in ("sketch", "photo"):
        (folder / kind).mkdir(parents=True)
    for i in range(count):
        lines = np.roll(draw_face(side, 1 + i % 3), i % 5, 1)
        sketch = Image.fromarray(lines)
        if i % 2:
            sketch = Image.fromarray(np.dstack([np.zeros((side, side, 3), np.uint8), 255 - lines]))
        sketch.save(folder / "sketch" / f"{i:02}.png")
        photo = np.kron(rng.integers(0, 256, (4, 4, 3), np.uint8), np.ones((side // 4, side // 4, 1), np.uint8))
        Image.fromarray(photo).save(folder / "photo" / f"{i:02}.jpg")
    return folder


def test_everybody_is_found_in_their_own_photo_whatever_kind_of_picture_a_set_is():
    photos = np.random.default_rng(0).normal(size=(40, 8))
    like = likeness(3 * photos + 100, photos)  # drawings of one kind: all far from every photo, in one direction
    assert like.cosine.value == pytest.approx(1)
    assert like.nearest.value == like.among.value == 1
    assert like.cosine.spread == pytest.approx(0, abs=1e-9)


def test_strangers_are_found_by_chance():
    rng = np.random.default_rng(0)
    like = likeness(rng.normal(size=(400, 64)), rng.normal(size=(400, 64)))
    assert like.cosine.value == pytest.approx(0, abs=0.03)
    assert like.nearest.value < 0.02
    assert like.among.value == pytest.approx(10 / 400, abs=4 * like.among.spread)


def test_ranks_by_hand():
    # On a circle of twelve photos, a face that is turned by t steps has those at 1 to 2t - 1 nearer than its own
    angle = np.arange(12) * np.pi / 6
    photos = np.stack([np.cos(angle), np.sin(angle)], 1)
    for turned, nearest, among in ((0, 1, 1), (0.9, 0, 1), (4.9, 0, 1), (5.1, 0, 0)):
        faces = np.stack([np.cos(angle + turned * np.pi / 6), np.sin(angle + turned * np.pi / 6)], 1)
        like = likeness(faces, photos)
        assert like.cosine.value == pytest.approx(np.cos(turned * np.pi / 6))
        assert (like.nearest.value, like.among.value) == (nearest, among)


def test_the_same_face_for_everybody_finds_nobody():
    photos = np.random.default_rng(0).normal(size=(20, 8))
    like = likeness(np.ones((20, 8)), photos)
    assert like.cosine.value == like.nearest.value == like.among.value == 0


def test_a_share_has_the_standard_error_of_a_share():
    rng = np.random.default_rng(0)
    photos = rng.normal(size=(100, 50))
    faces = np.where(np.arange(100)[:, None] < 40, photos, rng.normal(size=(100, 50)))
    like = likeness(faces, photos)
    assert like.nearest.value == pytest.approx(0.4, abs=0.05)
    assert like.nearest.spread == pytest.approx(0.049, rel=0.25)


def test_ten_people_are_too_few():
    with pytest.raises(DfpError, match="There are 10 drawings, 11 are needed"):
        likeness(np.eye(10), np.eye(10))


def test_pairs_have_equal_names_and_paper_is_white(tmp_path: Path):
    pairs = read_pairs(write_pairs(tmp_path))
    assert [pair.name for pair in pairs] == [f"{i:02}" for i in range(PEOPLE)]
    assert pairs[1].sketch.mode == "RGBA"
    for pair in pairs[:2]:
        drawn = np.asarray(pair.drawn)
        assert drawn.shape == (64, 64, 3)
        assert (drawn[0, 0] == 255).all()
        assert (drawn < 50).any()


def test_a_drawing_is_taken_whole_or_in_the_frame_that_is_found(tmp_path: Path):
    pairs = read_pairs(write_pairs(tmp_path))[:2]
    frames: list[Frame | None] = []

    def draw(pair: Pair, frame: Frame | None) -> np.ndarray:
        frames.append(frame)
        return np.asarray(pair.photo)

    assert np.array_equal(faces_made(pairs, draw)[1], np.asarray(pairs[1].photo))
    faces_made(pairs, draw, found=True)
    assert frames == [Frame(0, 0, 64, 64)] * 2 + [None] * 2


def test_the_sheet_shows_drawing_photo_and_faces_in_rows(tmp_path: Path):
    pairs = read_pairs(write_pairs(tmp_path))[:4]
    grey = [np.full((8, 8, 3), 10 * i, np.uint8) for i in range(4)]
    sheet = np.asarray(pairs_sheet(pairs, [grey], side=16))
    assert sheet.shape == (2 * 16, 9 * 16, 3)  # three pairs in a row of nine, the fourth below
    assert (sheet[:16, 2 * 16 : 3 * 16] == 0).all()
    assert (sheet[:16, 5 * 16 : 6 * 16] == 10).all()
    assert (sheet[16:, 2 * 16 : 3 * 16] == 30).all()
    assert (sheet[16:, 3 * 16 :] == 255).all()


def test_the_photos_themselves_are_found_and_others_are_not(tmp_path: Path):
    write_person(tmp_path)
    pairs = read_pairs(write_pairs(tmp_path / "pairs"))
    photos = [np.asarray(pair.photo) for pair in pairs]
    larger = [np.kron(photo, np.ones((2, 2, 1), np.uint8)) for photo in photos]
    seeing = recognisers(tmp_path, torch.device("cpu"))
    assert list(seeing) == ["faceres"]
    assert descriptors(seeing["faceres"], [photos[0], larger[0]]).shape == (2, 1024)
    table = LikenessReport.of(pairs, {"photos": larger, "others": photos[1:] + photos[:1]}, seeing).tables["faceres"]
    assert list(table) == ["the drawings themselves", "photos", "others"]
    assert table["photos"].nearest.value == 1
    assert table["photos"].cosine.value > 0.95
    assert table["others"].nearest.value == 0


def test_models_are_compared_with_the_first_on_the_same_drawings(tmp_path: Path):
    write_person(tmp_path)
    pairs = read_pairs(write_pairs(tmp_path / "pairs"))
    photos = [np.asarray(pair.photo) for pair in pairs]
    made = {"others": photos[1:] + photos[:1], "same": photos[1:] + photos[:1], "photos": photos}
    report = LikenessReport.of(pairs, made, recognisers(tmp_path, torch.device("cpu")))
    table = report.tables["faceres"]
    more = [line.split()[5:] for line in report.lines() if line.startswith("  more than the first model")]
    assert more[0] == ["0.000", "0.000", "0.0", "0.0", "0.0", "0.0"]
    assert float(more[1][0]) == pytest.approx(1 - table["others"].cosine.value, abs=1e-3)
    assert more[1][2:4] == ["100.0", "0.0"]


def test_a_folder_without_recognisers_has_its_sentence(tmp_path: Path):
    with pytest.raises(DfpError, match=r"has no network that tells people apart.*mobilefacenet\.onnx"):
        recognisers(tmp_path, torch.device("cpu"))


FAULTS: dict[str, Callable[[Path], object]] = {
    r"05\.png has no picture of its name in .*photo": lambda folder: (folder / "photo" / "05.jpg").unlink(),
    r"05\.jpg has no picture of its name in .*sketch": lambda folder: (folder / "sketch" / "05.png").unlink(),
    "two pictures called 05": lambda folder: Image.new("RGB", (64, 64)).save(folder / "photo" / "05.png"),
    r"05\.jpg is 64 x 32: cut it to a square": lambda f: Image.new("RGB", (64, 32)).save(f / "photo" / "05.jpg"),
    r"05\.png: this is no picture": lambda folder: (folder / "sketch" / "05.png").write_bytes(b"no picture"),
    "There is no folder .*photo": lambda folder: (folder / "photo").rename(folder / "photos"),
    "05: This layer is empty|05: Nothing is drawn": lambda f: Image.new("L", (64, 64), 255).save(
        f / "sketch" / "05.png"
    ),
}


@pytest.mark.parametrize("sentence", FAULTS)
def test_bad_folders_have_their_sentences(
    sentence: str, small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_person(tmp_path)
    FAULTS[sentence](write_pairs(tmp_path / "pairs"))
    command = ["likeness", str(tmp_path / "pairs"), "--weights", str(small_weights), "--metrics", str(tmp_path)]
    assert main([*command, "--device", "cpu"]) == 1
    said = capsys.readouterr()
    assert not said.out
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(said.err)


def test_the_command_prints_a_table_for_all_weights_and_draws_a_sheet(
    small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_person(tmp_path)
    write_pairs(tmp_path / "pairs")
    other = tmp_path / "other.safetensors"  # the same weights, but another file
    other.write_bytes(small_weights.read_bytes())
    command = ["likeness", str(tmp_path / "pairs"), "--metrics", str(tmp_path), "--device", "cpu"]
    assert main([*command, "--weights", str(small_weights), "--sheet", str(tmp_path / "sheet.jpg")]) == 0
    printed = capsys.readouterr().out
    assert "12 drawings and their photos, whole drawings as frames" in printed
    assert "by chance 8.3 and 83 %" in printed
    assert "likeness (faceres); flatters models that were trained with it" in printed
    rows = [line for line in printed.splitlines() if line.startswith(("the drawings", "small.safetensors"))]
    assert len(rows) == 2
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (9 * 192, 4 * 192)
    assert main([*command, "--weights", str(small_weights), str(other), "--found-frame"]) == 0
    printed = capsys.readouterr().out
    assert "frames as found" in printed
    assert "other.safetensors" in printed
    assert printed.count("more than the first model") == 1
    assert main([*command, "--weights", str(small_weights), str(small_weights)]) == 1
    assert "is given twice" in capsys.readouterr().err


def test_evaluate_measures_the_likeness_of_drawings_too(
    small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    metrics = write_metrics(tmp_path / "metrics")
    write_person(metrics)
    pairs = write_pairs(tmp_path / "pairs")
    assert build([write_data(tmp_path / "faces", 7)], tmp_path / "pack", 64, 1) == 0
    command = ["evaluate", "--weights", str(small_weights), "--pack", str(tmp_path / "pack"), "--split", "train"]
    command += ["--metrics", str(metrics), "--offsets", "11", "--device", "cpu", "--limit", "4"]
    figures = tmp_path / "figures.json"
    assert main([*command, "--drawings", str(pairs), "--json", str(figures)]) == 0
    assert "likeness (faceres)" in capsys.readouterr().out
    measured = json.loads(figures.read_text())["likeness"]
    assert measured["drawings"] == PEOPLE
    of = measured["faceres"]["the drawings themselves"]
    assert set(of) == {"cosine", "nearest", "among"}
    assert 0 < of["cosine"]["spread"] < 1
    (pairs / "photo" / "05.jpg").unlink()
    assert main([*command, "--drawings", str(pairs)]) == 1
    assert "has no picture of its name" in capsys.readouterr().err
