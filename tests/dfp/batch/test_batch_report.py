"""The report of `dfp batch`: whole, valid, with links that lead somewhere, whatever files are called."""

import os
import signal
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from batch_helpers import count_lines, draw_sketches
from PIL import Image
from report_page import Page

from dfp.batch.listener import Done, State
from dfp.batch.manifest import NAME
from dfp.batch.report.page import PER_PAGE, Summary, page_file
from dfp.batch.report.report import Report
from dfp.batch.report.thumbnails import SIDE, thumbnail
from dfp.errors import DfpError

ODD = [
    "<b>&\"'.png",
    "a b#?%41.png",
    "ü名.png",
    b"\xff\xfe.png".decode("utf-8", "surrogateescape"),
    "new\nline.png",
    "a:b.png",
]


def test_a_report_of_odd_names_leads_to_every_file(
    run: Callable[..., int], small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    source, out, file = tmp_path / "in", tmp_path / "out", tmp_path / "reports & more" / "r#1.html"
    draw_sketches(source, len(ODD))
    for path, name in zip(sorted(source.iterdir()), ODD, strict=True):
        path.rename(source / name)
    (source / "torn.png").write_bytes((source / ODD[0]).read_bytes()[:200])
    for state in ("6 made", "6 up to date"):
        assert run("batch", source, out, "--report", file, "--seed", 0, "--trust", 0.5, weights=small_weights) == 3
        assert f"Report: {file}" in capsys.readouterr().out
        page = Page(file)
        assert f"{state}, 1 failed" in page.text
        assert "trust 0.5" in page.text
        assert "this is no picture that can be read: save the sketch as PNG and try again." in page.text
        assert "<b>&\"'.png" in page.text
        assert page.files(file) == {*source.iterdir(), *out.iterdir()} - {out / NAME}
        assert {link.split("#")[1] for link in page.links if "#" in link} <= set(page.ids)
        assert len(page.pictures) == 2 * len(ODD)
        assert all(max(Image.open(BytesIO(data)).size) == SIDE for data in page.pictures)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_ctrl_c_leaves_a_whole_report_of_what_is_there(
    run: Callable[..., int], small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    source, out, file = tmp_path / "in", tmp_path / "out", tmp_path / "in" / "report.html"
    draw_sketches(source, many := 80)

    def stop() -> None:
        while count_lines(out / NAME) < 4:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=stop, daemon=True).start()
    assert run("batch", source, out, "--report", file, weights=small_weights) == 130
    page, made = Page(file), count_lines(out / NAME)
    assert 4 <= made < many
    assert f"Stopped: {many - made} sketches are left" in page.text
    assert len(page.ids) == made
    capsys.readouterr()
    assert run("batch", source, out, "--dry-run", weights=small_weights) == 0
    assert f"{many - made} faces to draw" in capsys.readouterr().out
    assert run("batch", source, out, weights=small_weights) == 0
    assert "Passed over" not in capsys.readouterr().out


def test_many_sketches_are_on_several_pages_and_fewer_take_them_away(tmp_path: Path):
    file = tmp_path / "all.html"
    (tmp_path / "all-notes.html").write_text("somebody's own")
    for count in (2 * PER_PAGE + 1, 3):
        with Report(file, tmp_path / "in", tmp_path / "out") as report:
            for number in range(count):
                state = State.FAILED if number % 100 == 0 else State.MADE
                face = "" if state is State.FAILED else f"{number:05}_face.png"
                report.add(Done(f"{number:05}.png", face, state, "it is torn." if not face else ""))
            report.finish(Summary("Faces"), stopped=False)
        pages = [page_file(file, number) for number in range(1, -(-count // PER_PAGE) + 1)]
        assert {*tmp_path.glob("all*.html")} == {*pages, tmp_path / "all-notes.html"}
        read = {path.name: Page(path) for path in pages}
        assert sum(len(page.ids) for page in read.values()) == count
        listed = [link for link in read[file.name].links if "#" in link]
        assert len(listed) == -(-count // 100)
        for link in listed:
            name, number = link.split("#")
            assert number in read[name].ids


def test_only_pages_that_change_are_written_again(tmp_path: Path):
    with Report(tmp_path / "r.html", tmp_path, tmp_path) as report:
        for number in range(PER_PAGE + 2):
            report.add(Done(f"{number:05}.png", "", State.FAILED, "torn."))
        report.finish(Summary("Faces"), stopped=False)
        second = (tmp_path / "r-2.html").stat().st_ino
        report.finish(Summary("Faces", facts={"Total": "another"}), stopped=False)
        assert (tmp_path / "r-2.html").stat().st_ino == second
        assert "another" in Page(tmp_path / "r.html").text
        report.add(Done(f"{PER_PAGE:05}.png", "x_face.png", State.MADE))
        report.finish(Summary("Faces"), stopped=False)
        assert "x_face.png" in Page(tmp_path / "r-2.html").text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("report.txt", "report.txt.html"),
        ("mine.html", "is no report of dfp"),
        ("file/report.html", "could not be written"),
        ("folder.html", "is no report of dfp"),
        ("busy.html", "further pages"),
    ],
)
def test_a_report_that_cannot_be_written_is_said_before_the_run(
    run: Callable[..., int], tmp_path: Path, name: str, says: str, capsys: pytest.CaptureFixture[str]
):
    source, out = tmp_path / "in", tmp_path / "out"
    draw_sketches(source, 1)
    for own in ("mine.html", "busy-2.html", "file"):
        (tmp_path / own).write_text("my own")
    (tmp_path / "folder.html").mkdir()
    assert run("batch", source, out, "--report", tmp_path / name, weights=tmp_path / "no weights") == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not out.exists()
    assert (tmp_path / "mine.html").read_text() == "my own"


def test_what_is_light_or_transparent_can_be_seen_when_it_is_small(tmp_path: Path):
    lines = np.zeros((400, 200, 4), np.uint8)
    for name, colour, paper in (("dark.png", 0, 255), ("light.png", 255, 40)):
        lines[100:300, 90:110] = (colour, colour, colour, 255)
        Image.fromarray(lines).save(tmp_path / name)
        small = np.asarray(Image.open(BytesIO(thumbnail(tmp_path / name))).convert("L")).astype(int)
        assert small.shape == (SIDE, SIDE // 2)
        assert abs(small[80, 40] - colour) < 12
        assert abs(small[5, 5] - paper) < 12
        clear = Image.open(BytesIO(thumbnail(tmp_path / name, transparent=True))).convert("RGBA")
        assert clear.getchannel("A").getpixel((5, 5)) == 0
    assert thumbnail(tmp_path / "none.png") == b""


def test_a_report_needs_a_place_for_small_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    with pytest.raises(DfpError, match="no room"):
        Report(tmp_path / "r.html", tmp_path, tmp_path)
