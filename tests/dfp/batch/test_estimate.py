"""What `dfp batch` says before it begins: how many faces, how long, how much of the disk."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from batch_helpers import draw_sketches

from dfp.batch.estimate import Estimate, Pace, about, size
from dfp.batch.manifest import NAME


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (3, "a few seconds"),
        (31, "about 30 seconds"),
        (70, "about a minute"),
        (730, "about 12 minutes"),
        (9000, "about 2.5 hours"),
        (200_000, "about 2 days"),
    ],
)
def test_a_time_is_said_as_people_say_it(seconds: float, said: str):
    assert about(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 kB"), (540, "0.5 kB"), (106_000, "106 kB"), (999_700, "1.0 MB"), (31e9, "31 GB")]
)
def test_a_size_is_said_as_people_say_it(count: float, said: str):
    assert size(count) == said


def test_a_time_is_said_once_and_only_when_it_is_worth_it(monkeypatch: pytest.MonkeyPatch):
    now = iter(range(10_000))
    monkeypatch.setattr("dfp.batch.estimate.time.monotonic", lambda: float(next(now)))
    for todo, expected in ((1000, ["About 17 minutes for the 991 left."]), (30, [])):
        pace = Pace(todo)
        assert [said for _ in range(todo) if (said := pace.made())] == expected


def test_what_is_up_to_date_is_known_without_reading_it(
    run: Callable[..., int], small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    source, out = tmp_path / "in", tmp_path / "out"
    draw_sketches(source, 9)

    def estimate(*options: object) -> str:
        assert run("batch", source, out, "--dry-run", *options, weights=small_weights) == 0
        return capsys.readouterr().out

    assert estimate().startswith("9 sketches: 9 faces to draw, a few seconds, about ")
    assert not out.exists()
    assert run("batch", source, out, weights=small_weights) == 0
    assert capsys.readouterr().out == "Faces: 9 made.\n"  # so few are soon there
    before = (out / NAME).read_bytes()
    assert estimate() == "9 sketches, up to date.\n"
    assert "9 faces to draw" in estimate("--trust", 0.5)
    (out / "00003_face.png").unlink()
    later = (source / "00004.png").stat().st_mtime + 100
    os.utime(source / "00004.png", (later, later))
    (source / "torn.png").write_bytes(b"\x89PNG")
    assert "10 sketches, 7 of them up to date: 3 faces to draw" in estimate()
    assert (out / NAME).read_bytes() == before
    assert not (out / "00003_face.png").exists()


def test_a_changed_colour_layer_means_a_face_to_draw(
    run: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    from PIL import Image

    source, out, colours = tmp_path / "in", tmp_path / "out", tmp_path / "colours"
    draw_sketches(source, 2)
    colours.mkdir()
    Image.fromarray(np.full((256, 256, 4), (200, 120, 90, 255), np.uint8)).save(colours / "00000.png")
    given = "batch", source, out, "--colours", colours
    assert run(*given) == 0
    capsys.readouterr()
    assert run(*given, "--dry-run") == 0
    assert "2 sketches, up to date." in capsys.readouterr().out
    later = (colours / "00000.png").stat().st_mtime + 100
    os.utime(colours / "00000.png", (later, later))
    Image.new("RGBA", (256, 256), "black").save(colours / "00001.png")
    assert run(*given, "--dry-run") == 0
    assert "2 faces to draw" in capsys.readouterr().out


def test_a_disk_without_room_is_said_before_anything_is_drawn(
    run: Callable[..., int],
    small_weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    source, out = tmp_path / "in", tmp_path / "out"
    draw_sketches(source, 3)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=1, used=1, free=50_000))
    assert run("batch", source, out, "--dry-run", weights=small_weights) == 1
    said = capsys.readouterr().err
    assert "has 50 kB left: free some space" in said
    assert said.count("\n") == 1
    assert run("batch", source, out, weights=small_weights) == 0  # it may have been wrong
    assert "free some space" in capsys.readouterr().err


def test_an_estimate_without_anything_to_do_needs_nothing():
    assert str(Estimate(1, 0, 0, 5)) == "1 sketch, up to date."
    assert Estimate(1, 0, 0, 0).fits
