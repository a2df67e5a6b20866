"""What is kept on the disk of a batch that runs: notes, locks and answers, without Krita."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

DAY_S = 24 * 3600


@pytest.fixture
def note(part: Any, tmp_path: Path) -> Any:
    """That of a batch over a picture that is there."""
    picture = tmp_path / "picture.kra"
    picture.touch()
    drawn = {"{a}": part("batch.note").Drawn(1, 2)}
    kept = {"deepfacepencil-options": '{"seed": 7}'}
    return part("batch.note").Note(str(picture), "group", ("{a}", "{b}"), 2, 1, True, drawn, kept)


def test_a_note_comes_back_as_it_was(part: Any, note: Any) -> None:
    assert part("batch.note").Note.from_text(note.to_text()) == note


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"layers": 5}, {"layers": [1]}, {"drawn": []}, {"drawn": {"{a}": [1]}}, {"count": "x"}]
)
def test_a_spoiled_note_is_none(part: Any, note: Any, change: Any, tmp_path: Path) -> None:
    journals = part("batch.journal")
    folder = tmp_path / "batches" / "1"
    folder.mkdir(parents=True)
    (folder / "note.json").write_text(json.dumps({**json.loads(note.to_text()), **change}))
    assert journals.left_behind(tmp_path / "batches") == []
    assert not folder.exists()


def test_which_picture_is_meant(note: Any, tmp_path: Path) -> None:
    """Its own file, what Krita has saved by itself or recovers, never another file that is there as well."""
    copy, autosave = tmp_path / "copy.kra", tmp_path / ".picture.kra-autosave.kra"
    copy.touch()
    autosave.touch()
    assert note.may_be_about(note.file)
    assert note.may_be_about(str(autosave))
    assert note.may_be_about(str(tmp_path / "document_0.kra"))
    assert note.may_be_about("")
    assert not note.may_be_about(str(copy))
    os.remove(note.file)
    assert note.may_be_about(str(copy)), "the picture was renamed"


def test_what_is_left_behind(part: Any, note: Any, tmp_path: Path) -> None:
    """While it is held, it is nobody else's; then it is found; removed, nothing of it is left."""
    journals = part("batch.journal")
    journal = journals.Journal.begun(tmp_path / "batches")
    journal.write(note)
    assert journals.left_behind(tmp_path / "batches") == []
    journal.let_go()
    (found,) = journals.left_behind(tmp_path / "batches")
    assert found.note == note
    assert found.take()
    found.remove()
    assert list((tmp_path / "batches").iterdir()) == []
    assert not found.take()


@pytest.mark.parametrize(
    ("there", "days", "kept"), [(True, 80, True), (True, 100, False), (False, 10, True), (False, 20, False)]
)
def test_a_stale_one_is_forgotten(part: Any, note: Any, tmp_path: Path, there: bool, days: int, kept: bool) -> None:
    """Sooner when its picture is gone."""
    journal = part("batch.journal").Journal.begun(tmp_path / "batches")
    journal.write(note)
    journal.let_go()
    (file,) = (tmp_path / "batches").glob("*/note.json")
    if not there:
        os.remove(note.file)
    then = time.time() - days * DAY_S
    os.utime(file, (then, then))
    assert bool(part("batch.journal").left_behind(tmp_path / "batches")) is kept
    assert file.exists() is kept


def test_a_killed_program_holds_nothing(folder: Path, part: Any, tmp_path: Path) -> None:
    """As soon as it is gone, another may take what it held."""
    code = (
        "import sys, time; from importlib.util import spec_from_file_location as s, module_from_spec as m\n"
        "from pathlib import Path\n"
        "spec = s('held', sys.argv[1]); module = m(spec); spec.loader.exec_module(module)\n"
        "held = module.HeldFile(Path(sys.argv[2])); print(held.take(), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(folder / "settings/held_file.py"), str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        mine = part("settings.held_file").HeldFile(tmp_path / "lock")
        assert not mine.take()
        other.kill()
        other.wait()
        assert mine.take()
    mine.let_go()


def test_a_profile_that_cannot_be_written(part: Any, note: Any, tmp_path: Path) -> None:
    """The batch runs all the same."""
    blocked = tmp_path / "batches"
    blocked.touch()
    journal = part("batch.journal").Journal.begun(blocked)
    journal.write(note)
    journal.answers.keep("1", answer_of(part, 1))
    journal.remove()
    assert part("batch.journal").left_behind(blocked) == []


def answer_of(part: Any, shade: int, side: int = 20) -> Any:
    """An answer whose picture hardly becomes smaller."""
    pixels = bytes((shade * number * number) % 251 for number in range(4 * side * side))
    return part("wire").GenerateAnswer(
        id="1", left=3, top=4, width=side, height=side, mode="BGRA", pixels=pixels, model="m", timings={"total": 1.0}
    )


def kept(folder: Path, count: int) -> "list[str]":
    """Which answers are there, after a thread had time to put so many there."""
    until = time.monotonic() + 30
    while len(files := sorted(folder.glob("*.face"))) != count and time.monotonic() < until:
        time.sleep(0.01)
    return [file.stem for file in files]


def test_answers_come_back_as_they_were(part: Any, tmp_path: Path) -> None:
    answers = part("generation.answers").Answers(tmp_path)
    answer = replace(answer_of(part, 5), palette={"hair": (1, 2, 3)}, turn=12.5, note="odd")
    answers.keep("5", answer)
    answers.close()
    assert kept(tmp_path, 1) == ["5"]
    found = answers.find("5")
    assert found.pixels == answer.pixels
    assert (found.left, found.top, found.turn, found.note) == (3, 4, 12.5, "odd")
    assert list(found.palette["hair"]) == [1, 2, 3]
    assert answers.find("6") is None
    (tmp_path / "5.face").write_bytes(b"spoiled")
    assert answers.find("5") is None


def test_answers_take_little_room(part: Any, tmp_path: Path) -> None:
    """The oldest go."""
    answers = part("generation.answers").Answers(tmp_path, most=2000)
    for number in range(1, 6):
        answers.keep(str(number), answer_of(part, number))
        until = time.monotonic() + 30
        while not (tmp_path / f"{number}.face").exists() and time.monotonic() < until:
            time.sleep(0.01)
    time.sleep(0.1)
    left = sorted(tmp_path.glob("*.face"))
    assert "5" in [file.stem for file in left]
    assert "1" not in [file.stem for file in left]
    assert sum(file.stat().st_size for file in left) <= 2000
