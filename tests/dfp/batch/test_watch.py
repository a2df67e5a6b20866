"""`dfp batch --watch`: what comes gets its face once it is whole; what is being written is waited for."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from batch_helpers import draw_sketches
from PIL import Image
from watched import LONG, Watched, hurry, watching

import dfp.batch.watch.folders
from dfp.batch.manifest import NAME
from dfp.batch.watch.folders import Folders, Stillness


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def watch(run: Callable[..., int], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable:
    """Run `dfp batch IN OUT --watch ...` while a function does something; then stop it. Gives code and words."""
    folders = tmp_path / "in", tmp_path / "out"
    return watching(lambda *options: run("batch", *folders, *options), folders[1], capfd)


@contextmanager
def writing(path: Path, data: bytes) -> Iterator[None]:
    """A file of which the second half comes after what is done in between."""
    with path.open("wb") as file:
        file.write(data[: len(data) // 2])
        file.flush()
        yield
        file.write(data[len(data) // 2 :])


def test_new_and_changed_sketches_get_their_face_when_they_are_whole(watch: Callable, tmp_path: Path):
    source, ready, report = tmp_path / "in", tmp_path / "ready", tmp_path / "report.html"
    draw_sketches(ready, 5)
    sketches = [path.read_bytes() for path in sorted(ready.iterdir())]
    (source / "below").mkdir(parents=True)
    (source / "first.png").write_bytes(sketches[0])

    def doing(watched: Watched) -> None:
        first = watched.face("first_face.png")
        (source / ".saving").write_bytes(sketches[1])
        (source / ".saving").replace(source / "first.png")  # as painting programs save
        watched.renewed("first_face.png", first)
        with writing(source / "below" / "slow.png", sketches[2]):
            time.sleep(1)  # longer than it takes to look still, shorter than the patience
        slow = watched.face("below/slow_face.png")
        (source / "below" / "slow.png").write_bytes(sketches[3])
        watched.renewed("below/slow_face.png", slow)
        (source / "first.png").unlink()
        (source / "new").mkdir()
        (source / "new" / "last.png").write_bytes(sketches[4])
        watched.face("new/last_face.png")

    code, said = watch(doing, "-r", "--report", report)
    assert code == 0, said
    assert said.count("dfp:") == 0, said
    assert "Faces: 5 made.\n" in said
    assert said.count("Ctrl-C ends") == 1
    assert (tmp_path / "out" / "first_face.png").exists()
    assert (tmp_path / "out" / NAME).read_bytes().count(b"\n") == 3
    assert all(name in report.read_text() for name in ("first_face.png", "below/slow_face.png", "new/last_face.png"))


def test_what_stays_torn_is_said_once_and_what_is_mended_is_forgotten(watch: Callable, tmp_path: Path):
    source = tmp_path / "in"
    draw_sketches(source, 2)
    whole = (source / "00000.png").read_bytes()
    (source / "00000.png").write_bytes(whole[:200])

    def doing(watched: Watched) -> None:
        watched.wait(lambda: "00000.png: this is no picture" in watched.said())
        time.sleep(1)
        (source / "00000.png").write_bytes(whole)
        watched.face("00000_face.png")
        (source / "torn.png").write_bytes(whole[:300])
        watched.wait(lambda: "torn.png: this is no picture" in watched.said())

    code, said = watch(doing, number=signal.SIGTERM)
    assert code == 3
    assert said.count("this is no picture") == 2, said
    assert "Faces: 2 made, 1 failed.\n" in said


def test_an_empty_folder_is_waited_for_and_a_changed_colour_layer_renews_its_face(watch: Callable, tmp_path: Path):
    source, colours = tmp_path / "in", tmp_path / "colours"
    draw_sketches(tmp_path / "ready", 1)
    source.mkdir()
    colours.mkdir()

    def doing(watched: Watched) -> None:
        (tmp_path / "ready" / "00000.png").rename(source / "a.png")
        face = watched.face("a_face.png")
        for colour in (200, 90, 60, 255), (30, 60, 200, 255):
            Image.fromarray(np.full((256, 256, 4), colour, np.uint8)).save(colours / "a.png")
            watched.renewed("a_face.png", face)
            face = watched.face("a_face.png")

    code, said = watch(doing, "--colours", colours)
    assert code == 0, said
    assert "Faces: 3 made.\n" in said


def test_a_folder_that_goes_away_is_waited_for(watch: Callable, tmp_path: Path):
    source = tmp_path / "in"
    draw_sketches(source, 2)

    def doing(watched: Watched) -> None:
        source.rename(tmp_path / "elsewhere")
        watched.wait(lambda: "It is tried again" in watched.said())
        time.sleep(0.5)
        (tmp_path / "elsewhere").rename(source)
        (source / "00000.png").rename(source / "b.png")
        watched.face("b_face.png")

    code, said = watch(doing)
    assert code == 0, said
    assert said.count("It is tried again") == 1


def test_files_of_hidden_folders_and_those_of_faces_are_none(tmp_path: Path):
    for name in ("a.png", "b.txt", ".c.png", "x/d.PNG", ".x/e.png", "out/f.png", "g.png/h.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing")

    def names(recursive: bool) -> set[str]:
        files = Folders({tmp_path: recursive}, {(tmp_path / "out").resolve()}).files()
        return {Path(path).relative_to(tmp_path).as_posix() for path in files}

    assert names(False) == {"a.png"}
    assert names(True) == {"a.png", "x/d.PNG", "g.png/h.jpg"}


def test_new_names_are_seen_without_looking_at_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dfp.batch.watch.folders, "OFTEN", LONG)
    (tmp_path / "x").mkdir()
    os.utime(tmp_path / "x", (1, 1))
    folders = Folders({tmp_path: True})
    folders.files()
    assert not folders.may_differ()
    (tmp_path / "x" / "a.png").touch()
    assert folders.may_differ()


def test_a_file_is_still_when_it_has_not_changed_for_a_moment(tmp_path: Path):
    sketch, folders = tmp_path / "a.png", Folders({tmp_path: False})
    still = Stillness(folders.files())
    sketch.write_bytes(b"1")
    assert not still.update(folders.files(), 0.0)
    sketch.write_bytes(b"12")
    assert not still.update(folders.files(), 0.2)
    assert not still.update(folders.files(), 0.4)
    assert str(sketch) in still.moving
    assert still.update(folders.files(), 0.6)
    assert not still.moving
