"""`dfp batch --layers --watch`: what a painter saves gets its faces, and what came of that is no new sketch."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layered_ora import FACES, STACK, Run, changed, counted, names, run_in
from ora_files import picture_in
from report_page import Page
from watched import Watched, hurry, watching

from dfp.batch.jobs import BACKUP, Job
from dfp.batch.layered.kra import runner
from dfp.batch.layered.task import FileTask
from dfp.batch.manifest import NAME

TWO = STACK.replace('  <layer name="sketch empty" src="data/empty.png"/>\n', "")
BOTH = [name for name in FACES if name != "sketch empty"]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.fixture
def watch(run_layers: Run, out: Path, capfd: pytest.CaptureFixture[str]) -> Callable:
    return watching(run_layers, out, capfd)


def test_a_growing_folder_gets_copies_and_only_what_changed_is_drawn(
    source: Path,
    figure: Callable[..., Path],
    small_weights: Path,
    face_sketch: np.ndarray,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    """A file comes in two halves, one has no layer of the name, one is torn and mended, a layer of one changes.

    The copies come to lie among them and are no sketches.
    """
    drawn, report = counted(monkeypatch), tmp_path / "report.html"

    def doing(watched: Watched) -> None:
        whole = figure(stack=TWO).read_bytes()
        first = watched.face("anna_face.ora")
        with (source / "slow.ora").open("wb") as file:
            file.write(whole[: len(whole) // 2])
            file.flush()
            time.sleep(1)  # longer than it takes to look still, shorter than the patience
            file.write(whole[len(whole) // 2 :])
        watched.face("slow_face.ora")
        figure("other.ora", stack="<stack><layer name='other' src='data/face.png'/></stack>")
        (source / "torn.ora").write_bytes(whole[:400])
        watched.wait(lambda: "torn.ora: this file is torn" in watched.said())
        drawn.clear()
        shutil.copy(source / "anna.ora", source / "torn.ora")
        watched.face("torn_face.ora")
        changed(source / "anna.ora", face_sketch)
        watched.renewed("anna_face.ora", first)
        time.sleep(1)

    command = run_in(source, source, small_weights)
    code, said = watching(command, source, capfd)(doing, "--report", report)
    assert code == 0, said
    expected = ["anna.ora, Figures/sketch 2", "torn.ora, Figures/sketch 1", "torn.ora, Figures/sketch 2"]
    assert sorted(drawn) == expected
    assert said.count("dfp:") == 1, said
    assert f"{source / 'slow_face.ora'}, Figures/sketch 2\n" in said
    assert "Faces: 7 made.\n" in said
    assert "Passed over: 1 has no layer of that name (other.ora)." in said
    copies = {f"{name}_face.ora" for name in ("anna", "slow", "torn")}
    assert {path.name for path in source.iterdir()} == {"anna.ora", "slow.ora", "torn.ora", "other.ora", NAME} | copies
    assert all(names(source / name) == BOTH for name in copies)
    page = Page(report)
    assert len(page.ids) == 6
    assert len(page.pictures) == 12
    assert "torn.ora, Figures/sketch 1" in page.text
    assert "is torn" not in page.text


def test_what_came_into_the_files_themselves_is_no_news(
    watch: Callable, figure, source: Path, monkeypatch: pytest.MonkeyPatch, face_sketch: np.ndarray
):
    """She saves a file with another line, then without faces, then while they are made."""
    drawn, path = counted(monkeypatch), figure(stack=TWO)
    original = path.read_bytes()
    opened: list[str] = []
    open_task, finish = FileTask.open, FileTask.finish

    def opening(job: Job, *arguments: Any) -> FileTask:
        opened.append(job.name)
        return open_task(job, *arguments)

    monkeypatch.setattr(FileTask, "open", opening)

    def rests(watched: Watched) -> None:
        """Nothing comes of it that a file was written by us."""
        before = len(opened), path.stat().st_ino, path.stat().st_mtime_ns
        time.sleep(1)
        assert (len(opened), path.stat().st_ino, path.stat().st_mtime_ns) == before, watched.said()

    def put(watched: Watched, saving: Callable[[], object]) -> None:
        """She writes into the file, and one with faces comes in its place."""
        before = path.stat().st_ino
        saving()
        watched.wait(lambda: path.stat().st_ino != before)
        assert names(path) == BOTH

    def saving(self: FileTask, end: Callable) -> None:
        monkeypatch.setattr(FileTask, "finish", finish)
        figure(stack=TWO, scar=7)
        finish(self, end)

    def doing(watched: Watched) -> None:
        assert names(path) == BOTH
        rests(watched)
        assert opened == [path.name]
        assert len(drawn) == 2
        put(watched, lambda: changed(path, face_sketch))
        rests(watched)
        assert drawn[2] == "anna.ora, Figures/sketch 2"
        put(watched, lambda: path.write_bytes(original))
        monkeypatch.setattr(FileTask, "finish", saving)
        put(watched, lambda: figure(stack=TWO, scar=3))
        rests(watched)
        assert len(opened) == 5

    code, said = watch(doing, "--in-place")
    assert code == 0, said
    assert "dfp:" not in said
    assert len(drawn) == 2 + 1 + 2 + 2 + 2
    assert picture_in(path, "data/face.png")[77, 60, 3] == 255
    backup = path.with_name(path.name + BACKUP)
    assert backup.read_bytes() == original
    assert {p.name for p in source.iterdir()} == {path.name, backup.name, NAME}


def test_what_cannot_be_used_is_said_once(watch: Callable, figure, source: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(runner, "ELSEWHERE", ())
    shutil.copy(figure(), source / "a.kra")

    def doing(watched: Watched) -> None:
        first = watched.face("anna_face.ora")
        watched.wait(lambda: "anna.ora, sketch empty: This layer is empty" in watched.said())
        figure(scar=4)
        watched.renewed("anna_face.ora", first)

    code, said = watch(doing)
    assert code == 3
    assert said.count("install Krita") == said.count("This layer is empty") == 1
    assert "Faces: 4 made, 2 failed." in said
